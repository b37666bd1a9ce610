import Geometry
import Runs
import Volumes

/// The surfaces of `formcast render`: one picture, a contact sheet, or either of them turning.
struct RenderShow {
  private let subjects: [RenderSubject]
  private let stages: [RenderStage]
  private let mode: RenderModeOptions
  private let columns: Int?
  private let legend: [ContactSheet.LegendEntry]

  init(
    _ subjects: [RenderSubject], _ view: RenderViewOptions, _ mode: RenderModeOptions, columns: Int?, together: Bool
  ) throws {
    (self.subjects, self.mode, self.columns) = (subjects, mode, columns)
    stages = try subjects.map { try RenderStage($0, view, mode, isAlone: subjects.count == 1) }
    legend = together && mode.mode == .shaded ? subjects[0].legend : []
    guard mode.depthOut == nil || subjects.count == 1 else {
      throw SurfaceChoiceError("--depth-out writes one picture, but there are \(subjects.count); choose a --frame")
    }
  }

  /// Writes all files that were asked for.
  func write(to out: String, _ common: CommonOptions) throws -> RenderSummary {
    let count = mode.turntable ?? 1
    let unit = mode.turntable == nil ? "pictures" : "frames"
    let total = mode.turntable ?? stages.count
    let progress = ProgressMeter("render", total: total, options: common.progress(unit))
    if let frames = mode.frames { try OutputFolder.make(frames) }
    var animation = AnimatedPNG(framesPerSecond: mode.fps)
    var picture = Image(width: 1, height: 1)
    for index in 0..<count {
      let images = try stages.map { stage in
        if mode.turntable == nil { progress.advance() }
        return try stage.image(after: Float(index) / Float(count))
      }
      picture = try sheet(images)
      guard mode.turntable != nil else { continue }
      try animation.append(picture)
      if mode.frames != nil { try picture.writePNG(to: mode.framePaths[index]) }
      progress.advance()
    }
    if mode.turntable == nil { try picture.writePNG(to: out) } else { try animation.write(to: out) }
    try writeDepths()
    progress.finish()
    var told = RenderSummary(out, picture, pictures: stages.count)
    told.faces = subjects.reduce(0) { $0 + $1.faceCount }
    (told.frames, told.depthOut) = (mode.turntable, mode.depthOut)
    return told
  }

  private func writeDepths() throws {
    guard let path = mode.depthOut, let map = try stages.first?.depthMap() else { return }
    try NpyFile.write(NpyArray(shape: [map.height, map.width], map.values), to: path)
  }

  /// The only picture, or all with their names in rows.
  private func sheet(_ images: [Image]) throws -> Image {
    var sheet = ContactSheet(
      images, columnCount: columns ?? (images.count <= 5 ? images.count : (images.count + 1) / 2))
    sheet.legend = legend
    return images.count == 1 && legend.isEmpty ? images[0] : try sheet.image()
  }
}
