import CMeshQueries
import Synchronization

/// One list of queries on its way through the trees.
///
/// `@unchecked Sendable`: threads write to disjoint places of the result.
final class QueryPass: @unchecked Sendable {
  /// Queries that one thread does at a time, in spatial order.
  private static let blockSize = 1024

  private let points: [SIMD3<Float>]
  private let wants: MeshDistances.Wants
  private let faces: FaceTree
  private let test: (any InsideTest)?
  private let ambiguousCount = Atomic<Int>(0)
  private var distances: [Float]
  private var closestPoints, gradients: [SIMD3<Float>]
  private var faceNumbers: [UInt32]

  /// Without a test, distances have no sign.
  init(_ points: [SIMD3<Float>], _ wants: MeshDistances.Wants, _ faces: FaceTree, _ test: (any InsideTest)?) {
    (self.points, self.wants, self.faces, self.test) = (points, wants, faces, test)
    distances = [Float](repeating: 0, count: points.count)
    closestPoints = wants.contains(.closestPoints) ? [SIMD3<Float>](repeating: .zero, count: points.count) : []
    gradients = wants.contains(.gradients) ? [SIMD3<Float>](repeating: .zero, count: points.count) : []
    faceNumbers = wants.contains(.faces) ? [UInt32](repeating: 0, count: points.count) : []
  }

  var result: MeshDistances {
    var result = MeshDistances()
    (result.distances, result.closestPoints, result.gradients) = (distances, closestPoints, gradients)
    (result.faces, result.ambiguousCount) = (faceNumbers, ambiguousCount.load(ordering: .relaxed))
    return result
  }

  /// Works on a part of the queries.
  func run(_ range: Range<Int>, threadCount: Int) {
    var local = [Float](unsafeUninitializedCapacity: 3 * range.count) { buffer, count in
      for index in range {
        let point = faces.local(points[index])
        for axis in 0..<3 { buffer[3 * (index - range.lowerBound) + axis] = point[axis] }
      }
      count = 3 * range.count
    }
    let order = [UInt32](unsafeUninitializedCapacity: range.count) { buffer, count in
      mq_spatial_order(&local, range.count, buffer.baseAddress)
      count = range.count
    }
    distances.withUnsafeMutableBufferPointer { distances in
      closestPoints.withUnsafeMutableBufferPointer { closest in
        gradients.withUnsafeMutableBufferPointer { gradients in
          faceNumbers.withUnsafeMutableBufferPointer { numbers in
            // An empty array has an address too, but nothing may be written there.
            let output = QueryOutput(
              distances: distances.baseAddress, closest: closest.isEmpty ? nil : closest.baseAddress,
              gradients: gradients.isEmpty ? nil : gradients.baseAddress,
              faces: numbers.isEmpty ? nil : numbers.baseAddress, first: range.lowerBound)
            run(local, order, output, threadCount)
          }
        }
      }
    }
  }

  private func run(_ local: [Float], _ order: [UInt32], _ output: QueryOutput, _ threadCount: Int) {
    let blockCount = (order.count + Self.blockSize - 1) / Self.blockSize
    concurrently(blockCount, threadCount: threadCount) { block in
      let end = min(order.count, (block + 1) * Self.blockSize)
      self.run(order[(block * Self.blockSize)..<end], of: local, output)
    }
  }

  private func run(_ order: ArraySlice<UInt32>, of local: [Float], _ output: QueryOutput) {
    let count = order.count
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * count) { floats in
      withUnsafeTemporaryAllocation(of: mq_nearest.self, capacity: count) { nearest in
        guard let queries = floats.baseAddress, let found = nearest.baseAddress else { return }
        for (place, index) in order.enumerated() {
          for axis in 0..<3 { queries[3 * place + axis] = local[3 * Int(index) + axis] }
        }
        mq_nearest_points(faces.tree, queries, count, found)
        let margins = queries + 3 * count
        if let test {
          test.margins(of: QueryBlock(points: queries, nearest: found, count: count), into: margins)
        } else {
          margins.update(repeating: -1, count: count)
        }
        var ambiguous = 0
        for (place, index) in order.enumerated() {
          if abs(margins[place]) < InsideMargin.ambiguous { ambiguous += 1 }
          let point = SIMD3(queries[3 * place], queries[3 * place + 1], queries[3 * place + 2])
          write(found[place], at: point, isInside: margins[place] > 0, to: output, Int(index))
        }
        ambiguousCount.wrappingAdd(ambiguous, ordering: .relaxed)
      }
    }
  }

  /// Writes what was found for one query, in the frame of the mesh.
  @inline(__always)
  private func write(
    _ hit: mq_nearest, at point: SIMD3<Float>, isInside: Bool, to output: QueryOutput, _ index: Int
  ) {
    let index = index + output.first
    output.distances?[index] = (isInside ? -hit.distance : hit.distance) / faces.scale
    let closest = SIMD3(hit.x, hit.y, hit.z)
    output.closest?[index] = faces.global(closest)
    output.faces?[index] = hit.face
    guard let gradients = output.gradients else { return }
    let offset = (isInside ? closest - point : point - closest)
    // Nearer than this, single precision does not know the direction any more, but the face does.
    if hit.distance > 1e-5 {
      gradients[index] = offset / (offset * offset).sum().squareRoot()
    } else {
      let normal = faces.normal(of: Int(hit.face))
      gradients[index] = (normal * offset).sum() < 0 ? -normal : normal
    }
  }
}

/// Where the results go.
private struct QueryOutput: @unchecked Sendable {
  var distances: UnsafeMutablePointer<Float>?
  var closest, gradients: UnsafeMutablePointer<SIMD3<Float>>?
  var faces: UnsafeMutablePointer<UInt32>?
  /// Place of the first query.
  var first: Int
}
