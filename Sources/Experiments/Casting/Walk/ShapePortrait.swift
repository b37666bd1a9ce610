import Geometry

/// How shapes of a space are drawn: from one side, in one light, and in one frame where pictures are to be compared.
public struct ShapePortrait: Sendable {
  /// Pixels of a side.
  public var side = 256
  /// The axis that points up; y as in ShapeNet and most model files.
  public var upAxis = UpAxis.y
  /// From where.
  public var view = ViewDirection()
  /// What every picture is framed by; nil frames each shape by itself.
  public var bounds: Bounds?
  /// Rays per pixel at edges.
  public var samplesPerPixel = 16
  /// How normals are made.
  public var shading: SurfaceShading = .smooth(creaseAngle: 65)

  /// The usual view.
  public init() {}

  /// With pictures so small that a sheet of so many columns and rows is no larger than pictures may be.
  func fitting(columns: Int, rows: Int) -> ShapePortrait {
    var portrait = self
    // A fifth is left for labels and gaps.
    let pixels = 0.8 * Double(Image.maximumPixelCount) / Double(max(1, columns * rows))
    portrait.side = min(side, Int(pixels.squareRoot()))
    return portrait
  }

  /// The picture of a mesh, in a category's colour if one is given; without faces only the ground that nothing throws a shadow on.
  func image(of mesh: Mesh, color: Color? = nil) throws -> Image {
    var options = RenderOptions(width: side, height: side)
    options.samplesPerPixel = samplesPerPixel
    var object = RenderObject(mesh, shading: shading)
    if let color { object = RenderObject(mesh, color: color.forSurfaces, shading: shading) }
    let objects = mesh.faces.isEmpty ? [] : [object]
    return try Renderer(RenderScene(objects, bounds: bounds, upAxis: upAxis)).image(from: view, options: options)
  }
}
