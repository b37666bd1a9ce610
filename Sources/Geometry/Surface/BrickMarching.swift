/// Marching cubes over bricks of samples: the vertices, faces and order of `MarchingPass` on the padded grid, of which
/// only the complete cells are looked at.
///
/// Bricks that lie beside each other along the third axis make a row of bricks; rows of bricks are worked on
/// independently, once it is known where the output of each of their 64 rows of samples starts.
final class BrickMarching: @unchecked Sendable {
  /// What one row of samples, as far as it lies in bricks, makes, and where it starts.
  struct RowOutput {
    var third: UInt32 = 0, second: UInt32 = 0, first: UInt32 = 0, faces: UInt32 = 0, centers: UInt32 = 0
    var vertexStart: UInt32 = 0, faceStart: UInt32 = 0, centerStart: UInt32 = 0
  }

  /// Known crossed edges and output positions of a brick.
  struct Edges {
    /// Eight words each.
    let third: UnsafeMutablePointer<UInt64>, second: UnsafeMutablePointer<UInt64>, first: UnsafeMutablePointer<UInt64>
    /// First vertex on edges along the third, second and first axis, by 8i + j.
    let starts: UnsafeMutablePointer<SIMD3<UInt32>>
  }

  let options: SurfaceExtraction
  let bricks: SampleBricks
  let frame: GridFrame
  let cases = CubeCases.shared
  /// Brick numbers in the order of the grid.
  let order: [Int32]
  /// Where each row of bricks starts in `order`, and its end.
  let rows: [Range<Int>]
  private let words: UnsafeMutablePointer<UInt64>
  private let starts: UnsafeMutablePointer<SIMD3<UInt32>>
  let outputs: UnsafeMutablePointer<RowOutput>
  private let cellCounts: UnsafeMutablePointer<SIMD2<Int>>
  /// The bricks after each, by 4i + 2j + k.
  private let neighbours: UnsafeMutablePointer<SIMD8<Int32>>

  /// `farthest` is the sample farthest outside, for the padding.
  init(
    _ options: SurfaceExtraction, bricks: SampleBricks, frame: GridFrame, farthest: Float
  ) {
    (self.options, self.bricks, self.frame) = (options, bricks, frame)
    bricks.fillPadding(with: options.paddingValue(farthest: farthest))
    let places = bricks.places
    order = (1..<max(1, places.count)).map(Int32.init).sorted {
      let (a, b) = (places[Int($0)], places[Int($1)])
      return (a.i, a.j, a.k) < (b.i, b.j, b.k)
    }
    var rows: [Range<Int>] = []
    for (index, brick) in order.enumerated() {
      let place = places[Int(brick)]
      if let last = rows.last {
        let other = places[Int(order[last.lowerBound])]
        if other.i == place.i, other.j == place.j {
          rows[rows.count - 1] = last.lowerBound..<index + 1
          continue
        }
      }
      rows.append(index..<index + 1)
    }
    self.rows = rows
    words = .allocate(capacity: places.count * 24)
    words.initialize(repeating: 0, count: places.count * 24)
    starts = .allocate(capacity: places.count * 64)
    starts.initialize(repeating: .zero, count: places.count * 64)
    neighbours = .allocate(capacity: places.count)
    for brick in 0..<places.count { (neighbours + brick).initialize(to: bricks.neighbours(of: brick)) }
    outputs = .allocate(capacity: max(1, rows.count * 64))
    outputs.initialize(repeating: RowOutput(), count: rows.count * 64)
    cellCounts = .allocate(capacity: max(1, rows.count))
    cellCounts.initialize(repeating: .zero, count: rows.count)
  }

  deinit {
    words.deallocate()
    starts.deallocate()
    outputs.deallocate()
    cellCounts.deallocate()
    neighbours.deallocate()
  }

  /// Bytes that are taken beside the bricks and the mesh.
  var byteCount: Int { bricks.count * (24 * 8 + 64 * 16 + 32 + 4) + rows.count * (64 * MemoryLayout<RowOutput>.stride) }

  /// Cells with eight known corners, and those that the surface passes through.
  var visitedCellCount: Int { rows.indices.reduce(0) { $0 + cellCounts[$1].x } }
  var crossedCellCount: Int { rows.indices.reduce(0) { $0 + cellCounts[$1].y } }

  /// The edges of a brick.
  @inline(__always)
  func edges(of brick: Int) -> Edges {
    let word = words + brick * 24
    return Edges(third: word, second: word + 8, first: word + 16, starts: starts + brick * 64)
  }

  /// The samples at the corners of the cells of a plane of a brick.
  @inline(__always)
  func corners(_ brick: Int, plane: Int) -> CornerWords { CornerWords(bricks, neighbours[brick], plane: plane) }

  /// The edges of the brick that holds a position, which lies in the given brick or just after it.
  @inline(__always)
  func edges(at local: SIMD3<Int>, from brick: Int) -> Edges {
    edges(of: Int(neighbours[brick][(local.x >> 3) << 2 | (local.y >> 3) << 1 | local.z >> 3]))
  }

