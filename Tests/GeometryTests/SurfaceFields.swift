import Geometry
import Synchronization

/// A field from a function, with the promises that a test wants it to make.
struct FunctionField: ScalarField {
  var slopeBound: Float?
  var allowsConcurrentCalls = true
  let value: @Sendable (SIMD3<Float>) -> Float

  init(slopeBound: Float? = nil, _ value: @escaping @Sendable (SIMD3<Float>) -> Float) {
    (self.slopeBound, self.value) = (slopeBound, value)
  }

  func samples(at points: [SIMD3<Float>], withGradients: Bool) -> FieldSamples {
    let step: Float = 1e-3
    let gradients: [SIMD3<Float>]? =
      withGradients
      ? points.map { point in
        var gradient = SIMD3<Float>()
        for axis in 0..<3 {
          var (ahead, behind) = (point, point)
          ahead[axis] += step
          behind[axis] -= step
          gradient[axis] = (value(ahead) - value(behind)) / (2 * step)
        }
        return gradient
      } : nil
    return FieldSamples(distances: points.map(value), gradients: gradients)
  }

  /// A distance, clipped, with or without its promise.
  static func clipped(_ field: some AnalyticField, at limit: Float, promises: Bool = false) -> FunctionField {
    FunctionField(slopeBound: promises ? 1 : nil) { max(-limit, min(limit, field.sample(at: $0).distance)) }
  }

  /// What lies in one of two solids.
  static func union(_ first: some AnalyticField, _ second: some AnalyticField) -> FunctionField {
    FunctionField(slopeBound: 1) { min(first.sample(at: $0).distance, second.sample(at: $0).distance) }
  }
}

/// A field that may not be called from two threads at once, and takes note of how it is called.
final class ExclusiveField: ScalarField {
  let field: FunctionField
  let slopeBound: Float? = 1
  private let calls = Mutex<(running: Int, overlapped: Bool, sizes: [Int])>((0, false, []))

  init(_ field: FunctionField) { self.field = field }

  var sizes: [Int] { calls.withLock { $0.sizes } }
  var hasOverlapped: Bool { calls.withLock { $0.overlapped } }

  func samples(at points: [SIMD3<Float>], withGradients: Bool) -> FieldSamples {
    calls.withLock {
      $0.overlapped = $0.overlapped || $0.running > 0
      $0.running += 1
      $0.sizes.append(points.count)
    }
    let result = field.samples(at: points, withGradients: withGradients)
    calls.withLock { $0.running -= 1 }
    return result
  }
}
