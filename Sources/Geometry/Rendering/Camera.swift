import Foundation

/// Which axis of the scene points up in the picture.
public enum UpAxis: String, Sendable, Codable, CaseIterable {
  /// The second axis, as in most model files.
  case y
  /// The third axis, as in volumes and engineering.
  case z

  var up: SIMD3<Float> { self == .y ? SIMD3(0, 1, 0) : SIMD3(0, 0, 1) }
  /// Where the viewer stands at azimuth 0.
  var front: SIMD3<Float> { self == .y ? SIMD3(0, 0, 1) : SIMD3(0, -1, 0) }
}

/// Where a scene is looked at from; the distance follows from what must be in the picture.
public struct ViewDirection: Sendable, Equatable {
  /// Degrees around the up axis; 0 is the front, positive turns the viewer to the right.
  public var azimuth: Float
  /// Degrees above the horizon.
  public var elevation: Float
  /// Opening angle of the shorter side in degrees; nil is a parallel (orthographic) projection.
  public var fieldOfView: Float?
  /// The share of the picture that stays free around the bounds on each side.
  public var margin: Float

  /// A view; the standard values are a calm three-quarter view.
  public init(azimuth: Float = 32, elevation: Float = 22, fieldOfView: Float? = 26, margin: Float = 0.04) {
    (self.azimuth, self.elevation, self.fieldOfView, self.margin) = (azimuth, elevation, fieldOfView, margin)
  }
}

/// A pinhole or parallel camera.
public struct Camera: Sendable, Equatable {
  /// How rays leave the camera.
  public enum Projection: Sendable, Equatable {
    /// Half extents of the picture at distance 1.
    case perspective(halfWidth: Float, halfHeight: Float)
    /// Half extents of the picture in scene units.
    case orthographic(halfWidth: Float, halfHeight: Float)
  }

  /// The eye; for parallel projection, the middle of the plane where rays start.
  public var position: SIMD3<Float>
  /// Unit vectors to the right, up and into the picture.
  public var right, up, forward: SIMD3<Float>
  /// How rays leave the camera.
  public var projection: Projection

  /// The camera that looks along a direction and holds bounds as large as fits, with a margin.
  ///
  /// It depends on the bounds only, not on what is drawn inside them, so that frames of a series do not jump.
  ///
  /// *Throws*: if the view or the bounds are not finite, or the view leaves no room.
  public init(framing bounds: Bounds, from view: ViewDirection, upAxis: UpAxis, aspect: Float) throws(PictureError) {
    let radius = max(bounds.radius, max(bounds.center.length * 1e-3, 1e-12))
    let corners = (bounds.radius > 0 ? bounds : bounds.padded(by: radius)).corners
    try self.init(framing: corners, in: bounds, from: view, upAxis: upAxis, aspect: aspect)
  }

  /// The camera that looks along a direction and holds points as large as fits, with a margin.
  ///
  /// `bounds` is a box round them; parallel rays start well off it.
  init(
    framing corners: [SIMD3<Float>], in bounds: Bounds, from view: ViewDirection, upAxis: UpAxis, aspect: Float
  ) throws(PictureError) {
    try Self.check(view, bounds, aspect: aspect)
    let (azimuth, elevation) = (view.azimuth * .pi / 180, view.elevation * .pi / 180)
    let side = SIMD3<Float>(1, 0, 0)
    let horizontal = side * sin(azimuth) + upAxis.front * cos(azimuth)
    forward = -(horizontal * cos(elevation) + upAxis.up * sin(elevation))
    right = side * cos(azimuth) - upAxis.front * sin(azimuth)
    up = right.cross(forward)
    (position, projection) = (.zero, .orthographic(halfWidth: 1, halfHeight: 1))
    let radius = max(bounds.radius, max(bounds.center.length * 1e-3, 1e-12))
    let room = 1 - 2 * view.margin
    if let fieldOfView = view.fieldOfView {
      let shorter = tan(fieldOfView * .pi / 360)
      let (halfWidth, halfHeight) = aspect >= 1 ? (shorter * aspect, shorter) : (shorter, shorter / aspect)
      projection = .perspective(halfWidth: halfWidth, halfHeight: halfHeight)
      placeEye(around: corners, slopes: (halfWidth * room, halfHeight * room))
    } else {
      let center = bounds.center
      let wide = corners.map { abs(($0 - center).dot(right)) }.max() ?? radius
      let tall = corners.map { abs(($0 - center).dot(up)) }.max() ?? radius
      let halfHeight = max(tall, wide / aspect, radius * 1e-3) / room
      projection = .orthographic(halfWidth: halfHeight * aspect, halfHeight: halfHeight)
      position = center - forward * (radius * 4)
    }
  }

