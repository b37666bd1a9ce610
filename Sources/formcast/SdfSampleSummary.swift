import Foundation
import Geometry

/// What `formcast sdf sample` tells.
struct SdfSampleSummary: Encodable {
  /// Of one mesh.
  struct Sample: Encodable {
    var file, mesh, sign: String
    var points: Int
    var insideShare: Double?
    var ambiguousShare: Double
    var accepted: Bool
    var objections: [String]

    init(file: String, mesh: String, _ report: SampleReport) {
      (self.file, self.mesh, sign) = (file, mesh, report.sign.method.rawValue)
      (points, insideShare) = (report.plan.count, report.uniformInsideShare)
      (ambiguousShare, accepted, objections) = (report.ambiguousShare, report.isAccepted, report.objections)
    }

    var text: String {
      let doubt = accepted ? "" : "; doubtful: " + objections.joined(separator: "; ")
      let inside = insideShare.map { String(format: ", %.1f %% of the uniform ones inside", 100 * $0) } ?? ""
      return "\(file): \(points) points, sign by \(sign)\(inside)\(doubt)"
    }
  }

  var out, preset: String
  var samples: [Sample]
  var failures: [String]
}
