import Foundation
import Geometry

/// Casts codes of a space as surfaces, one at a time.
struct ShapeCaster {
  let space: ShapeSpace
  /// Samples along each axis of [-1, 1]^3.
  let resolution: Int
  /// The value on the surfaces.
  let level: Float

  /// *Throws*: `ExperimentError` for a level that the space did not learn, or a resolution that does not fit into memory.
  init(_ space: ShapeSpace, resolution: Int, level: Double?, isDense: Bool = false) throws {
    (self.space, self.resolution) = (space, resolution)
    self.level = try space.checkedLevel(level)
    try MemoryRequirement(resolution: resolution, isDense: isDense).check(
      advice: isDense ? " or leave out --grids" : "")
  }

  /// The surface of a code; its mesh is empty if the level is not crossed.
  func cast(_ code: NamedCode) throws -> CastShape {
    let start = ContinuousClock.now
    let found = try DecoderSurface(space.field(code.values), level: level, resolution: resolution)
    let mesh = found.surface.mesh
    return CastShape(
      name: code.name, mesh: mesh, facts: SurfaceFacts(mesh), seconds: (ContinuousClock.now - start) / .seconds(1),
      range: found.range, statistics: found.surface.statistics)
  }

  /// What is thrown where no surface was found at all.
  func nothingSolid(_ range: FieldRange, count: Int, levels: [Float] = []) -> ExperimentError {
    let fields = count == 1 ? "the field of the code lies" : "the fields of all \(count) codes lie"
    let (first, last) = (levels.first ?? level, levels.last ?? level)
    let subject = levels.count > 1 ? "none of the levels \(first) to \(last) is ever" : "level \(first) is never"
    return ExperimentError(
      "\(subject) crossed: \(fields) between \(String(format: "%.4g and %.4g", range.lower, range.upper))"
        + " in [-1, 1]^3; choose \(levels.isEmpty ? "a --level" : "--levels") between")
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
