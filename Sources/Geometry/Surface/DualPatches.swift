/// The surface as marching cubes cuts it up, seen from its cells: every loop of crossed edges in a cell is a patch, and
/// round every vertex of marching cubes lie four patches (fewer on the border of an open surface).
struct DualPatches {
  static let none = UInt32.max

  /// The cell of each patch, in positions of the padded grid.
  private(set) var cells: [SIMD3<Int32>] = []
  /// Where the vertices of each patch start in `vertices`, and their end.
  private(set) var starts: [UInt32] = [0]
  private(set) var vertices: [UInt32] = []
  /// The patches round each vertex, by 2 * (step back along the first of the other two axes) + (along the second).
  private(set) var rounds: [SIMD4<UInt32>]
  /// The axis of the edge that each vertex lies on, and whether its first sample is inside.
  private(set) var axes: [UInt8]
  private(set) var startsInside: [Bool]

  init(_ marching: BrickMarching, vertexCount: Int) {
    rounds = Array(repeating: SIMD4(repeating: Self.none), count: vertexCount)
    axes = Array(repeating: 0, count: vertexCount)
    startsInside = Array(repeating: false, count: vertexCount)
    let cases = marching.cases
    for row in marching.orderedLines {
      marching.forEachFilledCell(row / 64, row % 64) { variant, cell, numbers in
        var position = Int(variant.loopStart)
        for _ in 0..<variant.loopCount {
          let patch = UInt32(cells.count)
          cells.append(SIMD3<Int32>(truncatingIfNeeded: cell))
          for step in 1...Int(cases.loops[position]) {
            let edge = Int(cases.loops[position + step])
            let vertex = Int(numbers[edge])
            vertices.append(UInt32(vertex))
            rounds[vertex][edge & 3] = patch
            let (corner, _) = CubeCases.corners(ofEdge: edge)
            axes[vertex] = UInt8(2 - edge >> 2)
            startsInside[vertex] = marching.isInside(cell, corner: corner)
          }
          starts.append(UInt32(vertices.count))
          position += 1 + Int(cases.loops[position])
        }
      }
    }
  }

  /// The vertices of a patch.
  func vertices(of patch: Int) -> ArraySlice<UInt32> { vertices[Int(starts[patch])..<Int(starts[patch + 1])] }

  /// The four patches round a vertex, counter-clockwise seen from outside the solid; nil on the border.
  func quadrangle(round vertex: Int, isMirrored: Bool) -> SIMD4<UInt32>? {
    let round = rounds[vertex]
    guard !any(round .== Self.none) else { return nil }
    // In this order they look back along the first and third axis, and ahead along the second.
    let forward = SIMD4(round[0], round[1], round[3], round[2])
    let looksAhead = (axes[vertex] == 1) != isMirrored
    return looksAhead == startsInside[vertex] ? forward : SIMD4(forward[3], forward[2], forward[1], forward[0])
  }
}

extension BrickMarching {
  /// Rows of samples that make faces: 64 for each row of bricks.
  var orderedLines: [Int] { (0..<rows.count * 64).filter { outputs[$0].faces > 0 } }

  /// Whether a corner of a cell is inside.
  func isInside(_ cell: SIMD3<Int>, corner: Int) -> Bool {
    options.isInside(bricks.value(cell.x + corner >> 2, cell.y + corner >> 1 & 1, cell.z + corner & 1))
  }
}
