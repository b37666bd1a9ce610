import CMeshQueries

/// Clouds of points, one for each shape of a set, made ready for their distances to those of other sets.
///
/// *Units and frame*: those of the points; clouds are compared as they lie, so normalise them first
/// (`CloudNormalization`).
///
/// `@unchecked Sendable`: written once in `init`, then only read.
public final class CloudSet: @unchecked Sendable {
  /// What errors call the set.
  public let name: String
  /// The number of points of each cloud.
  public let pointCounts: [Int]
  let handles: [OpaquePointer]

  /// The number of clouds.
  public var count: Int { handles.count }

  /// Sorts the points of clouds.
  ///
  /// *Throws*: `ComparisonError`, naming set and cloud, if there are no clouds or one is empty, not finite, or too large
  /// or small for squares in single precision.
  public init(_ clouds: [[SIMD3<Float>]], name: String, threadCount: Int? = nil) throws {
    guard !clouds.isEmpty else { throw ComparisonError("\(name): there are no clouds") }
    for (index, cloud) in clouds.enumerated() {
      do {
        try ComparisonError.check(cloud)
      } catch {
        throw ComparisonError("\(name), cloud \(index): \(error)")
      }
    }
    let made = [OpaquePointer?](unsafeUninitializedCapacity: clouds.count) { buffer, count in
      nonisolated(unsafe) let result = buffer
      concurrently(clouds.count, threadCount: threadCount) { index in
        let handle = clouds[index].withUnsafeBytes { bytes in
          mq_cloud_create(bytes.baseAddress?.assumingMemoryBound(to: Float.self), clouds[index].count, 4)
        }
        result.initializeElement(at: index, to: handle)
      }
      count = clouds.count
    }
    self.name = name
    pointCounts = clouds.map(\.count)
    handles = made.compactMap { $0 }
    guard handles.count == clouds.count else { throw ComparisonError("\(name): not enough memory for the clouds") }
  }

  deinit {
    for handle in handles { mq_cloud_free(handle) }
  }

  /// Throws unless a distance can be measured between the clouds of two sets.
  static func check(_ first: CloudSet, _ second: CloudSet, for distance: CloudDistance) throws {
    try distance.check()
    guard distance == .earthMover else { return }
    let size = first.pointCounts[0]
    guard size <= CloudDistance.largestAssignment else {
      throw ComparisonError(
        "\(first.name), cloud 0: \(size) points are too many for the earth mover's distance, which takes up to "
          + "\(CloudDistance.largestAssignment)")
    }
    for set in [first, second] {
      guard let index = set.pointCounts.firstIndex(where: { $0 != size }) else { continue }
      throw ComparisonError(
        "the earth mover's distance needs clouds of equal size: \(set.name), cloud \(index) has "
          + "\(set.pointCounts[index]) points, \(first.name), cloud 0 has \(size)")
    }
  }
}
