/// Reads binvox files: lines of text, then pairs of value and run length, y fastest, then z, then x.
///
/// *Reference*: Patrick Min, "binvox voxel file format specification".
struct BinvoxReader {
  private let bytes: UnsafeRawBufferPointer
  private let file: String
  private var scanner: TextScanner

  init(_ bytes: UnsafeRawBufferPointer, file: String) {
    (self.bytes, self.file) = (bytes, file)
    scanner = TextScanner(bytes, file: file, comment: nil)
  }

  consuming func grid() throws -> ScalarGrid {
    guard scanner.word() == "#binvox" else { throw scanner.error("a binvox file begins with \"#binvox\"") }
    var (sides, scale, origin) = (SIMD3<Int>.zero, Float(1), SIMD3<Float>.zero)
    header: while true {
      guard scanner.nextLine() else { throw scanner.error("the file ends before its voxels; it is cut off") }
      switch scanner.word() {
      case "dim":
        // Depth, height and width of the program are x, z and y.
        let (x, z, y) = (try scanner.integer("side"), try scanner.integer("side"), try scanner.integer("side"))
        sides = [x, y, z]
      case "translate": origin = try scanner.vector("offset")
      case "scale": scale = try scanner.float("scale")
      case "data": break header
      case let other?: throw scanner.error("\"\(other.prefix(30))\" does not belong into a binvox header")
      case nil: break
      }
    }
    guard sides.min() > 0, sides.max() <= 4096 else { throw scanner.error("there are no sides of 1 to 4096 voxels") }
    guard scale > 0 else { throw scanner.error("the scale is not positive") }
    guard scanner.nextLine() else { throw scanner.error("the file ends before its voxels; it is cut off") }
    let values = try voxels(sides, from: scanner.position)
    let step = Double(scale) / Double(sides.max())
    let frame = GridFrame(origin: SIMD3<Double>(origin) + step / 2, spacing: SIMD3(repeating: step))
    return ScalarGrid(shape: .init(sides.x, sides.y, sides.z), values: values, frame: frame)
  }

  private func voxels(_ sides: SIMD3<Int>, from start: Int) throws -> [Float] {
    let count = sides.x * sides.y * sides.z
    // No run is longer than 255.
    guard count <= (bytes.count - start) / 2 * 255 else {
      throw MeshFileError(
        file, "byte \(start)", "\(count) voxels do not fit into \(bytes.count - start) bytes; the file is cut off")
    }
    var values = [Float](repeating: 0, count: count)
    var (offset, done) = (start, 0)
    while done < count {
      guard offset + 2 <= bytes.count else {
        throw MeshFileError(file, "byte \(offset)", "there are \(done) of \(count) voxels; the file is cut off")
      }
      let (value, length) = (bytes[offset], Int(bytes[offset + 1]))
      guard value <= 1, length > 0, length <= count - done else {
        throw MeshFileError(file, "byte \(offset)", "a run of \(length) voxels of value \(value) cannot be")
      }
      if value == 1 {
        for voxel in done..<(done + length) {
          let (y, z, x) = (voxel % sides.y, voxel / sides.y % sides.z, voxel / (sides.y * sides.z))
          values[(x * sides.y + y) * sides.z + z] = 1
        }
      }
      done += length
      offset += 2
    }
    return values
  }
}

/// Makes the bytes of a binvox file.
struct BinvoxWriter {
  let bytes: [UInt8]

  /// Nil for a grid that is no cube of at most 1024 cubic voxels along the axes.
  init?(_ grid: ScalarGrid, level: Float) {
    let side = grid.shape.depth
    let step = grid.frame.step(0).x
    let plain = GridFrame(origin: grid.frame.origin, spacing: SIMD3(repeating: step))
    guard (1...1024).contains(side), grid.shape == .init(cube: side), step > 0, grid.frame == plain else { return nil }
    let origin = SIMD3<Float>(grid.frame.origin - step / 2)
    var output = MeshBytes(capacity: 4096)
    output.append("#binvox 1\ndim \(side) \(side) \(side)\n")
    output.appendLine("translate ", origin)
    output.append("scale \(Float(step * Double(side)))\ndata\n")
    var (value, length) = (UInt8(0), UInt8(0))
    for x in 0..<side {
      for z in 0..<side {
        for y in 0..<side {
          let next: UInt8 = grid[x, y, z] >= level ? 1 : 0
          if length > 0, next != value || length == 255 {
            output.append(value)
            output.append(length)
            length = 0
          }
          (value, length) = (next, length + 1)
        }
      }
    }
    output.append(value)
    output.append(length)
    bytes = output.bytes
  }
}
