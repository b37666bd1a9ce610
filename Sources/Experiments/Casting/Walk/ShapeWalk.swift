import Foundation
import Geometry
import LatentSpace
import Runs

/// A walk through codes: a surface and a picture of every frame, an animation, and a page that plays and turns it.
public struct ShapeWalk {
  /// What the user says.
  public struct Options: Sendable {
    /// Folder to write.
    public var out: String
    /// Which codes the walk passes through.
    public var codes: CodeChoice
    /// How they are joined.
    public var path = CodeSpline.Options(.periodicCubic)
    /// Number of frames; nil for twelve from each code to the next.
    public var frameCount: Int?
    /// Samples along each axis.
    public var resolution = 64
    /// The level; nil for the model's own.
    public var level: Double?
    /// Whether the surface of every frame is kept, as `frame_0000.glb`.
    public var keepsMeshes = true
    /// Frames in a second of the animation.
    public var framesPerSecond = 15
    /// How frames are drawn; its bounds are those of all frames together.
    public var portrait = ShapePortrait()
    /// Folders in which ffmpeg is looked for, with colons between them; nil for PATH.
    public var searchPath: String?
    /// Writes into a folder that holds other files.
    public var force = false
    /// How progress is shown.
    public var progress = ProgressMeter.Options()

    /// A walk through these codes in the folder `out`.
    public init(out: String, codes: CodeChoice) {
      (self.out, self.codes) = (out, codes)
      portrait.side = 384
      portrait.samplesPerPixel = 8
    }
  }

  /// One frame.
  public struct Frame: Sendable, Codable {
    /// Names of the codes before and after it, and how far it is from one to the other.
    public var from, to: String
    /// How far it is from the first to the second, 0..<1.
    public var share: Double
    /// Its surface; without vertices if the level is not crossed.
    public var surface: SurfaceFacts
    /// Time of the extraction.
    public var seconds: Double
  }

  /// What was written.
  public struct Outcome: Sendable, Codable {
    /// The model.
    public var model: String
    /// The folder.
    public var folder: String
    /// How codes are joined.
    public var path: CodeSpline.Kind
    /// Level of the surfaces.
    public var level: Float
    /// Samples along each axis.
    public var resolution: Int
    /// The codes in order.
    public var codes: [String]
    /// The frames in order.
    public var frames: [Frame]
    /// Median time of a surface and of a picture.
    public var secondsPerSurface, secondsPerPicture: Double
    /// The film's file; nil where there is no ffmpeg.
    public var movie: String?
    /// Why something is missing.
    public var remarks: [String]

    /// A few lines for people.
    public var text: String {
      let times = String(
        format: "%.0f ms a surface, %.0f ms a picture", 1e3 * secondsPerSurface, 1e3 * secondsPerPicture)
      let lines = ["\(frames.count) frames through \(codes.count) codes at \(resolution)^3, \(times)"]
      return (lines + remarks + ["open \(folder)/index.html"]).joined(separator: "\n")
    }
  }

  let space: ShapeSpace
  let options: Options
  static let mark = "walk.json"
  /// Most frames of a walk.
  public static let frameLimit = 10_000

  /// A walk in a space.
  public init(_ space: ShapeSpace, options: Options) { (self.space, self.options) = (space, options) }

  /// Walks and writes `frame_0000.glb` and so on, `codes.npy` (the given ones), `frames.npy` (those of all frames),
  /// `strip.png`, `animation.png`, `animation.mp4` where ffmpeg is present, `index.html` and `walk.json`.
  ///
  /// *Throws*: `ExperimentError` if codes, level or resolution cannot be used, or no frame has a surface; nothing is written
  /// then.
  public func callAsFunction() throws -> Outcome {
    let caster = try ShapeCaster(space, resolution: options.resolution, level: options.level)
    let codes = try options.codes.codes(of: space)
    let count = options.frameCount ?? min(Self.frameLimit, 12 * codes.count)
    let plan = try WalkPlan(codes, options: options.path, frameCount: count)
    try ShapeGeneration.requireUsable(options.out, mark: Self.mark, force: options.force)
    let isOurs = FileManager.default.fileExists(atPath: "\(options.out)/\(Self.mark)")
    let surfaces = try WalkSurfaces(plan, caster: caster, progress: options.progress)
    let folder = try OutputFolder(options.out, mark: Self.mark, force: options.force)
    if isOurs { try removeEarlier(in: folder) }
    if options.keepsMeshes { try surfaces.publish(to: folder) }
    let pictures = try WalkPictures(surfaces, options: options, folder: folder)
    let outcome = Outcome(
      model: space.name, folder: folder.url.path, path: options.path.kind, level: caster.level,
      resolution: caster.resolution, codes: codes.map(\.name), frames: surfaces.frames,
      secondsPerSurface: Self.median(surfaces.frames.map(\.seconds)), secondsPerPicture: Self.median(pictures.seconds),
      movie: pictures.movie, remarks: pictures.remarks + surfaces.remarks)
    try CodeFile.write(codes, to: folder.file("codes.npy"))
    try CodeFile.write(plan.frames.map { NamedCode("", values: $0.code) }, to: folder.file("frames.npy"))
    let page = try WalkPage(outcome, surfaces: surfaces, pictures: pictures, options: options)
    try folder.write(Data(page.html.utf8), as: "index.html")
    var record = outcome
    record.folder = "."
    try folder.write(Data((try JSONOutput.line(record) + "\n").utf8), as: Self.mark)
    return outcome
  }

  /// Surfaces of a longer walk that was there before would be taken for part of this one.
  private func removeEarlier(in folder: OutputFolder) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    where name.wholeMatch(of: /frame_[0-9]{4,}\.glb/) != nil || name == "animation.mp4" {
      try FileManager.default.removeItem(at: folder.file(name))
    }
  }

  static func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
}
