import Foundation

/// Round numbers for scales.
public struct TickMarks: Sendable, Equatable {
  /// Distance between two marks: 1, 2 or 5 times a power of ten.
  public let step: Float

  /// The smallest round step at which a length holds at most `count` steps; 1 for a length that has none.
  public init(length: Float, atMost count: Int) {
    guard length > 0, length.isFinite, count > 0 else {
      step = 1
      return
    }
    let rough = Double(length) / Double(count)
    let power = pow(10, log10(rough).rounded(.down))
    // A little tolerance: 0.1 / 0.02 steps must be 5.
    let factor = [1, 2, 5, 10].first { $0 * power >= rough * (1 - 1e-6) } ?? 10
    step = max(Float(factor * power), .leastNormalMagnitude)
  }

  /// Multiples of the step within a range.
  public func values(in range: ClosedRange<Float>) -> [Float] {
    let slack = step * 1e-3
    let first = ((range.lowerBound - slack) / step).rounded(.up)
    let last = ((range.upperBound + slack) / step).rounded(.down)
    guard first <= last, last - first < 10_000 else { return [] }
    return (0...Int(last - first)).map { (first + Float($0)) * step }
  }

  /// A number in as few digits as the step needs.
  public func text(_ value: Float) -> String {
    if abs(value) < step * 1e-3 { return "0" }
    let size = max(abs(value), step)
    guard size < 1e5, step >= 1e-4 else { return String(format: "%.3g", Double(value)) }
    let digits = max(0, Int((-log10(Double(step)) - 1e-6).rounded(.up)))
    return String(format: "%.\(digits)f", Double(value))
  }
}
