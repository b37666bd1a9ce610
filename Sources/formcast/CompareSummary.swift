import Geometry

/// What `formcast compare` tells: the comparison and the two files.
struct CompareSummary: Encodable {
  var mesh, reference: String
  var comparison: ShapeComparison

  func encode(to encoder: any Encoder) throws {
    try comparison.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(mesh, forKey: .mesh)
    try container.encode(reference, forKey: .reference)
  }

  private enum CodingKeys: String, CodingKey { case mesh, reference }
}
