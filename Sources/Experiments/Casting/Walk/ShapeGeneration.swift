import Foundation
import Geometry
import Runs
import Volumes

/// Shapes of given or random codes: surfaces, grids, a contact sheet and a table of what they are.
public struct ShapeGeneration {
  /// What the user says.
  public struct Options: Sendable {
    /// Folder to write.
    public var out: String
    /// Which codes.
    public var codes: CodeChoice
    /// Samples along each axis.
    public var resolution = 64
    /// The level; nil for the model's own.
    public var level: Double?
    /// Whether the fields are written on the whole grid too.
    public var writesGrids = false
    /// Format of the surfaces.
    public var format = MeshFormat.stl
    /// How the contact sheet's pictures are drawn.
    public var portrait = ShapePortrait()
    /// Writes into a folder that holds other files.
    public var force = false
    /// How progress is shown.
    public var progress = ProgressMeter.Options()

    /// Shapes of these codes in the folder `out`.
    public init(out: String, codes: CodeChoice) { (self.out, self.codes) = (out, codes) }
  }

  /// One shape.
  public struct Shape: Sendable, Codable {
    /// Name of the code, and its category where it has one.
    public var code, category: String
    /// Files of the surface and the grid; nil without a surface, or if no grids were asked for.
    public var mesh, grid: String?
    /// Counts and measures of the surface.
    public var surface: SurfaceFacts
    /// Time of the extraction, without files and pictures.
    public var seconds: Double
    /// What the field said.
    public var range: FieldRange
    /// What the extraction asked, and how far its result can be trusted.
    public var statistics: SparseStatistics
  }

  /// What was written.
  public struct Outcome: Sendable, Codable {
    /// The model.
    public var model: String
    /// The folder.
    public var folder: String
    /// The level of the surfaces.
    public var level: Float
    /// Samples along each axis.
    public var resolution: Int
    /// The shapes in the order of their codes.
    public var shapes: [Shape]

    /// Shapes whose field does not cross the level.
    public var emptyCount: Int { shapes.count { $0.mesh == nil } }

    /// A few lines for people.
    public var text: String {
      let seconds = shapes.map(\.seconds).sorted()
      let median = QuantityText.duration(seconds.isEmpty ? 0 : seconds[seconds.count / 2])
      let empty = emptyCount == 0 ? "" : "\n\(emptyCount) of them do not cross the level and have no surface"
      return "\(shapes.count) shapes at level \(level), \(resolution)^3, median \(median) each: \(folder)\(empty)"
    }
  }

  private let space: ShapeSpace
  private let options: Options
  /// Pictures of a contact sheet are at most these.
  private static let pictureLimit = 64
  static let mark = "shapes.json"

  /// Shapes of a space.
  public init(_ space: ShapeSpace, options: Options) { (self.space, self.options) = (space, options) }

  /// Writes `shape_0000.stl` and so on, `shape_0000.npy` if asked for, `codes.npy`, `sheet.png` and `shapes.json`.
  ///
  /// *Throws*: `ExperimentError` if codes, level or resolution cannot be used, or no code has a surface; nothing is written
  /// then.
  public func callAsFunction() throws -> Outcome {
    let caster = try ShapeCaster(
      space, resolution: options.resolution, level: options.level, isDense: options.writesGrids)
    let codes = try options.codes.codes(of: space)
    try Self.requireUsable(options.out, force: options.force)
    var shelf = ShapeShelf(options, space: space)
    let columns = Self.columns(of: min(codes.count, Self.pictureLimit))
    let portrait = options.portrait.fitting(
      columns: columns, rows: (min(codes.count, Self.pictureLimit) + columns - 1) / columns)
    var shapes: [Shape] = []
    var sheet: [Image] = []
    var range: FieldRange?
    let progress = ProgressMeter("generate", total: codes.count, options: options.progress)
    for (index, code) in codes.enumerated() {
      let cast = try caster.cast(code)
      range = range?.union(cast.range) ?? cast.range
      shapes.append(try shelf.put(cast, code, index))
      if sheet.count < Self.pictureLimit { sheet.append(try picture(cast, index, portrait)) }
      progress.advance()
    }
    guard let folder = shelf.close() else {
      throw caster.nothingSolid(range ?? FieldRange(lower: 0, upper: 0, sampleCount: 0), count: codes.count)
    }
    let outcome = Outcome(
      model: space.name, folder: folder.url.path, level: caster.level, resolution: caster.resolution, shapes: shapes)
    try CodeFile.write(codes, to: folder.file("codes.npy"))
    try folder.write(try contactSheet(sheet, of: codes.count, level: caster.level).pngData(), as: "sheet.png")
    var record = outcome
    record.folder = "."
    try folder.write(Data((try JSONOutput.line(record) + "\n").utf8), as: Self.mark)
    progress.finish()
    return outcome
  }

  /// Refuses a folder before the work and not after it; makes nothing.
  static func requireUsable(_ path: String, mark: String = mark, force: Bool) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    _ = try OutputFolder(path, mark: mark, force: force)
  }

  private func picture(_ cast: CastShape, _ index: Int, _ portrait: ShapePortrait) throws -> Image {
    var image = try portrait.image(of: cast.mesh)
    let style = TextStyle(size: 13, color: .ink)
    let name = cast.isEmpty ? "\(cast.name): nothing" : cast.name
    style.draw(style.fitted("\(index)  \(name)", width: image.width - 12), x: 6, y: 4, on: &image)
    return image
  }

  private static func columns(of count: Int) -> Int { max(1, min(8, Int(Double(count).squareRoot().rounded(.up)))) }

  private func contactSheet(_ images: [Image], of count: Int, level: Float) throws -> Image {
    var sheet = ContactSheet(images, columnCount: Self.columns(of: images.count))
    let more = count > images.count ? "; the first \(images.count) of \(count)" : ""
    sheet.caption = "level \(level), \(options.resolution) samples along each axis\(more)"
    return try sheet.image()
  }
}
