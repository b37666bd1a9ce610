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
/// *Limits*: single precision; the face-by-face sum errs by about 1e-6 times the square root of the number of faces.
final class WindingNumber: InsideTest, @unchecked Sendable {
  /// Error allowed for a group of faces: in the first try, and where that did not decide. 0 is exact.
  private static let tolerances: [Float] = [4e-3, 2e-4, 0]
  private let tree: OpaquePointer
  /// -1 if the faces look inward.
  private let orientation: Float

  /// The tree of winding numbers, for faces that look outward or all inward.
  ///
  /// *Throws*: `MeshError.noMemory`.
  init(_ faces: FaceTree, looksInward: Bool = false) throws {
    guard let tree = mq_winding_create(faces.corners, faces.faceCount) else {
      throw MeshError.noMemory(faces: faces.faceCount)
    }
    (self.tree, orientation) = (tree, looksInward ? -1 : 1)
  }

  deinit { mq_winding_free(tree) }

  func margins(of block: QueryBlock, into margins: UnsafeMutablePointer<Float>) {
    var numbers = [Float](repeating: 0, count: block.count)
    var errors = numbers
    mq_winding_numbers(tree, block.points, block.count, Self.tolerances[0], &numbers, &errors)
    for tolerance in Self.tolerances.dropFirst() {
      let undecided = numbers.indices.filter { abs(orientation * numbers[$0] - 0.5) <= errors[$0] }
      if undecided.isEmpty { break }
      refine(undecided, of: block, to: tolerance, &numbers, &errors)
    }
    for index in 0..<block.count {
      margins[index] = max(-1, min(1, 2 * orientation * numbers[index] - 1))
    }
  }

  private func refine(
    _ queries: [Int], of block: QueryBlock, to tolerance: Float, _ numbers: inout [Float], _ errors: inout [Float]
  ) {
    let points = queries.flatMap { [block.points[3 * $0], block.points[3 * $0 + 1], block.points[3 * $0 + 2]] }
    var (refined, bounds) = ([Float](repeating: 0, count: queries.count), [Float](repeating: 0, count: queries.count))
    mq_winding_numbers(tree, points, queries.count, tolerance, &refined, &bounds)
    for (index, query) in queries.enumerated() { (numbers[query], errors[query]) = (refined[index], bounds[index]) }
  }
}
