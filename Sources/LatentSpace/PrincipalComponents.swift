import Foundation

/// The directions along which codes vary most.
///
/// *Reference*: Jolliffe, "Principal Component Analysis", 2nd ed. 2002; eigenvectors by Jacobi's rotations.
public struct PrincipalComponents: Sendable {
  /// The mean code.
  public let mean: [Double]
  /// Directions of length 1, the one of most variance first; the largest number of each is positive.
  public let directions: [[Double]]
  /// The variance along each direction.
  public let variances: [Double]
  /// All directions' variances together.
  public let totalVariance: Double

  /// The first directions of these codes.
  ///
  /// *Throws*: `LatentSpaceError` without codes, or with codes that do not fit together.
  public init(_ codes: [[Float]], count: Int = 2) throws(LatentSpaceError) {
    guard !codes.isEmpty else { throw LatentSpaceError("there are no codes") }
    let size = try LatentSpaceError.check(codes)
    var mean = [Double](repeating: 0, count: size)
    for code in codes { for column in 0..<size { mean[column] += Double(code[column]) } }
    mean = mean.map { $0 / Double(codes.count) }
    var covariance = SymmetricMatrix(size: size)
    for code in codes { covariance.addSquare(of: zip(code, mean).map { Double($0) - $1 }) }
    covariance.scale(by: 1 / Double(max(1, codes.count - 1)))
    let pairs = covariance.eigenvectors()
    let kept = pairs.sorted { $0.value > $1.value }.prefix(count)
    self.mean = mean
    totalVariance = pairs.reduce(0) { $0 + max(0, $1.value) }
    variances = kept.map { max(0, $0.value) }
    directions = kept.map { pair in
      let largest = pair.vector.max { abs($0) < abs($1) } ?? 0
      return largest < 0 ? pair.vector.map { -$0 } : pair.vector
    }
  }

  /// Where a code lies along the directions.
  public func coordinates(of code: [Float]) -> [Double] {
    let offset = zip(code, mean).map { Double($0) - $1 }
    return directions.map { direction in zip(direction, offset).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// Where a code lies in the plane of the first two directions; codes of a single number lie on a line.
  public func point(of code: [Float]) -> SIMD2<Double> {
    let coordinates = coordinates(of: code)
    return SIMD2(coordinates.first ?? 0, coordinates.count > 1 ? coordinates[1] : 0)
  }
}

/// A symmetric matrix, held in full.
private struct SymmetricMatrix {
  let size: Int
  var values: [Double]

  init(size: Int) { (self.size, values) = (size, Array(repeating: 0, count: size * size)) }

  mutating func addSquare(of vector: [Double]) {
    values.withUnsafeMutableBufferPointer { values in
      for row in 0..<size {
        let factor = vector[row]
        for column in 0..<size { values[row * size + column] += factor * vector[column] }
      }
    }
  }

  mutating func scale(by factor: Double) { values = values.map { $0 * factor } }

  /// Turns pairs of axes until nothing beside the diagonal is left.
  func eigenvectors() -> [(value: Double, vector: [Double])] {
    var matrix = values
    var vectors = (0..<size * size).map { $0 / size == $0 % size ? 1.0 : 0 }
    let limit = matrix.reduce(0) { $0 + $1 * $1 } * 1e-26
    for _ in 0..<60 {
      var rest = 0.0
      for row in 0..<size {
        for column in 0..<row { rest += matrix[row * size + column] * matrix[row * size + column] }
      }
      if rest <= limit { break }
      for row in 0..<size {
        for column in row + 1..<max(size, row + 1) { Self.rotate(&matrix, &vectors, size, row, column) }
      }
    }
    return (0..<size).map { index in (matrix[index * size + index], Array(vectors[index * size..<(index + 1) * size])) }
  }

  /// Makes the number at (p, q) zero; the eigenvectors are the rows of `vectors`.
  private static func rotate(
    _ matrix: inout [Double], _ vectors: inout [Double], _ size: Int, _ p: Int, _ q: Int
  ) {
    let beside = matrix[p * size + q]
    guard beside != 0 else { return }
    let theta = (matrix[q * size + q] - matrix[p * size + p]) / (2 * beside)
    let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    matrix.withUnsafeMutableBufferPointer { matrix in
      for index in 0..<size {
        let (first, second) = (matrix[index * size + p], matrix[index * size + q])
        matrix[index * size + p] = cosine * first - sine * second
        matrix[index * size + q] = sine * first + cosine * second
      }
      turn(matrix, size, p, q, cosine, sine)
    }
    vectors.withUnsafeMutableBufferPointer { turn($0, size, p, q, cosine, sine) }
  }

  private static func turn(
    _ rows: UnsafeMutableBufferPointer<Double>, _ size: Int, _ p: Int, _ q: Int, _ cosine: Double, _ sine: Double
  ) {
    for index in 0..<size {
      let (first, second) = (rows[p * size + index], rows[q * size + index])
      rows[p * size + index] = cosine * first - sine * second
      rows[q * size + index] = sine * first + cosine * second
    }
  }
}
