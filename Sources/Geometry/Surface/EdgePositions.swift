/// Where vertices lie on grid edges, in physical space: the same sums for every kind of extraction, so that the same
/// samples give the same vertices to the last bit. Positions are those of the padded grid.
struct EdgePositions: Sendable {
  private let frame: GridFrame
  private let pad: Int
  private let step: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

  init(_ frame: GridFrame, pad: Int) {
    (self.frame, self.pad) = (frame, pad)
    step = (frame.step(0), frame.step(1), frame.step(2))
  }

  /// Where a row begins.
  @inline(__always)
  func rowStart(_ i: Int, _ j: Int) -> SIMD3<Double> {
    frame.position(of: SIMD3(Double(i - pad), Double(-pad), Double(-pad))) + Double(j) * step.1
  }

  /// On an edge along the third axis.
  @inline(__always)
  func third(_ rowStart: SIMD3<Double>, _ k: Int, _ t: Double) -> SIMD3<Float> {
    SIMD3<Float>(rowStart + (Double(k) + t) * step.2)
  }

  /// On an edge along the second axis.
  @inline(__always)
  func second(_ rowStart: SIMD3<Double>, _ k: Int, _ t: Double) -> SIMD3<Float> {
    SIMD3<Float>(rowStart + t * step.1 + Double(k) * step.2)
  }

  /// On an edge along the first axis.
  @inline(__always)
  func first(_ rowStart: SIMD3<Double>, _ k: Int, _ t: Double) -> SIMD3<Float> {
    SIMD3<Float>(rowStart + t * step.0 + Double(k) * step.2)
  }
}

extension SurfaceExtraction {
  /// Where the level is crossed between two samples, away from both by the margin.
  @inline(__always)
  func fraction(_ a: Float, _ b: Float) -> Double {
    let t = (level - a) / (b - a)
    // Differences of huge samples overflow; the comparison is written so that a NaN ends at the margin.
    guard t > vertexMargin else { return Double(vertexMargin) }
    return Double(t < 1 - vertexMargin ? t : 1 - vertexMargin)
  }
}

extension CubeCases {
  /// The mean of a loop, the vertex in the middle of those that fill a cell.
  func center(
    _ number: UInt8, of variant: Variant, _ positions: UnsafeMutablePointer<SIMD3<Float>>,
    _ edges: UnsafeMutablePointer<UInt32>
  ) -> SIMD3<Float> {
    var (sum, count) = (SIMD3<Float>.zero, Float(0))
    for triangle in 0..<Int(variant.triangleCount) {
      let start = Int(variant.start) + 3 * triangle
      guard triangles[start] == CubeCases.firstCenter + number else { continue }
      sum += positions[Int(edges[Int(triangles[start + 1])])]
      count += 1
    }
    return sum / count
  }
}

/// Writes the faces of cells one after the other.
struct FaceWriter {
  var next: UnsafeMutablePointer<SIMD3<UInt32>>
  var nextCenter: UInt32
  let isMirrored: Bool

  /// `edges` holds the numbers of the vertices on the cell's twelve edges, and room for four loop centres.
  @inline(__always)
  mutating func fill(
    _ variant: CubeCases.Variant, _ triangles: UnsafeBufferPointer<UInt8>, _ edges: UnsafeMutablePointer<UInt32>
  ) {
    for number in 0..<Int(variant.centerCount) {
      edges[Int(CubeCases.firstCenter) + number] = nextCenter
      nextCenter += 1
    }
    var corner = Int(variant.start)
    for _ in 0..<variant.triangleCount {
      let (a, b) = (edges[Int(triangles[corner])], edges[Int(triangles[corner + 1])])
      let c = edges[Int(triangles[corner + 2])]
      next.pointee = isMirrored ? SIMD3(a, c, b) : SIMD3(a, b, c)
      next += 1
      corner += 3
    }
  }
}
