import Geometry

/// A subject whose search structure is built, ready for many pictures.
struct RenderStage {
  private let subject: RenderSubject
  private let renderer: Renderer
  private let view: RenderViewOptions
  private let mode: RenderMode
  private let options: RenderOptions
  private let isAlone: Bool
  private let table: Turntable?
  private let start: Camera
  /// The colours of a depth map: fixed while the subject turns.
  private let depths: ClosedRange<Float>

  init(_ subject: RenderSubject, _ view: RenderViewOptions, _ mode: RenderModeOptions, isAlone: Bool) throws {
    (self.subject, self.view, self.mode, self.isAlone) = (subject, view, mode.mode, isAlone)
    options = view.options(isAlone: isAlone, isMoving: mode.turntable != nil, hasBox: subject.bounds != nil)
    renderer = try Renderer(RenderScene(subject.objects, bounds: subject.bounds, upAxis: view.up()))
    let aspect = Float(options.width) / Float(options.height)
    table = mode.turntable == nil ? nil : try Turntable(renderer, from: view.direction, aspect: aspect)
    start =
      try table?.camera(after: 0)
      ?? Camera(framing: renderer.bounds, from: view.direction, upAxis: view.up(), aspect: aspect)
    if let table {
      depths = table.depths
    } else if mode.mode == .depth {
      depths = try renderer.depthMap(through: start, options: options).range ?? 0...1
    } else {
      depths = 0...1
    }
  }

  /// The depths of the picture that stands still.
  func depthMap() throws -> DepthMap { try renderer.depthMap(through: start, options: options) }

  /// The picture after a share of a turn, with its name in the corner if it stands among others.
  func image(after share: Float = 0) throws -> Image {
    let camera = table?.camera(after: share) ?? start
    var image = try picture(through: camera)
    let style = TextStyle(size: 15, color: .ink)
    if !isAlone { style.draw(style.fitted(subject.name, width: image.width - 16), x: 8, y: 6, on: &image) }
    // A scale on white does not go with opacity.
    guard !view.transparent else { return image }
    let textSize = ColorLegend.textSize(forPicture: min(image.width, image.height))
    switch mode {
    case .shaded: return image
    case .normals:
      return try image.joined(withStrip: NormalLegend(camera, textSize: textSize).image(height: image.height))
    case .depth:
      let depths = depths
      let legend = ColorLegend(from: depths.upperBound, to: depths.lowerBound, title: "depth", textSize: textSize) {
        ColorMap.viridis.color(ofDepth: $0, in: depths)
      }
      return try image.joined(withStrip: legend.image(height: image.height))
    }
  }

  private func picture(through camera: Camera) throws -> Image {
    switch mode {
    case .shaded: try renderer.image(through: camera, options: options)
    case .normals: try renderer.normalImage(through: camera, options: options)
    case .depth: try renderer.depthImage(through: camera, range: depths, options: options)
    }
  }
}
