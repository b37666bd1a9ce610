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

  /// The picture of a mesh; without faces only the ground that nothing throws a shadow on.
  func image(of mesh: Mesh) throws -> Image {
    var options = RenderOptions(width: side, height: side)
    options.samplesPerPixel = samplesPerPixel
    let objects = mesh.faces.isEmpty ? [] : [RenderObject(mesh, shading: shading)]
    return try Renderer(RenderScene(objects, bounds: bounds, upAxis: upAxis)).image(from: view, options: options)
  }
}
