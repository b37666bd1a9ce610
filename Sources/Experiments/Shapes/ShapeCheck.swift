import Foundation
import Geometry

/// What is wrong with a mesh, and how sure its signed distances are.
public struct ShapeCheck: Codable, Sendable, Equatable {
  /// The file.
  public var mesh: String
  /// Vertices and faces after equal positions are made one.
  public var vertices, faces, components: Int
  /// Every edge has an even number of faces.
  public var closed: Bool
  /// Neighbouring faces pass their common edge in opposite directions.
  public var oriented: Bool
  /// No edge has more than two faces, no vertex several fans.
  public var manifold: Bool
  /// Edges with one face, with more than two, and passed in the same direction by both.
  public var boundaryEdges, nonManifoldEdges, inconsistentEdges: Int
  /// Vertices of the file at the position of another.
  public var duplicateVertices: Int
  /// Faces of the file with the corners of another.
  public var duplicateFaces: Int
  /// Faces of the file that lose a corner when equal positions are made one.
  public var degenerateFaces: Int
  /// V - E + F.
  public var euler: Int
  /// In mesh units.
  public var area, volume: Double
  /// How inside and outside are told apart, and why so.
  public var sign: SignDecision
  /// How far winding numbers of points near the surface and in the box are from undecided, 0 to 1, in the mean.
  public var windingMargin: Double
  /// Share of the tested points whose sign is not sure.
  public var ambiguousShare: Double
  /// Share of the unit sphere that is inside.
  public var insideShare: Double
  /// Whether distances jump on a grid.
  public var continuity: GridContinuity?
  /// No test for bad meshes objects.
  public var accepted: Bool
  /// What they object to.
  public var objections: [String]

  /// Looks at a mesh.
  ///
  /// *Throws*: `SamplingError` and `MeshError` for a mesh that has no faces, no extent or is broken.
  public init(_ mesh: Mesh, name: String, sign method: SignMethod, pointCount: Int, seed: UInt64) throws {
    var sampler = SignedDistanceSampler(SamplePreset.meshToSDF.plan, seed: seed)
    sampler.plan.count = pointCount
    // Half of the points, so that their share inside means something.
    sampler.plan.nearShare = 0.5
    (sampler.sign, sampler.continuitySide) = (method, 32)
    let normalized = try NormalizedMesh(mesh, .sphere)
    let field = try MeshDistanceField(normalized.mesh, sign: method)
    let report = try sampler.samples(of: field, in: normalized).report
    self.mesh = name
    sign = report.sign
    windingMargin =
      sign.method == .winding ? sign.margin : try MeshDistanceField(normalized.mesh, sign: .winding).sign.margin
    (ambiguousShare, insideShare) = (report.ambiguousShare, report.uniformInsideShare ?? 0)
    (continuity, accepted, objections) = (report.continuity, report.isAccepted, report.objections)
    let welded = mesh.welded()
    let topology = MeshTopology(welded)
    (vertices, faces, components) = (topology.vertexCount, topology.faceCount, topology.componentCount)
    (closed, oriented) = (topology.isClosed, topology.isConsistentlyOriented)
    (manifold, euler) = (topology.isManifold, topology.eulerNumber)
    (boundaryEdges, nonManifoldEdges) = (topology.boundaryEdgeCount, topology.nonManifoldEdgeCount)
    inconsistentEdges = topology.inconsistentEdgeCount
    duplicateVertices = mesh.positions.count - Set(mesh.positions).count
    degenerateFaces = mesh.faces.count - welded.faces.count
    let corners = welded.faces.map { face in [face.x, face.y, face.z].sorted() }
    duplicateFaces = corners.count - Set(corners).count
    (area, volume) = (mesh.area, mesh.signedVolume)
  }

  /// Meshes in rows under headings.
  public static func table(_ checks: [ShapeCheck]) -> [String] {
    let headings = [
      "mesh", "faces", "closed", "oriented", "parts", "open edges", "duplicates", "sign", "winding margin", "unsure",
      "inside", "verdict",
    ]
    let rows = checks.map { check in
      [
        (check.mesh as NSString).lastPathComponent, "\(check.faces)", check.closed ? "yes" : "no",
        check.oriented ? "yes" : "no", "\(check.components)", "\(check.boundaryEdges)",
        "\(check.duplicateFaces)", check.sign.method.rawValue, String(format: "%.4f", check.windingMargin),
        String(format: "%.3f %%", 100 * check.ambiguousShare), String(format: "%.1f %%", 100 * check.insideShare),
        check.accepted ? "good" : check.objections.joined(separator: "; "),
      ]
    }
    let widths = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
    return ([headings] + rows).map { row in
      let cells = row.enumerated().map { column, cell in
        cell.padding(toLength: widths[column], withPad: " ", startingAt: 0)
      }
      return cells.joined(separator: "  ").replacing(#/ +$/#, with: "")
    }
  }
}
