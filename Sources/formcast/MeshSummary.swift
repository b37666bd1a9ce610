import Foundation
import Geometry

/// What `formcast mesh` tells.
struct MeshSummary: Encodable {
  var out: String
  /// Of a surface that was extracted.
  var level: Float?
  var inside: String?
  var vertices, faces, euler, components: Int
  var closed, oriented, manifold: Bool
  var volume, area: Double
  var lower, upper: [Float]
  /// Of a mesh that was made anew.
  var sign: SignDecision?
  var statistics: SparseStatistics?

  init(_ mesh: Mesh, _ extraction: SurfaceExtraction?, out: String) {
    let topology = MeshTopology(mesh)
    (self.out, level) = (out, extraction?.level)
    inside = extraction.map { $0.inside == .below ? "below" : "above" }
    (vertices, faces, euler) = (topology.vertexCount, topology.faceCount, topology.eulerNumber)
    (components, closed) = (topology.componentCount, topology.isClosed)
    (oriented, manifold) = (topology.isConsistentlyOriented, topology.isManifold)
    (volume, area) = (mesh.signedVolume, mesh.area)
    (lower, upper) =
      mesh.bounds.map { ([$0.lower.x, $0.lower.y, $0.lower.z], [$0.upper.x, $0.upper.y, $0.upper.z]) } ?? ([], [])
  }

  var text: String {
    let numbers = String(format: "volume %.6g, area %.6g", volume, area)
    return """
      \(out): \(vertices) vertices, \(faces) faces, \(closed ? "closed" : "open"), \(components) components, Euler number \(euler)
      \(numbers)\(solid), from \(lower) to \(upper)\(origin)
      """
  }

  private var solid: String {
    guard let level, let inside else { return "" }
    return ", solid \(inside) \(level)"
  }

  private var origin: String {
    guard let sign, let statistics else { return "" }
    let share = String(format: "%.2g %%", 100 * Double(statistics.sampleCount) / Double(statistics.gridSampleCount))
    return
      "\nsigns by \(sign.method.rawValue) (\(sign.reason)); \(statistics.sampleCount) samples, \(share) of the grid"
  }
}
