/// The nearest codes of every code, nearest first; of equally near ones the lower index first.
struct Neighbors: Sendable {
  /// Neighbours of each code.
  let count: Int
  /// Indices, row by row.
  let indices: [Int32]
  /// Squared distances.
  let squares: [Float]

  /// Finds them by looking at all pairs.
  init(of codes: CodeMatrix, count wanted: Int, threadCount: Int?) {
    let count = max(0, min(wanted, codes.count - 1))
    self.count = count
    var indices = [Int32](repeating: 0, count: codes.count * count)
    var squares = [Float](repeating: 0, count: codes.count * count)
    indices.withUnsafeMutableBufferPointer { indices in
      squares.withUnsafeMutableBufferPointer { squares in
        nonisolated(unsafe) let (indices, squares) = (indices, squares)
        inBlocks(of: 32, count: codes.count, threadCount: threadCount) { block in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: codes.count) { distances in
            for index in block {
              codes.squaredDistances(from: index, into: distances)
              let rows = index * count..<(index + 1) * count
              Self.select(
                distances, without: index, indices: UnsafeMutableBufferPointer(rebasing: indices[rows]),
                squares: UnsafeMutableBufferPointer(rebasing: squares[rows]))
            }
          }
        }
      }
    }
    (self.indices, self.squares) = (indices, squares)
  }

  /// A list kept in order: a code is compared with the last of it, and seldom moves.
  private static func select(
    _ distances: UnsafeMutableBufferPointer<Float>, without own: Int, indices: UnsafeMutableBufferPointer<Int32>,
    squares: UnsafeMutableBufferPointer<Float>
  ) {
    guard !indices.isEmpty else { return }
    if indices.count == distances.count - 1 {
      let order = distances.indices.filter { $0 != own }.sorted { (distances[$0], $0) < (distances[$1], $1) }
      for (place, index) in order.enumerated() { (indices[place], squares[place]) = (Int32(index), distances[index]) }
      return
    }
    var filled = 0
    for (index, distance) in distances.enumerated() where index != own {
      guard filled < indices.count || distance < squares[filled - 1] else { continue }
      var place = filled < indices.count ? filled : filled - 1
      while place > 0, squares[place - 1] > distance {
        (squares[place], indices[place]) = (squares[place - 1], indices[place - 1])
        place -= 1
      }
      (squares[place], indices[place]) = (distance, Int32(index))
      filled = min(filled + 1, indices.count)
    }
  }
}
