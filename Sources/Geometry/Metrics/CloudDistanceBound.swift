import Foundation

/// A number that the distance of a point to the nearest point of a cloud never falls below, found by one look into a
/// table: many pairs of clouds can be told apart without looking for a single neighbour.
///
/// The cloud's points are put into the cells of a grid from -1 to 1, and every cell knows how far it is from the nearest
/// one that is not empty. Points beyond the grid count as the nearest place on it, which brings no two points apart.
///
/// *Limits*: the bound is short of the distance by up to two half diagonals of a cell, 0.036, and a step of the table, 0.006.
public struct CloudDistanceBound: Sendable {
  private static let side = 96
  private static let cell = 2 / Float(side)
  /// The length of a step of the table; distances beyond 255 of them count as 255.
  private static let step: Float = 0.006
  /// What is sure of the distance of the points of each cell, in steps.
  private let steps: [UInt8]

  /// The table of a cloud; traps if it is empty.
  public init(_ points: [SIMD3<Float>]) {
    precondition(!points.isEmpty, "a bound needs a cloud of at least one point")
    let side = Self.side
    // No distance between cells is as large as this.
    var squares = [Float](repeating: Float(4 * side * side), count: side * side * side)
    for point in points { squares[Self.index(of: point)] = 0 }
    for stride in [1, side, side * side] { Self.transform(&squares, stride: stride) }
    let slack = Float(3).squareRoot() * Self.cell
    steps = squares.map { square in
      UInt8(min(255, max(0, square.squareRoot() * Self.cell - slack - 1e-5) / Self.step))
    }
  }

  /// The sum of squared distances of points to the cloud is at least this.
  public func squaredSum(of points: [SIMD3<Float>]) -> Double {
    var sum = 0
    steps.withUnsafeBufferPointer { steps in
      for point in points {
        let distance = Int(steps[Self.index(of: point)])
        sum += distance * distance
      }
    }
    return Double(sum) * Double(Self.step) * Double(Self.step)
  }

  /// The cell of a point, or the nearest one.
  @inline(__always) private static func index(of point: SIMD3<Float>) -> Int {
    let place = ((point + 1) / cell).clamped(lowerBound: .zero, upperBound: SIMD3(repeating: Float(side - 1)))
    return (Int(place.x) * side + Int(place.y)) * side + Int(place.z)
  }

  /// The squared distance along one more axis.
  ///
  /// *Reference*: Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", 2012,
  /// doi:10.4086/toc.2012.v008a019.
  private static func transform(_ squares: inout [Float], stride: Int) {
    let side = side
    var (own, hulls, borders) = (
      [Float](repeating: 0, count: side), [Int](repeating: 0, count: side), [Float](repeating: 0, count: side + 1)
    )
    for line in 0..<side * side {
      let start = line / stride * stride * side + line % stride
      for place in 0..<side { own[place] = squares[start + place * stride] }
      var last = 0
      (hulls[0], borders[0], borders[1]) = (0, -.infinity, .infinity)
      for place in 1..<side {
        func meeting(_ other: Int) -> Float {
          (own[place] - own[other] + Float(place * place - other * other)) / Float(2 * (place - other))
        }
        while meeting(hulls[last]) <= borders[last] { last -= 1 }
        borders[last + 1] = meeting(hulls[last])
        last += 1
        hulls[last] = place
        borders[last + 1] = .infinity
      }
      last = 0
      for place in 0..<side {
        while borders[last + 1] < Float(place) { last += 1 }
        let gap = Float(place - hulls[last])
        squares[start + place * stride] = gap * gap + own[hulls[last]]
      }
    }
  }
}
