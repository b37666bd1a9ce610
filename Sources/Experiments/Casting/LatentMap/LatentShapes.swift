import Foundation
import Geometry
import LatentSpace
import Plots
import Runs

/// Pictures of some shapes of a map, in the colours of their categories: of all representatives, and of a few others spread
/// over the map.
struct LatentShapes {
  /// PNG bytes by the index of the code; without what has no surface.
  private(set) var pictures: [Int: Data] = [:]
  /// The representatives' pictures without their empty margins.
  private(set) var icons: [ScatterPanel.Picture] = []
  /// A box round the representatives' shapes.
  private(set) var bounds = Bounds(lower: -.one, upper: .one)
  /// What the user should know.
  let remarks: [String]

  /// Pixels of a picture's side.
  static let side = 224

  /// *Throws*: `ExperimentError` if no representative has a surface.
  init(_ guide: LatentGuide, colors: CategoryColors, caster: ShapeCaster, options: LatentMap.Options) throws {
    let stops = guide.representatives.map(\.index)
    let indices =
      stops + (try Self.others(guide, seed: options.seed, count: options.pictureCount)).filter { !stops.contains($0) }
    var settings = options.progress
    settings.unit = "shapes"
    let progress = ProgressMeter("latent-map", total: indices.count, options: settings)
    var (box, range, empty) = (Bounds?.none, FieldRange?.none, 0)
    for (place, index) in indices.enumerated() {
      let cast = try caster.cast(guide.codes[index])
      range = range?.union(cast.range) ?? cast.range
      defer { progress.advance() }
      guard let own = cast.mesh.bounds, !cast.isEmpty else {
        empty += 1
        continue
      }
      let image = try options.portrait.icon(of: cast.mesh, color: Color(css: colors[guide.categories[index]]))
      pictures[index] = try image.pngData()
      guard place < stops.count else { continue }
      box = box?.union(own) ?? own
      if let part = image.halved.visiblePart {
        icons.append(.init(point: guide.layout.points[index], width: part.width, bytes: part.bytes))
      }
    }
    progress.finish()
    guard let box else {
      throw caster.nothingSolid(range ?? FieldRange(lower: 0, upper: 0, sampleCount: 0), count: stops.count)
    }
    bounds = box
    remarks = empty == 0 ? [] : ["\(empty) of \(indices.count) shapes do not cross the level and have no picture"]
  }

  /// Codes from all parts of the map.
  private static func others(_ guide: LatentGuide, seed: UInt64, count: Int) throws -> [Int] {
    guard count > 0, count < guide.codes.count else { return count > 0 ? Array(guide.codes.indices) : [] }
    var options = KMeans.Options(count: count, seed: seed)
    (options.restartCount, options.iterationLimit) = (1, 20)
    let parts = try KMeans(guide.layout.points, options: options)
    return try Representative.all(of: parts, points: guide.layout.points, categories: guide.categories).map(\.index)
  }
}

extension ShapePortrait {
  /// A small picture of a mesh alone, without ground and background.
  func icon(of mesh: Mesh, color: Color) throws -> Image {
    var options = RenderOptions(width: LatentShapes.side, height: LatentShapes.side)
    (options.background, options.hasGround) = (.transparent, false)
    options.samplesPerPixel = max(samplesPerPixel, 16)
    let object = RenderObject(mesh, color: color.forSurfaces, shading: shading)
    return try Renderer(RenderScene([object], upAxis: upAxis)).image(from: view, options: options)
  }
}

extension Color {
  /// A colour as `#rrggbb`; grey for anything else.
  init(css: String) { self.init(hex: UInt32(css.dropFirst(), radix: 16) ?? 0x7B8794) }

  /// A little lighter, so that light and shade show its form.
  var forSurfaces: Color { mixed(with: .white, share: 0.22) }
}

extension Image {
  /// Half as wide and high, every pixel the mean of four.
  var halved: Image {
    guard hasAlpha, width > 1, height > 1 else { return self }
    let (columns, rows) = (width / 2, height / 2)
    var result = [UInt8](repeating: 0, count: columns * rows * 4)
    for place in 0..<columns * rows {
      let start = 2 * (place / columns * width + place % columns)
      let four = [start, start + 1, start + width, start + width + 1].map { 4 * $0 }
      let alpha = four.reduce(0) { $0 + Int(bytes[$1 + 3]) }
      guard alpha > 0 else { continue }
      for channel in 0..<3 {
        let sum = four.reduce(0) { $0 + Int(bytes[$1 + channel]) * Int(bytes[$1 + 3]) }
        result[4 * place + channel] = UInt8((sum + alpha / 2) / alpha)
      }
      result[4 * place + 3] = UInt8(alpha / 4)
    }
    return Image(width: columns, height: rows, hasAlpha: true, bytes: result)
  }

  /// The smallest part that holds all that is not wholly transparent; nil if nothing is there.
  var visiblePart: Image? {
    guard hasAlpha else { return self }
    func isSeen(_ x: Int, _ y: Int) -> Bool { bytes[(y * width + x) * 4 + 3] > 0 }
    let rows = (0..<height).filter { y in (0..<width).contains { isSeen($0, y) } }
    let columns = (0..<width).filter { x in (0..<height).contains { isSeen(x, $0) } }
    guard let top = rows.first, let bottom = rows.last, let left = columns.first, let right = columns.last else {
      return nil
    }
    var part: [UInt8] = []
    for row in top...bottom {
      let (start, end) = (row * width + left, row * width + right + 1)
      part += bytes[4 * start..<4 * end]
    }
    return Image(width: right - left + 1, height: bottom - top + 1, hasAlpha: true, bytes: part)
  }
}
