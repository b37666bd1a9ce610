import Foundation
import LatentSpace
import Plots
import Runs

/// A map of the codes that a model was trained on, with the shapes that stand for its parts and a tour through them.
public struct LatentMap {
  /// How codes come into the plane.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// Neighbours stay together.
    case tsne
    /// The two directions of most variance.
    case pca
  }

  /// What the user says.
  public struct Options: Sendable {
    /// Folder to write.
    public var out: String
    /// How codes come into the plane.
    public var method = Method.tsne
    /// Neighbours that each code is held near to, for t-SNE.
    public var perplexity = 30.0
    /// Clusters; nil for thirty, or fewer for few codes.
    public var clusterCount: Int?
    /// A file of categories; nil for those of the run.
    public var labels: String?
    /// Samples along each axis for the shapes.
    public var resolution = 64
    /// The level of their surfaces; nil for the model's own.
    public var level: Double?
    /// Frames of the tour; nil for eight from each stop to the next, at most 240; none for no tour.
    public var frameCount: Int?
    /// Shapes that the page has pictures of, beside the representatives.
    public var pictureCount = 60
    /// Frames in a second of the tour.
    public var framesPerSecond = 15
    /// Seed of what is random.
    public var seed: UInt64 = 1
    /// How shapes are drawn.
    public var portrait = ShapePortrait()
    /// Folders in which ffmpeg is looked for, with colons between them; nil for PATH.
    public var searchPath: String?
    /// Writes into a folder that holds other files.
    public var force = false
    /// How progress is shown.
    public var progress = ProgressMeter.Options()

    /// A map in the folder `out`.
    public init(out: String) {
      self.out = out
      (portrait.side, portrait.samplesPerPixel) = (320, 8)
    }
  }

  /// The file by which a folder of ours is known.
  static let mark = "map.json"
  /// Most frames of a tour.
  public static let frameLimit = 10_000
  /// Most shapes that the page has pictures of.
  public static let pictureLimit = 500

  let space: ShapeSpace
  let options: Options

  /// A map of a space's trained codes.
  public init(_ space: ShapeSpace, options: Options) { (self.space, self.options) = (space, options) }

  /// Makes the map and writes `map.json`, `map.png`, `map.svg`, `map.html`, `tour.npy` (the codes of the representatives in
  /// the order of the tour), `tour.png` and, where ffmpeg is present, `tour.mp4`.
  ///
  /// *Throws*: `ExperimentError` for a space without trained codes, or options that do not fit it; nothing is written then.
  public func callAsFunction() throws -> Outcome {
    guard !space.trained.isEmpty else {
      throw ExperimentError(
        "\(space.name): has no trained codes, so there is nothing to map; formcast generate makes shapes of random codes"
      )
    }
    let caster = try ShapeCaster(space, resolution: options.resolution, level: options.level)
    try ShapeGeneration.requireUsable(options.out, mark: Self.mark, force: options.force)
    var remarks: [String] = []
    let categories = try categories(&remarks)
    let layout = try LatentLayout(space.trained, options: options)
    remarks += [layout.remark].compactMap(\.self)
    let guide = try LatentGuide(space.trained, categories: categories, layout: layout, options: options)
    let colors = CategoryColors(categories)
    let shapes = try LatentShapes(guide, colors: colors, caster: caster, options: options)
    remarks += shapes.remarks
    let film = try LatentTour(guide, colors: colors, shapes: shapes, caster: caster, options: options)
    let folder = try OutputFolder(options.out, mark: Self.mark, force: options.force)
    try removeEarlier(in: folder)
    remarks += try film.write(to: folder)
    do {
      try LatentFigure(guide, colors: colors, shapes: shapes, name: space.name).write(to: folder)
    } catch let error as PlotError {
      remarks.append("map.png and map.svg are missing: \(error)")
    }
    try CodeFile.write(guide.stops.map { guide.codes[$0.index] }, to: folder.file("tour.npy"))
    let page = try LatentPage(guide, colors: colors, shapes: shapes, film: film, name: space.name)
    try folder.write(Data(page.html(framesPerSecond: options.framesPerSecond).utf8), as: "map.html")
    let record = LatentRecord(guide, colors: colors, space: space, options: options, remarks: remarks)
    try folder.write(Data((try JSONOutput.line(record) + "\n").utf8), as: Self.mark)
    return Outcome(record, folder: folder.url.path, frameCount: film.frames.count)
  }

  private func categories(_ remarks: inout [String]) throws -> [String] {
    var categories = space.trained.map(\.category)
    if let labels = options.labels {
      let told = try CategoryLabels.read(labels, for: space.trained)
      categories = told.categories
      remarks += [told.remark].compactMap(\.self)
    }
    if categories.allSatisfy(\.isEmpty) {
      remarks.append("the shapes have no categories, so all points have one colour; name some with --labels")
    }
    return categories
  }

  /// Files that this map may not have, and that would be taken for part of it.
  private func removeEarlier(in folder: OutputFolder) throws {
    for name in ["map.png", "map.svg", "tour.png", "tour.mp4"] {
      let file = folder.file(name)
      if FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
    }
  }
}
