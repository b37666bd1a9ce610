import Foundation

/// A scene on a turntable before a camera that stands still, so that nothing jumps from picture to picture.
///
/// The camera is moved round the scene instead, and its lamps with it, which looks the same.
public struct Turntable: Sendable {
  private let start: Camera
  private let center, up: SIMD3<Float>
  /// Farthest distance from the center along the view.
  private let reach: Float

  /// A table whose axis goes through the middle of the renderer's bounds; all that turns stays in the picture.
  ///
  /// *Throws*: if the view is out of range.
  public init(_ renderer: Renderer, from view: ViewDirection, aspect: Float) throws(PictureError) {
    let (bounds, up) = (renderer.bounds, renderer.upAxis.up)
    (center, self.up) = (bounds.center, up)
    var sweep = Sweep(center: center, up: up)
    // A box that was given counts: it is drawn, or holds the frames of a series alike.
    if renderer.hasOwnBounds || renderer.surfaceBounds == nil { bounds.corners.forEach { sweep.add($0) } }
    for object in renderer.objects { object.corners.forEach { sweep.add($0) } }
    let rims = sweep.rims(from: renderer.upAxis.front)
    let box = Bounds(rims) ?? bounds
    start = try Camera(framing: rims, in: box, from: view, upAxis: renderer.upAxis, aspect: aspect)
    reach = rims.reduce(0) { [center, start] in max($0, abs(($1 - center).dot(start.forward))) }
  }

  /// The depths that anything on the table can come to, for colours that stay the same while it turns.
  public var depths: ClosedRange<Float> {
    let middle = (center - start.position).dot(start.forward)
    let near = max(middle - reach, 0)
    return near...max(middle + reach, near)
  }

  /// The camera after a share of a whole turn; the scene turns to the right.
  public func camera(after share: Float) -> Camera {
    let angle = -share * 2 * .pi
    let (cosine, sine) = (cos(angle), sin(angle))
    func turn(_ vector: SIMD3<Float>) -> SIMD3<Float> {
      // Rodrigues' formula.
      vector * cosine + up.cross(vector) * sine + up * (up.dot(vector) * (1 - cosine))
    }
    var camera = start
    camera.position = center + turn(start.position - center)
    (camera.right, camera.up, camera.forward) = (turn(start.right), turn(start.up), turn(start.forward))
    return camera
  }
}

/// The cylinder that turning points sweep.
private struct Sweep {
  let center, up: SIMD3<Float>
  var radius: Float = 0
  var low: Float = 0, high: Float = 0

  init(center: SIMD3<Float>, up: SIMD3<Float>) { (self.center, self.up) = (center, up) }

  mutating func add(_ point: SIMD3<Float>) {
    let offset = point - center
    let height = offset.dot(up)
    radius = max(radius, (offset - up * height).length)
    (low, high) = (min(low, height), max(high, height))
  }

  /// Corners of polygons round both rims.
  func rims(from side: SIMD3<Float>) -> [SIMD3<Float>] {
    let across = up.cross(side)
    let radius = radius / cos(.pi / 48)
    return (0..<48).flatMap { step in
      let angle = Float(step) / 48 * 2 * .pi
      let out = (side * cos(angle) + across * sin(angle)) * radius
      return [center + out + up * low, center + out + up * high]
    }
  }
}