  /// Runs all passes.
  func run() throws -> Mesh {
    forEachRow { self.count(row: $0) }
    let total = try sumCounts()
    guard total.vertices > 0 else { return Mesh() }
    forEachRow { self.distribute(row: $0) }
    return Mesh(
      positions: Array(unsafeUninitializedCapacity: total.vertices + total.centers) { buffer, count in
        let output = VertexOutput(base: buffer.baseAddress!)
        forEachRow { self.placeVertices(row: $0, output) }
        if total.centers > 0 { forEachRow { self.placeCenters(row: $0, output) } }
        count = total.vertices + total.centers
      },
      faces: Array(unsafeUninitializedCapacity: total.faces) { buffer, count in
        let output = FaceOutput(base: buffer.baseAddress!)
        forEachRow { self.placeFaces(row: $0, output) }
        count = total.faces
      })
  }

  private func forEachRow(_ body: @Sendable (Int) -> Void) {
    concurrently(rows.count, threadCount: options.threadCount, body)
  }

  /// Finds the crossed edges and counts what comes of them.
  private func count(row: Int) {
    var cells = SIMD2<Int>.zero
    for index in rows[row] {
      let brick = Int(order[index])
      let edges = edges(of: brick)
      for plane in 0..<8 {
        let corners = corners(brick, plane: plane)
        let valid = bricks.validCells(brick, plane: plane)
        (edges.third[plane], edges.second[plane], edges.first[plane]) = corners.edges
        let active = corners.active & valid
        cells &+= SIMD2((corners.complete & valid).nonzeroBitCount, active.nonzeroBitCount)
        countEdges(edges, plane, outputs + row * 64 + plane * 8)
        countFaces(active, corners, bricks.position(of: brick * 512 + plane * 64), outputs + row * 64 + plane * 8)
      }
    }
    cellCounts[row] = cells
  }

  private func countEdges(_ edges: Edges, _ plane: Int, _ outputs: UnsafeMutablePointer<RowOutput>) {
    guard edges.third[plane] | edges.second[plane] | edges.first[plane] != 0 else { return }
    for j in 0..<8 {
      let counts = SIMD3<UInt32>(
        Self.bitCount(edges.third[plane], j), Self.bitCount(edges.second[plane], j),
        Self.bitCount(edges.first[plane], j))
      edges.starts[plane * 8 + j] = counts
      outputs[j].third += counts.x
      outputs[j].second += counts.y
      outputs[j].first += counts.z
    }
  }

  private static func bitCount(_ word: UInt64, _ row: Int) -> UInt32 {
    UInt32((word >> UInt64(8 * row) & 0xFF).nonzeroBitCount)
  }

  private func countFaces(
    _ active: UInt64, _ corners: CornerWords, _ origin: SIMD3<Int>, _ outputs: UnsafeMutablePointer<RowOutput>
  ) {
    forEachCell(active) { bit in
      let variant = variant(of: corners.pattern(bit), origin &+ SIMD3<Int>(0, bit >> 3, bit & 7))
      outputs[bit >> 3].faces += UInt32(variant.triangleCount)
      outputs[bit >> 3].centers += UInt32(variant.centerCount)
    }
  }

  /// Gives every row of samples its place: rows of a plane after each other, as in a grid that is not sparse.
  private func sumCounts() throws -> (vertices: Int, faces: Int, centers: Int) {
    var (vertices, faces, centers) = (0, 0, 0)
    var begin = 0
    while begin < rows.count {
      let slab = bricks.places[Int(order[rows[begin].lowerBound])].i
      var end = begin
      while end < rows.count, bricks.places[Int(order[rows[end].lowerBound])].i == slab { end += 1 }
      for plane in 0..<8 {
        for line in (begin * 8)..<(end * 8) {
          let output = outputs + line / 8 * 64 + plane * 8 + line % 8
          guard vertices + centers < Int(UInt32.max), faces < Int(UInt32.max) else {
            throw SurfaceError.tooLarge(vertices: vertices + centers)
          }
          output.pointee.vertexStart = UInt32(vertices)
          output.pointee.faceStart = UInt32(faces)
          output.pointee.centerStart = UInt32(centers)
          vertices += Int(output.pointee.third + output.pointee.second + output.pointee.first)
          faces += Int(output.pointee.faces)
          centers += Int(output.pointee.centers)
        }
      }
      begin = end
    }
    guard vertices + centers < Int(UInt32.max) else { throw SurfaceError.tooLarge(vertices: vertices + centers) }
    for row in 0..<(rows.count * 64) { outputs[row].centerStart += UInt32(vertices) }
    return (vertices, faces, centers)
  }

  /// Turns the counts of every brick into positions in the output.
  private func distribute(row: Int) {
    for line in 0..<64 {
      let output = outputs[row * 64 + line]
      guard output.third + output.second + output.first > 0 else { continue }
      var next = SIMD3<UInt32>(0, output.third, output.third + output.second) &+ output.vertexStart
      for index in rows[row] {
        let start = starts + Int(order[index]) * 64 + line
        let counts = start.pointee
        start.pointee = next
        next &+= counts
      }
    }
  }

  @inline(__always)
  func forEachCell(_ cells: UInt64, _ body: (Int) -> Void) {
    var remaining = cells
    while remaining != 0 {
      body(remaining.trailingZeroBitCount)
      remaining &= remaining - 1
    }
  }

  /// How a cell is filled.
  @inline(__always)
  func variant(of pattern: Int, _ cell: SIMD3<Int>) -> CubeCases.Variant {
    let number = cases.variant(of: pattern) {
      bricks.value(cell.x + $0 >> 2, cell.y + ($0 >> 1 & 1), cell.z + ($0 & 1)) - options.level
    }
    return cases.variants[number]
  }
}
