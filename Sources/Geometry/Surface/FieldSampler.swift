import Synchronization

/// Asks a field for many distances: on several threads at once if the field allows it, else in one call.
struct FieldSampler: Sendable {
  /// Points that are asked for together: enough to keep a network or a threaded query busy.
  static let batchSize = 1 << 17

  let field: any ScalarField
  let threadCount: Int

  init(_ field: any ScalarField, threadCount: Int) {
    self.field = field
    self.threadCount = field.allowsConcurrentCalls ? max(1, threadCount) : 1
  }

  /// Distances at `count` points; `fill` writes the points from a given number on.
  func distances(
    count: Int, fill: @Sendable (Int, UnsafeMutableBufferPointer<SIMD3<Float>>) -> Void
  ) throws -> [Float] {
    let parts = threadCount == 1 || count < 1024 ? 1 : threadCount
    let failure = Mutex<(any Error)?>(nil)
    let distances = [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      let output = SampleOutput(buffer: buffer)
      @Sendable func work(_ part: Int) {
        let range = count * part / parts..<count * (part + 1) / parts
        do {
          try output.store(self.batch(range, fill: fill), from: range.lowerBound)
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
      concurrently(parts, threadCount: threadCount, work)
      initializedCount = failure.withLock { $0 == nil } ? count : 0
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return distances
  }

  private func batch(
    _ range: Range<Int>, fill: (Int, UnsafeMutableBufferPointer<SIMD3<Float>>) -> Void
  ) throws -> [Float] {
    let points = [SIMD3<Float>](unsafeUninitializedCapacity: range.count) { buffer, initializedCount in
      fill(range.lowerBound, UnsafeMutableBufferPointer(rebasing: buffer[..<range.count]))
      initializedCount = range.count
    }
    let samples = try field.samples(at: points, withGradients: false).distances
    precondition(samples.count == points.count, "a field gave \(samples.count) distances for \(points.count) points")
    return samples
  }
}

/// Where distances go; every thread writes to a range of its own.
private struct SampleOutput: @unchecked Sendable {
  let buffer: UnsafeMutableBufferPointer<Float>

  func store(_ values: [Float], from start: Int) {
    guard let target = buffer.baseAddress else { return }
    values.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      (target + start).initialize(from: first, count: source.count)
    }
  }
}
