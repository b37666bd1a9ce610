import Foundation

/// Draws a scene without display or graphics driver, by tracing rays.
///
/// The search structure is built once; after that, many pictures may be drawn from it, also at the same time.
///
/// *Limits*: pictures are the same for any number of threads on one kind of processor; between kinds, single bits may differ.
public final class Renderer: Sendable {
  /// What the scene is framed by.
  public let bounds: Bounds
  /// Which axis points up.
  public let upAxis: UpAxis
  /// Faces that were left out because they have no area or coordinates that are not finite.
  public let skippedFaceCount: Int

  let objects: [PreparedObject]
  let rays: RayScene
  /// Bounds of what is really there, if anything.
  let surfaceBounds: Bounds?
  /// Whether the bounds were given and not taken from the surfaces.
  let hasOwnBounds: Bool

  /// Prepares a scene.
  ///
  /// *Throws*: if a face names a vertex that is not there, the number of colours is wrong, or memory does not suffice.
  public init(_ scene: RenderScene) throws(PictureError) {
    var prepared: [PreparedObject] = []
    for object in scene.objects { prepared.append(try PreparedObject(object)) }
    objects = prepared
    rays = try RayScene(prepared.map(\.corners))
    skippedFaceCount = prepared.reduce(0) { $0 + $1.skippedFaceCount }
    upAxis = scene.upAxis
    let boxes = prepared.compactMap(\.bounds)
    surfaceBounds = boxes.dropFirst().reduce(boxes.first) { $0?.union($1) }
    hasOwnBounds = scene.bounds != nil
    bounds = scene.bounds ?? surfaceBounds ?? Bounds(lower: -.one, upper: .one)
  }

  /// Draws the scene from a direction, framed by its bounds.
  public func image(from view: ViewDirection = ViewDirection(), options: RenderOptions = RenderOptions())
    throws(PictureError) -> Image
  {
    try Image.checkSize(width: options.width, height: options.height)
    let aspect = Float(options.width) / Float(options.height)
    let camera = try Camera(framing: bounds, from: view, upAxis: upAxis, aspect: aspect)
    return try image(through: camera, options: options)
  }

  /// Draws the scene through a camera of your own; the sides of the picture should have the camera's ratio.
  public func image(through camera: Camera, options: RenderOptions = RenderOptions()) throws(PictureError) -> Image {
    try Image.checkSize(width: options.width, height: options.height)
    guard (1...SampleTable.largestCount).contains(options.samplesPerPixel) else {
      throw PictureError("\(options.samplesPerPixel) samples per pixel are out of range; use 1 to 16.")
    }
    let pass = SurfacePass(self, camera: camera, options: options)
    let records = pass.run()
    var canvas = VisibilityFilter(pass: pass).composite(records)
    if let frame = options.boxFrame { BoxOverlay(frame, pass: pass).draw(on: &canvas) }
    return canvas.image()
  }

  /// Distance and unit normal (towards the origin of the ray) of the first surface along a ray of unit direction.
  package func firstSurface(
    from origin: SIMD3<Float>, along direction: SIMD3<Float>
  ) -> (distance: Float, normal: SIMD3<Float>)? {
    guard let hit = rays.firstHit(origin, direction) else { return nil }
    let point = SurfacePoint(hit, on: objects[hit.object], along: direction, offset: 0, footprint: 0)
    return (hit.distance, point.normal)
  }
}
