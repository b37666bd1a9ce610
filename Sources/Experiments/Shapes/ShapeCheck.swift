import Foundation
import Geometry

/// What is wrong with a mesh, and how sure its signed distances are.
public struct ShapeCheck: Codable, Sendable, Equatable {
  /// The file.
  public var mesh: String
  /// Every edge has an even number of faces.
  public var closed: Bool
  /// Neighbouring faces look to the same side.
  public var oriented: Bool
  /// Faces with the same corners as another, once vertices at equal positions are one.
  public var duplicates: Int
  /// How inside and outside are told apart, and why so.
  public var sign: SignDecision
  /// How far winding numbers of points near the surface and in the box are from undecided, 0 to 1, in the mean.
  public var windingMargin: Double
  /// Share of the tested points whose sign is not sure.
  public var ambiguousShare: Double
  /// Share of the unit ball that is inside.
  public var insideShare: Double
  /// Whether distances jump on a grid.
  public var continuity: GridContinuity?
  /// Whether faces are seen from behind.
  public var backFaces: BackFaceViews
  /// No test for bad meshes objects.
  public var accepted: Bool
  /// What they object to.
  public var objections: [String]
  /// How the faces hang together and what is wrong with them.
  public var report: MeshReport

  /// Looks at a mesh.
  ///
  /// *Parameters*: half of the points are near the surface, half in the unit ball; `seed` decides which.
  /// *Throws*: `SamplingError` and `MeshError` for a mesh that has no faces, no extent or is broken.
  public init(_ mesh: Mesh, name: String, sign method: SignMethod, pointCount: Int, seed: UInt64) throws {
    var sampler = SignedDistanceSampler(SamplePreset.meshToSDF.plan, seed: seed)
    (sampler.plan.count, sampler.plan.nearShare) = (pointCount, 0.5)
    (sampler.sign, sampler.continuitySide) = (method, 32)
    let normalized = try NormalizedMesh(mesh, .sphere)
    let field = try MeshDistanceField(normalized.mesh, sign: method)
    let samples = try sampler.samples(of: field, in: normalized).report
    (self.mesh, sign) = (name, samples.sign)
    windingMargin =
      sign.method == .winding ? sign.margin : try MeshDistanceField(normalized.mesh, sign: .winding).sign.margin
    (ambiguousShare, insideShare) = (samples.ambiguousShare, samples.uniformInsideShare ?? 0)
    (continuity, accepted, objections) = (samples.continuity, samples.isAccepted, samples.objections)
    backFaces = try BackFaceViews(of: field.orientedMesh)
    if !backFaces.passes {
      accepted = false
      objections.append(backFaces.text)
    }
    report = try MeshReport(mesh)
    (closed, oriented, duplicates) = (report.isClosed, report.isOriented, report.duplicateFaceCount)
  }

  /// Meshes in rows under headings, and what there is to say of each below.
  public static func table(_ checks: [ShapeCheck]) -> [String] {
    let headings = [
      "mesh", "faces", "closed", "oriented", "duplicates", "sign", "winding margin", "unsure", "inside", "verdict",
    ]
    let rows = checks.map { check in
      [
        (check.mesh as NSString).lastPathComponent, "\(check.report.faceCount)", check.closed ? "yes" : "no",
        check.oriented ? "yes" : "no", "\(check.duplicates)", check.sign.method.rawValue,
        String(format: "%.4f", check.windingMargin), String(format: "%.3f %%", 100 * check.ambiguousShare),
        String(format: "%.1f %%", 100 * check.insideShare), check.accepted ? "good" : "doubtful",
      ]
    }
    let widths = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
    let lines = ([headings] + rows).map { row in
      let cells = row.enumerated().map { $1.padding(toLength: widths[$0], withPad: " ", startingAt: 0) }
      return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }
    return lines + checks.flatMap(\.remarks)
  }

  private var remarks: [String] {
    let doubt = objections.isEmpty ? "" : " Doubtful: \(objections.joined(separator: "; "))."
    return ["", "\(mesh): \(report.text)", "Signs by \(sign.method.rawValue): \(sign.reason).\(doubt)"]
  }
}
