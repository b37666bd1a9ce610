/// A cloud of points that is asked for nearest neighbours: an exact k-d tree.
///
/// *Units and frame*: those of the points.
///
/// `@unchecked Sendable`: written once in `init`, then only read.
public final class PointCloudTree: @unchecked Sendable {
  /// The nearest point of the cloud.
  public struct Neighbor: Sendable, Equatable {
    /// Its number in the cloud; of points at the same distance the lowest.
    public var index: Int
    /// Its distance.
    public var distance: Double
  }

  /// The cloud as it was given, [P].
  public let points: [SIMD3<Float>]

  /// An inner node splits an axis; its first child follows it. A leaf has a range of `ordered`.
  struct Node {
    var split: Float = 0
    /// 0...2, or 3 for a leaf.
    var axis: Int32 = 3
    /// The second child of an inner node, the end of a leaf's range.
    var next: Int32 = 0
    var first: Int32 = 0
  }

  private static let leafSize = 8
  let nodes: [Node]
  /// The points in the order of the leaves; w is the bit pattern of the number in the cloud.
  let ordered: [SIMD4<Float>]

  /// Sorts a cloud into a tree.
  ///
  /// *Throws*: `ComparisonError` if the cloud is empty or its coordinates are not finite or too large or small for
  /// squares in single precision.
  public init(_ points: [SIMD3<Float>]) throws {
    try ComparisonError.check(points)
    self.points = points
    var builder = Builder(points)
    builder.build(0, points.count)
    (nodes, ordered) = (builder.nodes, builder.ordered)
  }

  /// The nearest point of the cloud for each query.
  ///
  /// *Shapes*: [P] queries give [P] neighbours, whatever the number of threads. The distance of a query that is not a
  /// number is none either.
  public func nearest(to queries: [SIMD3<Float>], threadCount: Int? = nil) -> [Neighbor] {
    let blockSize = 256
    return [Neighbor](unsafeUninitializedCapacity: queries.count) { buffer, count in
      nonisolated(unsafe) let result = buffer
      concurrently((queries.count + blockSize - 1) / blockSize, threadCount: threadCount) { block in
        withUnsafeTemporaryAllocation(of: Pending.self, capacity: 64) { stack in
          for index in block * blockSize..<min(queries.count, (block + 1) * blockSize) {
            let found = search(queries[index], stack)
            let offset = SIMD3<Double>(points[found]) - SIMD3<Double>(queries[index])
            result.initializeElement(
              at: index, to: Neighbor(index: found, distance: (offset * offset).sum().squareRoot()))
          }
        }
      }
      count = queries.count
    }
  }

  /// A part of the tree that may hold something nearer: the gaps to it along the axes.
  struct Pending {
    var node: Int
    var gaps: SIMD3<Float>
  }

  /// The number of the point nearest to a query.
  private func search(_ query: SIMD3<Float>, _ stack: UnsafeMutableBufferPointer<Pending>) -> Int {
    nodes.withUnsafeBufferPointer { nodes in
      ordered.withUnsafeBufferPointer { ordered in
        var (best, bestIndex) = (Float.infinity, UInt32.zero)
        stack[0] = Pending(node: 0, gaps: .zero)
        var depth = 1
        while depth > 0 {
          depth -= 1
          var node = stack[depth].node
          let gaps = stack[depth].gaps
          guard (gaps * gaps).sum() <= best else { continue }
          while nodes[node].axis < 3 {
            let axis = Int(nodes[node].axis)
            let gap = query[axis] - nodes[node].split
            var far = gaps
            far[axis] = gap
            let second = Int(nodes[node].next)
            stack[depth] = Pending(node: gap < 0 ? second : node + 1, gaps: far)
            depth += 1
            if gap >= 0 { node = second } else { node += 1 }
          }
          for place in Int(nodes[node].first)..<Int(nodes[node].next) {
            let candidate = ordered[place]
            let offset = SIMD3(candidate.x, candidate.y, candidate.z) - query
            let square = (offset * offset).sum()
            let index = candidate.w.bitPattern
            if square < best || square == best && index < bestIndex { (best, bestIndex) = (square, index) }
          }
        }
        return Int(bestIndex)
      }
    }
  }

  /// Splits the widest side at the median until few points are left.
  private struct Builder {
    var nodes: [Node] = []
    var ordered: [SIMD4<Float>]

    init(_ points: [SIMD3<Float>]) {
      ordered = points.enumerated().map { SIMD4($1, Float(bitPattern: UInt32($0))) }
    }

    mutating func build(_ start: Int, _ end: Int) {
      let node = nodes.count
      nodes.append(Node(axis: 3, next: Int32(end), first: Int32(start)))
      guard end - start > leafSize else { return }
      var (lower, upper) = (ordered[start], ordered[start])
      for place in start..<end {
        lower = pointwiseMin(lower, ordered[place])
        upper = pointwiseMax(upper, ordered[place])
      }
      let extent = upper - lower
      let axis = extent.x >= extent.y && extent.x >= extent.z ? 0 : extent.y >= extent.z ? 1 : 2
      guard extent[axis] > 0 else {
        // All the same: the first of them stands for all, so that many copies cost nothing.
        let first = ordered[start..<end].min { $0.w.bitPattern < $1.w.bitPattern }
        if let first { ordered[start] = first }
        nodes[node].next = Int32(start + 1)
        return
      }
      let middle = (start + end) / 2
      select(middle, start, end, axis)
      build(start, middle)
      nodes[node] = Node(split: ordered[middle][axis], axis: Int32(axis), next: Int32(nodes.count), first: 0)
      build(middle, end)
    }

    /// Brings the point of a rank to its place, smaller ones before it and larger ones behind.
    private mutating func select(_ rank: Int, _ start: Int, _ end: Int, _ axis: Int) {
      var (low, high) = (start, end - 1)
      while low < high {
        let pivot = median(ordered[low][axis], ordered[(low + high) / 2][axis], ordered[high][axis])
        var (left, right) = (low, high)
        while left <= right {
          while ordered[left][axis] < pivot { left += 1 }
          while ordered[right][axis] > pivot { right -= 1 }
          if left <= right {
            ordered.swapAt(left, right)
            left += 1
            right -= 1
          }
        }
        if rank <= right { high = right } else if rank >= left { low = left } else { return }
      }
    }

    private func median(_ a: Float, _ b: Float, _ c: Float) -> Float { max(min(a, b), min(max(a, b), c)) }
  }
}
