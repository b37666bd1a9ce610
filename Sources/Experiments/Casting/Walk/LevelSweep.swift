import Foundation
import Geometry
import Runs

/// The same codes at several levels: erosion and dilation of what the network learned, and what it costs.
///
/// *Reference*: Kleineberg, Fey, Weichert 2020, arXiv 2002.00349: level 0.04 misses less of thin parts, with corners slightly
/// rounded.
public struct LevelSweep {
  /// What the user says.
  public struct Options: Sendable {
    /// Folder to write.
    public var out: String
    /// Which codes, a row of pictures each.
    public var codes: CodeChoice
    /// The levels; nil for a range round the model's own.
    public var levels: [Double]?
    /// Samples along each axis.
    public var resolution = 64
    /// Whether the surfaces are written.
    public var writesMeshes = false
    /// How pictures are drawn; its bounds are those of a code at all levels.
    public var portrait = ShapePortrait()
    /// Writes into a folder that holds other files.
    public var force = false
    /// How progress is shown.
    public var progress = ProgressMeter.Options()

    /// A sweep of these codes in the folder `out`.
    public init(out: String, codes: CodeChoice) {
      (self.out, self.codes) = (out, codes)
      portrait.side = 224
    }
  }

  /// A code at a level.
  public struct Step: Sendable, Codable {
    /// The level.
    public var level: Float
    /// Whether it is the model's own.
    public var isRecommended: Bool
    /// Its surface; without vertices if the level is not crossed.
    public var surface: SurfaceFacts
    /// The file of the surface; nil without one, or if none were asked for.
    public var mesh: String?
  }

  /// A code at all levels.
  public struct Row: Sendable, Codable {
    /// Name of the code.
    public var code: String
    /// What the field said.
    public var range: FieldRange
    /// The levels from the lowest to the highest.
    public var steps: [Step]
  }

  /// What was written.
  public struct Outcome: Sendable, Codable {
    /// The model.
    public var model: String
    /// The folder.
    public var folder: String
    /// Samples along each axis.
    public var resolution: Int
    /// Distances were clipped at plus and minus this in training; nil if they were not.
    public var clip: Double?
    /// The codes.
    public var rows: [Row]

    /// A table for people.
    public var text: String {
      var lines = ["level     volume    area      Euler  parts  (\(resolution)^3)"]
      for row in rows {
        if rows.count > 1 { lines.append(row.code) }
        lines += row.steps.map { step in
          let numbers = String(format: "%-9.4g %-9.4g %-9.4g", step.level, step.surface.volume, step.surface.area)
          let mark = step.isRecommended ? "  recommended" : ""
          return
            "\(numbers) \("\(step.surface.euler)".padding(toLength: 6, withPad: " ", startingAt: 0)) \(step.surface.components)\(mark)"
        }
      }
      return (lines + ["\(folder)/sweep.png"]).joined(separator: "\n")
    }
  }

  private let space: ShapeSpace
  private let options: Options
  /// Most codes of a picture.
  private static let codeLimit = 24
  static let mark = "sweep.json"
  /// Steps round the model's own level, in shares of the clip.
  private static let usual = [-0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8]

  /// A sweep in a space.
  public init(_ space: ShapeSpace, options: Options) { (self.space, self.options) = (space, options) }

