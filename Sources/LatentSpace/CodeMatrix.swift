/// Codes side by side in memory, each padded with zeros to whole vectors of eight numbers.
struct CodeMatrix: Sendable {
  let count: Int
  let size: Int
  /// Numbers from one code to the next.
  let stride: Int
  let values: [Float]

  init(_ codes: [[Float]]) throws(LatentSpaceError) {
    size = try LatentSpaceError.check(codes)
    (count, stride) = (codes.count, (size + 7) / 8 * 8)
    var values = [Float](repeating: 0, count: codes.count * stride)
    for (index, code) in codes.enumerated() {
      values.replaceSubrange(index * stride..<index * stride + size, with: code)
    }
    self.values = values
  }

  init(_ points: [SIMD2<Double>]) throws(LatentSpaceError) {
    try self.init(points.map { [Float($0.x), Float($0.y)] })
  }

  /// Squared distances from one code to all, in order.
  func squaredDistances(from index: Int, into result: UnsafeMutableBufferPointer<Float>) {
    values.withUnsafeBytes { bytes in
      let own = index * stride * 4
      for other in 0..<count {
        let start = other * stride * 4
        var sums = SIMD8<Float>()
        for offset in Swift.stride(from: 0, to: stride * 4, by: 32) {
          let difference =
            bytes.loadUnaligned(fromByteOffset: own + offset, as: SIMD8<Float>.self)
            - bytes.loadUnaligned(fromByteOffset: start + offset, as: SIMD8<Float>.self)
          sums += difference * difference
        }
        result[other] = sums.sum()
      }
    }
  }
}
