import Foundation
import Geometry

/// Casts codes of a space as surfaces, one at a time.
struct ShapeCaster {
  let space: ShapeSpace
  /// Samples along each axis of [-1, 1]^3.
  let resolution: Int
  /// The value on the surfaces.
  let level: Float

  /// Samples along each axis when a field is asked for its range only.
  private static let probeResolution = 33

  /// *Throws*: `ExperimentError` for a level that the space did not learn, or a resolution that does not fit into memory.
  init(_ space: ShapeSpace, resolution: Int, level: Double?, isDense: Bool = false) throws {
    (self.space, self.resolution) = (space, resolution)
    self.level = try space.checkedLevel(level)
    try MemoryRequirement(resolution: resolution, isDense: isDense).check()
  }

  /// The surface of a code; its mesh is empty if the level is not crossed. (Where all of the cube is inside, the extraction
  /// gives the cube's own walls.)
  func cast(_ code: NamedCode) throws -> CastShape {
    let start = ContinuousClock.now
    let field = ObservedField(try space.field(code.values))
    let surface = try SparseSurfaceExtraction.ofLearnedDistance(level: level, resolution: resolution)
      .surface(of: field)
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    // A sparse extraction that found nothing has asked for little; the range that is told must be worth something.
    if surface.mesh.faces.isEmpty || field.range.upper <= level { _ = try probe(field) }
    let range = field.range
    let mesh = range.lower < level && level < range.upper ? surface.mesh : Mesh()
    return CastShape(
      name: code.name, mesh: mesh, facts: SurfaceFacts(mesh), seconds: elapsed, range: range,
      statistics: surface.statistics)
  }

  /// What is thrown where no surface was found at all.
  func nothingSolid(_ range: FieldRange, count: Int) -> ExperimentError {
    let fields = count == 1 ? "the field of the code lies" : "the fields of all \(count) codes lie"
    return ExperimentError(
      "level \(level) is never crossed: \(fields) between \(String(format: "%.4g and %.4g", range.lower, range.upper))"
        + " in [-1, 1]^3; choose a --level between")
  }

  private func probe(_ field: ObservedField) throws -> ScalarGrid {
    try ScalarGrid(
      sampling: field, shape: .init(cube: Self.probeResolution), frame: .unitCube(count: Self.probeResolution))
  }
}

/// A shape that was cast.
struct CastShape {
  /// The name of its code.
  var name: String
  /// Its surface; empty if the level is not crossed.
  var mesh: Mesh
  /// What there is to say about the surface.
  var facts: SurfaceFacts
  /// Time of the extraction.
  var seconds: Double
  /// What the field said.
  var range: FieldRange
  /// What the extraction asked, and how far its result can be trusted.
  var statistics: SparseStatistics

  var isEmpty: Bool { mesh.faces.isEmpty }
}

/// Counts and measures of a surface.
public struct SurfaceFacts: Sendable, Codable, Equatable {
  /// Vertices and faces.
  public var vertices, faces: Int
  /// V - E + F.
  public var euler: Int
  /// Connected surfaces.
  public var components: Int
  /// Whether the surface separates inside from outside.
  public var closed: Bool
  /// Volume inside and area.
  public var volume, area: Double

  /// The facts of a mesh.
  init(_ mesh: Mesh) {
    let topology = MeshTopology(mesh)
    (vertices, faces, euler) = (topology.vertexCount, topology.faceCount, topology.eulerNumber)
    (components, closed) = (topology.componentCount, topology.isClosed)
    (volume, area) = (mesh.signedVolume, mesh.area)
  }
}
