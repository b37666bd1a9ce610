/// A union of axis-parallel boxes, and its exact surface.
public struct BoxUnion: Sendable, Equatable {
  /// A box between two corners.
  public struct Box: Sendable, Equatable {
    /// Smallest and largest coordinates.
    public var lower, upper: SIMD3<Double>

    /// A box between two corners; traps if it has no extent.
    public init(_ lower: SIMD3<Double>, _ upper: SIMD3<Double>) {
      precondition(all(lower .< upper), "a box from \(lower) to \(upper) has no extent")
      (self.lower, self.upper) = (lower, upper)
    }

    fileprivate func holds(_ point: SIMD3<Double>) -> Bool { all(lower .< point) && all(point .< upper) }
  }

  /// The boxes.
  public var boxes: [Box]

  /// A union of boxes.
  public init(_ boxes: [Box]) { self.boxes = boxes }

  /// The closed surface of the union, without anything inside, faces counter-clockwise seen from outside.
  ///
  /// Space is cut at the coordinates of all boxes into cells that are full or empty; the faces between full and empty
  /// ones are the surface. Neighbours share whole edges, so it is watertight.
  ///
  /// *Limits*: where two full cells meet along an edge only, four faces share it.
  public func mesh() -> Mesh {
    let cuts = (0..<3).map { axis in Set(boxes.flatMap { [$0.lower[axis], $0.upper[axis]] }).sorted() }
    let cells = Cells(boxes, cuts)
    var mesh = Mesh()
    var vertices: [SIMD3<Int>: UInt32] = [:]
    func vertex(_ place: SIMD3<Int>) -> UInt32 {
      if let known = vertices[place] { return known }
      let new = UInt32(mesh.positions.count)
      mesh.positions.append(SIMD3<Float>(SIMD3(cuts[0][place.x], cuts[1][place.y], cuts[2][place.z])))
      vertices[place] = new
      return new
    }
    for cell in cells.full {
      for axis in 0..<3 {
        for side in 0...1 {
          var neighbor = cell
          neighbor[axis] += side == 1 ? 1 : -1
          guard !cells.isFull(neighbor) else { continue }
          var corner = cell
          corner[axis] += side
          let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
          let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map { first, second in
            var place = corner
            place[u] += first
            place[v] += second
            return vertex(place)
          }
          let (a, b, c, d) = (corners[0], corners[1], corners[2], corners[3])
          mesh.faces += side == 1 ? [[a, b, c], [a, c, d]] : [[a, c, b], [a, d, c]]
        }
      }
    }
    return mesh
  }

  /// The cells between the cuts.
  private struct Cells {
    let extents: SIMD3<Int>
    private var isFullCell: [Bool]

    init(_ boxes: [Box], _ cuts: [[Double]]) {
      extents = SIMD3(cuts[0].count - 1, cuts[1].count - 1, cuts[2].count - 1)
      isFullCell = []
      for i in 0..<extents.x {
        for j in 0..<extents.y {
          for k in 0..<extents.z {
            let middle =
              (SIMD3(cuts[0][i], cuts[1][j], cuts[2][k]) + SIMD3(cuts[0][i + 1], cuts[1][j + 1], cuts[2][k + 1])) / 2
            isFullCell.append(boxes.contains { $0.holds(middle) })
          }
        }
      }
    }

    func isFull(_ place: SIMD3<Int>) -> Bool {
      guard all(place .>= 0), all(place .< extents) else { return false }
      return isFullCell[(place.x * extents.y + place.y) * extents.z + place.z]
    }

    /// All full cells.
    var full: [SIMD3<Int>] {
      isFullCell.indices.filter { isFullCell[$0] }.map {
        SIMD3($0 / (extents.y * extents.z), $0 / extents.z % extents.y, $0 % extents.z)
      }
    }
  }
}
