import ArgumentParser
import Experiments
import Geometry
import Runs

extension FieldTraceOptions.Look: ExpressibleByArgument {}

/// Whether fields are drawn themselves, without meshes.
struct RenderTraceOptions: ParsableArguments {
  /// Most random codes that are passed over.
  private static let largestNumber = 100_000

  @Flag(help: "Walk along rays through a network (a run or a file of weights) or the distances of a mesh.")
  var trace = false

  @Option(help: "With --trace: the shape of this number in a run; the random code of this number of a generator.")
  var code: Int?

  @Option(help: "With --trace: codes from an npy file [N, L], a picture each.")
  var codes: String?

  @Option(help: "With --trace: published (highlight and bright rim) or house (as meshes are drawn).")
  var look: FieldTraceOptions.Look?

  @Option(help: "With --trace: the longest step along a ray; without it 0.02 for networks, none for true distances.")
  var step: Float?

  @OptionGroup var seed: SeedOption
  @OptionGroup var deviceOption: DeviceOption

  func validate() throws {
    guard trace || code == nil && codes == nil && look == nil && step == nil else {
      throw ValidationError("--code, --codes, --look and --step need --trace")
    }
    guard code == nil || codes == nil else { throw ValidationError("--code and --codes exclude each other") }
    guard (0...Self.largestNumber).contains(code ?? 0) else {
      throw ValidationError("--code must be 0 to \(Self.largestNumber)")
    }
    guard step.map({ $0 > 0 && $0 <= 10 }) ?? true else { throw ValidationError("--step must be from 0 to 10") }
  }

  var choice: TraceSubject.Codes? { codes.map { .file($0) } ?? code.map { .number($0) } }
}

/// The pictures of `formcast render --trace`.
struct RenderTrace {
  let options: RenderTraceOptions
  let view: RenderViewOptions
  /// The value on the surface; nil for that of each subject.
  let level: Float?

  /// Draws all subjects and writes one picture.
  func write(_ inputs: [String], to out: String, columns: Int?, _ common: CommonOptions) throws -> RenderSummary {
    var subjects: [TraceSubject] = []
    for path in inputs {
      subjects += try TraceSubject.read(
        path, options.choice, level: level, seed: options.seed.seed, device: options.deviceOption.device)
    }
    let isAlone = subjects.count == 1
    let pixels = view.pixels(side: isAlone ? 768 : 384)
    let progress = ProgressMeter(
      "render", total: 2 * subjects.count * pixels.height, options: common.progress("rows"))
    let images = try subjects.enumerated().map { index, subject in
      var trace = FieldTraceOptions(width: pixels.width, height: pixels.height)
      trace.level = subject.level
      trace.look = options.look ?? .published
      trace.stepLimit = options.step
      var image = try FieldTracer(subject.field, upAxis: view.up(otherwise: .y), options: trace)
        .image(from: view.direction) { progress.update(to: 2 * index * pixels.height + $0) }
      let style = TextStyle(size: 15, color: .ink)
      if !isAlone { style.draw(style.fitted(subject.name, width: image.width - 16), x: 8, y: 6, on: &image) }
      return image
    }
    progress.finish()
    let count = columns ?? (images.count <= 5 ? images.count : (images.count + 1) / 2)
    let picture = isAlone ? images[0] : try ContactSheet(images, columnCount: count).image()
    try picture.writePNG(to: out)
    return RenderSummary(out, picture, pictures: images.count)
  }
}
