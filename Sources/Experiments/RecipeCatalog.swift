/// Every recipe by name: what `formcast recipes` lists and `formcast train NAME` begins with.
public enum RecipeCatalog {
  /// Names with a line on what each is, forecasts first.
  public static var all: [(name: String, summary: String)] {
    ForecastRecipe.all.map { ($0.name, $0.summary) } + ShapeRecipe.all.map { ($0.name, $0.summary) }
      + ShapeGANRecipe.all.map { ($0.name, $0.summary) }
  }

  /// The configuration of a recipe.
  ///
  /// *Throws*: if there is none of that name; lists all.
  public static func configuration(_ name: String) throws -> any TrainableConfiguration {
    if let recipe = ForecastRecipe.all.first(where: { $0.name == name }) { return recipe.configuration }
    if let recipe = ShapeRecipe.all.first(where: { $0.name == name }) { return recipe.configuration }
    if let recipe = ShapeGANRecipe.all.first(where: { $0.name == name }) { return recipe.configuration }
    throw ExperimentError("no recipe \(name); there are \(all.map(\.name).joined(separator: ", "))")
  }
}
