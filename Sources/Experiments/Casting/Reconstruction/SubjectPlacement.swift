import Geometry

/// How inputs are brought into the model's frame.
extension ReconstructionSubject {
  /// The frame of a mesh.
  static func frame(
    of mesh: Mesh, _ request: ReconstructionRequest, isComplete: Bool
  ) throws -> (frame: ShapeFrame, rule: String) {
    let normalization = request.normalization ?? (isComplete ? .sphere : .none)
    guard request.transform == nil, normalization != .none else { return try givenFrame(request) }
    let frame = try MeshInput.naming(request.input) {
      try UnitFrame(of: mesh, normalization, margin: request.plan.margin)
    }
    return (ShapeFrame(frame), rule(normalization, request))
  }

  /// The frame of a cloud.
  static func frame(
    of points: [SIMD3<Float>], _ request: ReconstructionRequest, isComplete: Bool
  ) throws -> (frame: ShapeFrame, rule: String) {
    let normalization = request.normalization ?? (isComplete ? .sphere : .none)
    guard request.transform == nil, normalization != .none, let bounds = Bounds(points) else {
      return try givenFrame(request)
    }
    let (lower, upper) = (SIMD3<Double>(bounds.lower), SIMD3<Double>(bounds.upper))
    let center = lower + (upper - lower) / 2
    var reach = (upper - lower).max() / 2
    if normalization == .sphere {
      for point in points {
        let offset = SIMD3<Double>(point) - center
        reach = max(reach, (offset * offset).sum().squareRoot())
      }
    }
    guard reach > 0 else { throw ExperimentError("\(request.input): all its points are one; there is no size") }
    return (
      ShapeFrame(UnitFrame(center: center, unitLength: reach * request.plan.margin)), rule(normalization, request)
    )
  }

  /// The user's transform, or none.
  static func givenFrame(_ request: ReconstructionRequest) throws -> (frame: ShapeFrame, rule: String) {
    guard let path = request.transform else {
      return (.identity, "as given: nothing was moved or scaled")
    }
    return (try ShapeFrame(contentsOf: path), "given by \(path)")
  }

  /// The place of a sensor in the model's frame.
  static func eye(_ sensor: SIMD3<Float>?, _ frame: ShapeFrame) -> SIMD3<Float>? {
    sensor.map { SIMD3<Float>(frame.inner(SIMD3<Double>($0))) }
  }

  private static func rule(_ normalization: MeshNormalization, _ request: ReconstructionRequest) -> String {
    let size = normalization == .sphere ? "its farthest point at distance" : "its longest side from minus to plus"
    let margin = request.plan.margin
    return "the middle of its box at the origin, \(size) \(margin == 1 ? "1" : "1/\(margin)")"
  }
}

/// Points as something that can be drawn.
enum PointMarks {
  private static let largestCount = 6000

  /// A small octahedron at each point; of many points an even choice.
  static func mesh(_ points: [SIMD3<Float>], radius: Float = 0.008) -> Mesh {
    let step = max(1, (points.count + largestCount - 1) / largestCount)
    let corners: [SIMD3<Float>] = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
    let faces: [SIMD3<UInt32>] = [
      [0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5],
    ]
    var mesh = Mesh()
    for index in stride(from: 0, to: points.count, by: step) {
      let first = SIMD3(repeating: UInt32(mesh.positions.count))
      mesh.positions += corners.map { points[index] + radius * $0 }
      mesh.faces += faces.map { $0 &+ first }
    }
    return mesh
  }
}
