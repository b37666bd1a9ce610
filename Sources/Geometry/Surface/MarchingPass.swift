/// One run of marching cubes over a grid, in the order of flying edges: classify all samples into bits, count what
/// every row will make, place vertices, place faces. Rows know where their output starts, so planes of the first axis
/// are worked on independently.
///
/// Positions in here are those of the padded grid (one more sample on each side if the border is closed).
final class MarchingPass: @unchecked Sendable {
  /// Output positions of one row of samples: first vertex on edges along the third, second and first axis.
  struct RowStart {
    var third: UInt32 = 0, second: UInt32 = 0, first: UInt32 = 0
  }

  /// What one plane of cells makes, and where it starts.
  struct PlaneOutput {
    var vertexCount = 0, faceCount = 0, centerCount = 0
    var faceStart = 0, centerStart = 0
    var isFinite = true
    /// The sample farthest outside.
    var farthest: Float = 0
  }

  let options: SurfaceExtraction
  let values: UnsafeBufferPointer<Float>
  let shape: ScalarGrid.Shape
  let frame: GridFrame
  let pad: Int
  private(set) var padValue: Float
  let cases = CubeCases.shared
  /// Extents of the padded grid and number of 64-bit words per row.
  let depth: Int, height: Int, width: Int, wordCount: Int
  /// One bit per sample, set inside; rows of `wordCount` words and one spare row.
  let bits: UnsafeMutablePointer<UInt64>
  let rowStarts: UnsafeMutablePointer<RowStart>
  let planes: UnsafeMutablePointer<PlaneOutput>

  /// Traps if the grid is empty; its extents have been checked against its samples.
  init(
    _ options: SurfaceExtraction, values: UnsafeBufferPointer<Float>, shape: ScalarGrid.Shape, frame: GridFrame
  ) throws {
    (self.options, self.values, self.shape, self.frame) = (options, values, shape, frame)
    if case .closed = options.border { pad = 1 } else { pad = 0 }
    (depth, height, width) = (shape.depth + 2 * pad, shape.height + 2 * pad, shape.width + 2 * pad)
    wordCount = (width + 63) / 64
    padValue = 0
    bits = .allocate(capacity: depth * height * wordCount)
    bits.initialize(repeating: 0, count: depth * height * wordCount)
    rowStarts = .allocate(capacity: depth * height)
    rowStarts.initialize(repeating: RowStart(), count: depth * height)
    planes = .allocate(capacity: depth)
    planes.initialize(repeating: PlaneOutput(), count: depth)
  }

  deinit {
    bits.deallocate()
    rowStarts.deallocate()
    planes.deallocate()
  }

  /// Runs all passes.
  func run() throws -> Mesh {
    forEachPlane { self.classify(plane: $0) }
    for plane in 0..<depth where !planes[plane].isFinite { throw firstSampleNotFinite(plane: plane - pad) }
    padValue = paddingValue()
    forEachPlane { self.count(plane: $0) }
    let total = try sumCounts()
    guard total.vertexCount > 0 else { return Mesh() }
    let vertexCount = total.vertexCount + total.centerCount
    return Mesh(
      positions: Array(unsafeUninitializedCapacity: vertexCount) { buffer, count in
        let output = VertexOutput(base: buffer.baseAddress!)
        forEachPlane { self.placeVertices(plane: $0, output) }
        if total.centerCount > 0 { forEachPlane { self.placeCenters(plane: $0, output) } }
        count = vertexCount
      },
      faces: Array(unsafeUninitializedCapacity: total.faceCount) { buffer, count in
        let output = FaceOutput(base: buffer.baseAddress!)
        forEachPlane { self.placeFaces(plane: $0, output) }
        count = total.faceCount
      })
  }

  /// A sample of the padded grid.
  @inline(__always)
  func value(_ i: Int, _ j: Int, _ k: Int) -> Float {
    if pad == 0 { return values[(i * height + j) * width + k] }
    let (a, b, c) = (i - 1, j - 1, k - 1)
    guard a >= 0, b >= 0, c >= 0, a < shape.depth, b < shape.height, c < shape.width else { return padValue }
    return values[(a * shape.height + b) * shape.width + c]
  }

  /// Runs `body` for every plane. Planes are dealt out to the threads eight at a time, as each reads its neighbour too.
  private func forEachPlane(_ body: @Sendable (Int) -> Void) {
    concurrently((depth + 7) / 8, threadCount: options.threadCount) { part in
      for plane in (8 * part)..<min(8 * part + 8, depth) { body(plane) }
    }
  }

  private func paddingValue() -> Float {
    let planeValues = (pad..<(depth - pad)).map { planes[$0].farthest }
    let farthest = (options.inside == .below ? planeValues.max() : planeValues.min()) ?? 0
    return options.paddingValue(farthest: farthest)
  }

  private func sumCounts() throws -> PlaneOutput {
    var total = PlaneOutput()
    for plane in 0..<depth {
      let start = total.vertexCount
      (planes[plane].faceStart, planes[plane].centerStart) = (total.faceCount, total.centerCount)
      total.vertexCount += planes[plane].vertexCount
      total.faceCount += planes[plane].faceCount
      total.centerCount += planes[plane].centerCount
      guard total.vertexCount + total.centerCount < Int(UInt32.max) else {
        throw SurfaceError.tooLarge(vertices: total.vertexCount + total.centerCount)
      }
      let offset = UInt32(start)
      for row in (plane * height)..<((plane + 1) * height) {
        rowStarts[row].third += offset
        rowStarts[row].second += offset
        rowStarts[row].first += offset
      }
    }
    for plane in 0..<depth { planes[plane].centerStart += total.vertexCount }
    return total
  }

  private func firstSampleNotFinite(plane: Int) -> SurfaceError {
    let size = shape.height * shape.width
    for index in (plane * size)..<((plane + 1) * size) where !values[index].isFinite {
      let position = [plane, index % size / shape.width, index % shape.width]
      return .sampleNotFinite(index: position, value: values[index])
    }
    return .unusableFrame
  }
}

/// Where vertices go; planes write to disjoint ranges.
struct VertexOutput: @unchecked Sendable {
  let base: UnsafeMutablePointer<SIMD3<Float>>
}

/// Where faces go; planes write to disjoint ranges.
struct FaceOutput: @unchecked Sendable {
  let base: UnsafeMutablePointer<SIMD3<UInt32>>
}