  private static func check(_ view: ViewDirection, _ bounds: Bounds, aspect: Float) throws(PictureError) {
    let angles = [view.azimuth, view.elevation, view.fieldOfView ?? 30, view.margin]
    guard angles.allSatisfy(\.isFinite), (1...150).contains(view.fieldOfView ?? 30), (0..<0.45).contains(view.margin),
      aspect.isFinite, aspect > 0
    else {
      throw PictureError(
        "The view is out of range; use finite angles, a field of view of 1 to 150 degrees and a margin of 0 to 0.45.")
    }
    guard Bounds.isUsable(bounds.lower), Bounds.isUsable(bounds.upper),
      all(bounds.lower .<= bounds.upper)
    else { throw PictureError("The bounds of the picture are not finite or inverted; give the bounds of the scene.") }
  }

  /// Puts the eye as near as it may be with all points inside the given slopes, and centres the view on them.
  ///
  /// Along each image axis, a point is inside if |x - ex| <= slope (z - ez). The points bound ex from both sides by
  /// lines in ez; where these lines meet is the nearest eye. The axis that leaves room is then balanced in the picture.
  private mutating func placeEye(around points: [SIMD3<Float>], slopes: (Float, Float)) {
    let origin = points.reduce(.zero, +) / Float(points.count)
    var depth = Float.infinity
    var ranges: [(low: Float, high: Float, slope: Float)] = []
    for (axis, slope) in [(right, slopes.0), (up, slopes.1)] {
      let low = points.map { ($0 - origin).dot(axis) - slope * ($0 - origin).dot(forward) }.max() ?? 0
      let high = points.map { ($0 - origin).dot(axis) + slope * ($0 - origin).dot(forward) }.min() ?? 0
      depth = min(depth, (high - low) / (2 * slope))
      ranges.append((low, high, slope))
    }
    let local = points.map { point in
      SIMD3((point - origin).dot(right), (point - origin).dot(up), (point - origin).dot(forward))
    }
    let places = ranges.enumerated().map { axis, range in
      Self.balanced(range.low + range.slope * depth, range.high - range.slope * depth) { place in
        let ratios = local.map { ($0[axis] - place) / ($0.z - depth) }
        return (ratios.max() ?? 0) + (ratios.min() ?? 0)
      }
    }
    position = origin + right * places[0] + up * places[1] + forward * depth
  }

  /// The place between two limits where a falling function is zero, or the nearer limit.
  private static func balanced(_ low: Float, _ high: Float, _ value: (Float) -> Float) -> Float {
    var (low, high) = (low, max(low, high))
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if value(middle) > 0 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The ray through a place of the picture, both coordinates -1...1 from left to right and bottom to top.
  @inline(__always) func ray(_ x: Float, _ y: Float) -> (origin: SIMD3<Float>, direction: SIMD3<Float>) {
    switch projection {
    case .perspective(let halfWidth, let halfHeight):
      (position, (forward + right * (x * halfWidth) + up * (y * halfHeight)).normalized)
    case .orthographic(let halfWidth, let halfHeight):
      (position + right * (x * halfWidth) + up * (y * halfHeight), forward)
    }
  }

  /// Where a point falls in the picture (-1...1 if inside) and its distance along the view; nil behind the eye.
  public func project(_ point: SIMD3<Float>) -> (x: Float, y: Float, depth: Float)? {
    let local = point - position
    let depth = local.dot(forward)
    guard depth > 0 else { return nil }
    switch projection {
    case .perspective(let halfWidth, let halfHeight):
      return (local.dot(right) / (depth * halfWidth), local.dot(up) / (depth * halfHeight), depth)
    case .orthographic(let halfWidth, let halfHeight):
      return (local.dot(right) / halfWidth, local.dot(up) / halfHeight, depth)
    }
  }

  /// The height in scene units that one unit of picture height (-1...1) covers at a distance along the view.
  func extent(atDepth depth: Float) -> Float {
    switch projection {
    case .perspective(_, let halfHeight): halfHeight * depth
    case .orthographic(_, let halfHeight): halfHeight
    }
  }
}
