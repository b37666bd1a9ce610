extension PointCloudTree {
  /// The numbers of the points nearest to a query, nearest first, as many as `found` has room for or the cloud has points.
  ///
  /// *Returns*: how many were found. Points of which many copies lie in one place may be found once only.
  func nearest(to query: SIMD3<Float>, into found: UnsafeMutableBufferPointer<Int>) -> Int {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: found.count) { squares in
      withUnsafeTemporaryAllocation(of: Pending.self, capacity: 64) { stack in
        var list = NeighborList(numbers: found, squares: squares)
        stack[0] = Pending(node: 0, gaps: .zero)
        var depth = 1
        while depth > 0 {
          depth -= 1
          guard list.mayTake((stack[depth].gaps * stack[depth].gaps).sum()) else { continue }
          let leaf = descend(from: stack[depth], to: query, &depth, stack)
          for place in Int(nodes[leaf].first)..<Int(nodes[leaf].next) {
            let candidate = ordered[place]
            let offset = SIMD3(candidate.x, candidate.y, candidate.z) - query
            list.offer(Int(candidate.w.bitPattern), (offset * offset).sum())
          }
        }
        return list.count
      }
    }
  }

  /// Goes down to the leaf on the query's side and puts the other sides on the stack.
  private func descend(
    from start: Pending, to query: SIMD3<Float>, _ depth: inout Int, _ stack: UnsafeMutableBufferPointer<Pending>
  ) -> Int {
    var node = start.node
    while nodes[node].axis < 3 {
      let axis = Int(nodes[node].axis)
      let gap = query[axis] - nodes[node].split
      var far = start.gaps
      far[axis] = gap
      let second = Int(nodes[node].next)
      stack[depth] = Pending(node: gap < 0 ? second : node + 1, gaps: far)
      depth += 1
      node = gap < 0 ? node + 1 : second
    }
    return node
  }
}

/// The nearest points so far, in ascending order.
private struct NeighborList {
  let numbers: UnsafeMutableBufferPointer<Int>
  let squares: UnsafeMutableBufferPointer<Float>
  var count = 0

  func mayTake(_ square: Float) -> Bool { count < numbers.count || count > 0 && square < squares[count - 1] }

  mutating func offer(_ number: Int, _ square: Float) {
    guard mayTake(square) else { return }
    var place = count < numbers.count ? count : count - 1
    while place > 0, squares[place - 1] > square {
      (squares[place], numbers[place]) = (squares[place - 1], numbers[place - 1])
      place -= 1
    }
    (squares[place], numbers[place]) = (square, number)
    count = min(count + 1, numbers.count)
  }
}
