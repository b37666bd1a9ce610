import Foundation
import Geometry

/// A comparison as text: a small table, and the protocol below it.
struct ComparisonTable {
  private let told: ShapeComparison

  init(_ told: ShapeComparison) { self.told = told }

  /// All lines.
  var text: String { (distances + agreement + `protocol`).joined(separator: "\n") }

  private var distances: [String] {
    let (there, back) = (told.toReference, told.fromReference)
    let floor = told.chamferFloor
    func row(_ name: String, _ value: (DistanceSummary) -> Double, _ both: Double, _ floor: Double?) -> String {
      line(name, number(value(there)), number(value(back)), number(both), floor.map(number) ?? "")
    }
    return [
      line("", "to reference", "from reference", "both", floor == nil ? "" : "floor"),
      row("Chamfer squared", \.meanSquare, told.chamfer.squared, floor?.squared),
      row("Chamfer L1", \.mean, told.chamfer.l1, floor?.l1),
      row("median distance", \.median, (there.median + back.median) / 2, nil),
      row("Hausdorff (sampled)", \.maximum, told.hausdorff.symmetric, nil),
    ]
  }

  private var agreement: [String] {
    var lines: [String] = []
    if let normals = told.normalConsistency {
      lines.append(
        line("normal consistency", share(normals.toReference), share(normals.fromReference), share(normals.mean), ""))
    }
    for score in told.fScores {
      let name = "F-score below \(number(score.threshold))"
      lines.append(line(name, share(score.precision), share(score.recall), share(score.fScore), ""))
    }
    if let overlap = told.overlap {
      lines.append(line("IoU", "", "", share(overlap.iou), "± \(share(overlap.standardError))"))
    }
    return lines
  }

  private var `protocol`: [String] {
    let rule = told.protocol
    let target = rule.target == .points ? "nearest sample" : "exact surface"
    var lines = [
      "",
      "protocol: \(rule.sampleCount) and \(rule.referenceSampleCount) surface samples, distance to the \(target), seed"
        + " \(rule.seed ?? 0); normalization \(rule.normalization.rawValue), units: \(rule.units)",
      "  Chamfer squared: mean squared distances added (Achlioptas 2018, DeepSDF);"
        + " L1: mean distances halved (the sum is \(number(told.chamfer.l1Sum)))",
      "  Hausdorff: of the samples, a lower bound; F-score: precision, recall and their harmonic mean;"
        + " threshold: \(rule.thresholdRule)",
    ]
    if told.chamferFloor != nil { lines.append("  floor: two independent samplings of the reference") }
    if let overlap = told.overlap, let own = rule.meshSign, let other = rule.referenceSign {
      lines.append(
        "  IoU: \(overlap.sampleCount) points in the joint box, \(overlap.insideBoth) inside both,"
          + " \(overlap.insideEither) inside either, \(overlap.ambiguousCount) unsure, ± one standard error")
      lines.append("  signs of the mesh: \(own.method.rawValue) (\(own.reason))")
      lines.append("  signs of the reference: \(other.method.rawValue) (\(other.reason))")
    } else if rule.volumeSampleCount > 0 {
      lines.append("  IoU: none of \(rule.volumeSampleCount) points is inside either")
    }
    return lines
  }

  private func line(_ name: String, _ columns: String...) -> String {
    let text = name.padding(toLength: max(24, name.count), withPad: " ", startingAt: 0)
    let cells = columns.map { String(repeating: " ", count: max(1, 15 - $0.count)) + $0 }
    var result = text + cells.joined()
    while result.hasSuffix(" ") { result.removeLast() }
    return result
  }

  private func number(_ value: Double) -> String { String(format: "%.5g", value) }
  private func share(_ value: Double) -> String { String(format: "%.5f", value) }
}
