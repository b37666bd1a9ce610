import Foundation
import Geometry
import LatentSpace
import Plots
import Runs

/// The tour through a map: the shape at each step beside the moving point.
struct LatentTour {
  /// One step.
  struct Frame {
    /// Between which stops it is, and how far from the first to the second.
    var from, to: Int
    var share: Double
    /// Its point of the map.
    var point: SIMD2<Double>
    /// PNG bytes of the shape's picture; nothing where the page does not show the frame.
    var picture: Data
  }

  /// The steps.
  private(set) var frames: [Frame] = []
  private var animation: AnimatedPNG
  private let encoder: FilmEncoder?
  private let framesPerSecond: Int
  private var empty = 0

  init(
    _ guide: LatentGuide, colors: CategoryColors, shapes: LatentShapes, caster: ShapeCaster, options: LatentMap.Options
  ) throws {
    framesPerSecond = options.framesPerSecond
    animation = AnimatedPNG(framesPerSecond: framesPerSecond)
    let count = options.frameCount ?? min(240, 8 * guide.stops.count)
    encoder = count == 0 ? nil : try FilmEncoder(searchPath: options.searchPath)
    let plan = try WalkPlan(guide.stops.map { guide.codes[$0.index] }, options: LatentGuide.spline, frameCount: count)
    let (path, ground) = (try guide.path(), try Self.ground(guide, colors: colors, side: options.portrait.side))
    var portrait = options.portrait
    portrait.bounds = shapes.bounds
    var settings = options.progress
    settings.unit = "frames"
    let progress = ProgressMeter("tour", total: count, options: settings)
    for step in plan.frames {
      let mesh = try caster.cast(NamedCode("", values: step.code)).mesh
      if mesh.faces.isEmpty { empty += 1 }
      let place = path.code(at: Double(step.from) + step.share)
      let ends = [step.from, step.to].map { Color(css: colors[guide.stops[$0].category]) }
      let color = ends[0].mixed(with: ends[1], share: Float(step.share))
      let image = try portrait.image(of: mesh, color: color)
      let frame = Frame(
        from: step.from, to: step.to, share: step.share, point: SIMD2(Double(place[0]), Double(place[1])),
        picture: frames.count % WalkPage.step(frameCount: count) == 0 ? try image.pngData() : Data())
      try append(Self.joined(image, ground, frame, color: color, label: Self.label(frame, guide)))
      frames.append(frame)
      progress.advance()
    }
    progress.finish()
  }

  private mutating func append(_ image: Image) throws {
    try animation.append(image)
    try encoder?.append(try image.pngData(), number: frames.count)
  }

  /// `chair_4`, or `chair_4 – lamp_9`.
  static func label(_ frame: Frame, _ guide: LatentGuide) -> String {
    let names = [frame.from, frame.to].map { guide.codes[guide.stops[$0].index].name }
    return frame.share == 0 || frame.from == frame.to ? names[0] : "\(names[0]) – \(names[1])"
  }

  /// All points, the way, and the stops.
  private static func ground(_ guide: LatentGuide, colors: CategoryColors, side: Int) throws -> MapPainter {
    let path = try LatentFigure.path(guide)
    var painter = MapPainter(side: side, holding: guide.layout.points + path)
    let radius = max(1.1, min(3.2, 40 / Double(guide.codes.count).squareRoot()))
    // In steps of the golden section, so that no category lies over the others.
    let count = guide.codes.count
    var stride = max(1, Int(Double(count) * 0.618))
    while greatestCommonDivisor(stride, count) != 1 { stride += 1 }
    for number in 0..<count {
      let index = number * stride % count
      let color = Color(css: colors[guide.categories[index]])
      painter.disc(at: guide.layout.points[index], radius: radius, color: color, opacity: 0.75)
    }
    painter.line(path, width: 1.4, color: Color(hex: 0x52606D), opacity: 0.55)
    for stop in guide.stops {
      painter.disc(at: guide.layout.points[stop.index], radius: radius + 2.2, color: .ink)
      painter.disc(
        at: guide.layout.points[stop.index], radius: radius + 0.8, color: Color(css: colors[stop.category]))
    }
    return painter
  }

  private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : greatestCommonDivisor(second, first % second)
  }

  private static func joined(
    _ image: Image, _ ground: MapPainter, _ frame: Frame, color: Color, label: String
  ) -> Image {
    var painter = ground
    for (radius, color) in [(11.0, Color.white), (9, .ink), (6.5, color)] {
      painter.disc(at: frame.point, radius: radius, color: color)
    }
    var both = Image(width: image.width + painter.image.width, height: image.height)
    both.draw(image, x: 0, y: 0)
    both.draw(painter.image, x: image.width, y: 0)
    both.fill(x: image.width..<image.width + 1, y: 0..<both.height, color: Color(hex: 0xE3E6EA))
    let style = TextStyle(size: 14, color: .ink)
    style.draw(style.fitted(label, width: image.width - 16), x: 8, y: 6, on: &both)
    return both
  }

  /// Writes `tour.png` and `tour.mp4`; returns why something is missing.
  func write(to folder: OutputFolder) throws -> [String] {
    guard !frames.isEmpty else { return [] }
    try folder.write(try animation.data(), as: "tour.png")
    var remarks = empty == 0 ? [] : ["\(empty) frames of the tour do not cross the level and show nothing"]
    if let encoder {
      let told = try encoder.write("tour.mp4", to: folder, framesPerSecond: framesPerSecond)
      remarks += [told.remark].compactMap(\.self)
    } else {
      remarks.append("no ffmpeg on PATH, so there is no tour.mp4; tour.png plays in every browser")
    }
    return remarks
  }
}
