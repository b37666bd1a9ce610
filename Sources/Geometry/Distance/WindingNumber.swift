import CMeshQueries

/// Signs by the generalized winding number: how often the surface goes round a point, 1 inside and 0 outside for a closed
/// mesh, in between near the holes of an open one. Inside is where it is above one half.
///
/// Groups of faces far away are taken as one. The sign is nevertheless that of the exact number: every sum comes with a
/// bound of its error, and where one half lies within it, the sum is done again, in the end face by face.
///
/// *Reference*: Jacobson, Kavan, Sorkine-Hornung, "Robust inside-outside segmentation using generalized winding numbers",
/// 2013; Barill et al., "Fast winding numbers for soups and clouds", 2018, for the hierarchy and order 2. Differs: groups
/// are accepted by a bound of their own error; sixteen queries share one walk through the tree.
/// *Limits*: single precision; the face-by-face sum was within 4e-5 of that in double precision on seven meshes of 968 to
/// 69,451 faces, and tests hold it to 1e-4.
struct WindingNumber: InsideTest {
  /// Error allowed for a group of faces: in the first try, and where that did not decide. 0 is exact.
  private static let tolerances: [Float] = [8e-3, 4e-4, 0]
  private let faces: FaceTree
  private let isClosed: Bool

  /// For faces that look outward. The number of a closed mesh changes only where the surface is, which saves most of the
  /// work for queries away from it.
  init(_ faces: FaceTree, isClosed: Bool) {
    (self.faces, self.isClosed) = (faces, isClosed)
  }

  func margins(of block: QueryBlock, into margins: UnsafeMutablePointer<Float>) {
    var pending = (0..<block.count).filter { !(isClosed && sharesBall($0, of: block)) }
    for tolerance in Self.tolerances {
      pending = compute(pending, of: block, to: tolerance, margins)
      if pending.isEmpty { break }
    }
    guard isClosed else { return }
    for index in 1..<max(1, block.count) where sharesBall(index, of: block) { margins[index] = margins[index - 1] }
  }

  /// 1 and 0 are sure. A negative number is outside, but a sign of faces that look inward.
  @inline(__always)
  private static func margin(_ number: Float) -> Float {
    number >= 0 ? min(1, 2 * number - 1) : min(-0.01, -2 * number - 1)
  }

  /// Whether a query lies in a ball without surface round the query before, or the other way round.
  @inline(__always)
  private func sharesBall(_ index: Int, of block: QueryBlock) -> Bool {
    guard index > 0 else { return false }
    let offset = block.point(index) - block.point(index - 1)
    let radius = 0.999 * max(block.nearest[index].distance, block.nearest[index - 1].distance)
    return (offset * offset).sum() < radius * radius
  }

  /// Margins of some queries; returns those whose sign the error leaves open.
  private func compute(
    _ queries: [Int], of block: QueryBlock, to tolerance: Float, _ margins: UnsafeMutablePointer<Float>
  ) -> [Int] {
    let count = queries.count
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: 5 * count + 1) { scratch in
      guard let points = scratch.baseAddress else { return [] }
      for (place, index) in queries.enumerated() {
        for axis in 0..<3 { points[3 * place + axis] = block.points[3 * index + axis] }
      }
      let (numbers, errors) = (points + 3 * count, points + 4 * count)
      mq_winding_numbers(faces.tree, points, count, tolerance, numbers, errors)
      var undecided: [Int] = []
      for (place, index) in queries.enumerated() {
        let number = numbers[place]
        margins[index] = Self.margin(number)
        if tolerance > 0, abs(number - 0.5) <= errors[place] { undecided.append(index) }
      }
      return undecided
    }
  }
}
