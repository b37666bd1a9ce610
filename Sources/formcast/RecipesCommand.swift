import ArgumentParser
import Experiments

/// `formcast recipes`.
struct Recipes: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Every recipe with a line on what it is.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let recipes = RecipeCatalog.all
    let width = recipes.map(\.name.count).max() ?? 0
    let lines = recipes.map { recipe in
      recipe.name + String(repeating: " ", count: width - recipe.name.count + 2) + recipe.summary
    }
    let summaries = Dictionary(uniqueKeysWithValues: recipes.map { ($0.name, $0.summary) })
    try common.report(summaries, text: lines.joined(separator: "\n"))
  }
}
