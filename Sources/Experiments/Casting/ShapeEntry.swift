/// A shape of a data set: what it is called and what kind of thing it is.
public struct ShapeEntry: Codable, Sendable, Equatable {
  /// Its name, unique in the set.
  public var id: String
  /// Its category, empty for none.
  public var category: String

  /// A shape of that name and category.
  public init(id: String, category: String = "") { (self.id, self.category) = (id, category) }
}
