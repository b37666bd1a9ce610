import Foundation
import Geometry
import Synchronization

/// A solid for every code: what walks, sweeps and pictures need of a model.
///
/// *Units and frame*: shapes live in [-1, 1]^3, and all values are distances (network output times scale).
public struct ShapeSpace {
  /// What it is called in messages: the run or the file of weights.
  public var name: String
  /// Length of a code.
  public var latentSize: Int
  /// The level at which its surfaces are meant to be taken.
  public var level: Double
  /// Distances were clipped at plus and minus this while the model learned; nil if they were not.
  public var clip: Double?
  /// Codes of the shapes that it was trained on; none for generators.
  public var trained: [NamedCode] = []
  /// The solid of a code.
  public var field: (_ code: [Float]) throws -> any ScalarField
  /// Codes from its prior, by number and seed.
  public var randomCodes: (_ count: Int, _ seed: UInt64) -> [[Float]]

  /// A space of the given solids.
  public init(
    name: String, latentSize: Int, level: Double = 0, field: @escaping (_ code: [Float]) throws -> any ScalarField,
    randomCodes: @escaping (_ count: Int, _ seed: UInt64) -> [[Float]]
  ) {
    (self.name, self.latentSize, self.level) = (name, latentSize, level)
    (self.field, self.randomCodes) = (field, randomCodes)
  }

  /// The level that was asked for, or the model's own.
  ///
  /// *Throws*: `ExperimentError` if the model never learned a distance that large.
  public func checkedLevel(_ asked: Double?) throws -> Float {
    let level = asked ?? self.level
    guard level.isFinite else { throw ExperimentError("--level \(level) is not a finite number") }
    if let clip, abs(level) >= clip {
      throw ExperimentError(
        "level \(level) is unusable: distances were clipped at ±\(clip) when \(name) learned them, so that farther out its"
          + " field does not follow the shape; stay between -\(clip) and \(clip)")
    }
    return Float(level)
  }
}

/// A field that remembers the range of what it was asked.
final class ObservedField: ScalarField {
  private struct Seen {
    var lower = Float.infinity
    var upper = -Float.infinity
    var count = 0
  }

  private let field: any ScalarField
  private let seen = Mutex(Seen())

  init(_ field: any ScalarField) { self.field = field }

  var slopeBound: Float? { field.slopeBound }
  var allowsConcurrentCalls: Bool { field.allowsConcurrentCalls }

  /// Smallest and largest value so far.
  var range: FieldRange { seen.withLock { FieldRange(lower: $0.lower, upper: $0.upper, sampleCount: $0.count) } }

  func samples(at points: [SIMD3<Float>], withGradients: Bool) throws -> FieldSamples {
    let samples = try field.samples(at: points, withGradients: withGradients)
    var (lower, upper) = (Float.infinity, -Float.infinity)
    for value in samples.distances { (lower, upper) = (min(lower, value), max(upper, value)) }
    seen.withLock { state in
      (state.lower, state.upper) = (min(state.lower, lower), max(state.upper, upper))
      state.count += points.count
    }
    return samples
  }
}

/// Between which values a field lay wherever it was asked.
public struct FieldRange: Sendable, Codable, Equatable {
  /// Smallest and largest value.
  public var lower, upper: Float
  /// Number of points that were asked for.
  public var sampleCount: Int

  /// The range of two sets of samples together.
  func union(_ other: FieldRange) -> FieldRange {
    FieldRange(
      lower: min(lower, other.lower), upper: max(upper, other.upper), sampleCount: sampleCount + other.sampleCount)
  }

  /// `-0.102 to 0.104`.
  var text: String { String(format: "%.4g to %.4g", lower, upper) }
}