  /// Writes `sweep.png`, `sweep.json` and, if asked for, the surfaces.
  ///
  /// *Throws*: `ExperimentError` for levels beyond what the model learned, and if no level of any code has a surface; nothing
  /// is written then.
  public func callAsFunction() throws -> Outcome {
    let casters = try levels().map { try ShapeCaster(space, resolution: options.resolution, level: $0) }
    let codes = try options.codes.codes(of: space)
    guard codes.count <= Self.codeLimit else {
      throw ExperimentError(
        "\(codes.count) codes are more than one picture holds; choose at most \(Self.codeLimit) with --index or --codes"
      )
    }
    try ShapeGeneration.requireUsable(options.out, mark: Self.mark, force: options.force)
    let progress = ProgressMeter("sweep", total: casters.count * codes.count, options: options.progress)
    var (rows, pictures): ([Row], [[Image?]]) = ([], [])
    var shelf = SweepShelf(options)
    for (number, code) in codes.enumerated() {
      let casts = try casters.map { caster in
        defer { progress.advance() }
        return try caster.cast(code)
      }
      let steps = try casters.indices.map { index in
        Step(
          level: casters[index].level, isRecommended: isRecommended(casters[index]), surface: casts[index].facts,
          mesh: try shelf.put(casts[index], code: number, step: index))
      }
      rows.append(
        Row(code: code.name, range: casts.dropFirst().reduce(casts[0].range) { $0.union($1.range) }, steps: steps))
      pictures.append(try self.pictures(casts, rowCount: codes.count))
    }
    guard let folder = shelf.folder else {
      let range = rows.dropFirst().reduce(rows[0].range) { $0.union($1.range) }
      throw casters[0].nothingSolid(range, count: codes.count, levels: casters.map(\.level))
    }
    let picture = try sheet(pictures, codes, casters)
    let outcome = Outcome(
      model: space.name, folder: folder.url.path, resolution: options.resolution, clip: space.clip, rows: rows)
    try folder.write(try picture.pngData(), as: "sweep.png")
    var record = outcome
    record.folder = "."
    try folder.write(Data((try JSONOutput.line(record) + "\n").utf8), as: Self.mark)
    progress.finish()
    return outcome
  }

  /// The levels in order, each once; the model's own is always one of the usual ones.
  private func levels() throws -> [Double] {
    let clip = space.clip ?? 0.1
    let asked = options.levels ?? Self.usual.map { $0 * clip } + [space.level]
    guard !asked.isEmpty else { throw ExperimentError("--levels names no level") }
    var levels: [Double] = []
    for level in asked.sorted() where levels.last.map({ level - $0 > 1e-9 }) ?? true { levels.append(level) }
    return levels
  }

  private func isRecommended(_ caster: ShapeCaster) -> Bool { abs(Double(caster.level) - space.level) < 1e-6 }

  /// A row of pictures in one frame.
  private func pictures(_ casts: [CastShape], rowCount: Int) throws -> [Image?] {
    var portrait = options.portrait.fitting(columns: casts.count, rows: rowCount)
    let boxes = casts.compactMap(\.mesh.bounds)
    portrait.bounds = boxes.dropFirst().reduce(boxes.first) { $0?.union($1) }
    return try casts.map { try portrait.image(of: $0.mesh) }
  }

  private func sheet(_ rows: [[Image?]], _ codes: [NamedCode], _ casters: [ShapeCaster]) throws -> Image {
    var sheet = ContactSheet(
      rows: rows, rowLabels: codes.count > 1 ? codes.map(\.name) : [],
      columnLabels: casters.map { "\($0.level)" + (isRecommended($0) ? " (recommended)" : "") },
      title: "The same \(codes.count == 1 ? "code" : "codes") at several levels")
    let clip = space.clip.map { " Distances were clipped at ±\($0) in training: no level beyond." } ?? ""
    sheet.caption = "\(options.resolution) samples along each axis; one frame for each row.\(clip)"
    return try sheet.image()
  }
}

/// Where the surfaces of a sweep go: the folder is made with the first one, so that a failure leaves nothing behind.
private struct SweepShelf {
  private let options: LevelSweep.Options
  private(set) var folder: OutputFolder?

  init(_ options: LevelSweep.Options) { self.options = options }

  /// Writes a surface, if surfaces are asked for, and returns the name of its file.
  mutating func put(_ cast: CastShape, code: Int, step: Int) throws -> String? {
    guard !cast.isEmpty else { return nil }
    let folder = try open()
    guard options.writesMeshes else { return nil }
    let name = String(format: "code_%04d_step_%02d.glb", code, step)
    try folder.write(try cast.mesh.data(format: .glb), as: name)
    return name
  }

  /// Surfaces of an earlier sweep would be taken for part of this one.
  private mutating func open() throws -> OutputFolder {
    if let folder { return folder }
    let isOurs = FileManager.default.fileExists(atPath: "\(options.out)/\(LevelSweep.mark)")
    let made = try OutputFolder(options.out, mark: LevelSweep.mark, force: options.force)
    for name in isOurs ? try FileManager.default.contentsOfDirectory(atPath: made.url.path) : []
    where name.wholeMatch(of: /code_[0-9]{4,}_(step|level)_.*\.glb/) != nil {
      try FileManager.default.removeItem(at: made.file(name))
    }
    folder = made
    return made
  }
}
