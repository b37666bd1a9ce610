import ArgumentParser
import Foundation
import Runs
import Volumes

/// `formcast data convert`.
struct DataConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turn npz, npy, NIfTI, TFRecords and folders of frames into series that formcast trains on.",
    usage: "formcast data convert IN... OUT [--threshold X] [--invert] [--pool K] [--to tfrecord|npz|nifti]",
    discussion: """
      IN: npz with frames [T,D,H,W] or the original cavity layout; npy [T,D,H,W]; NIfTI 4D (.nii, .nii.gz); TFRecords; \
      a folder of numbered npy or 3D NIfTI frames, which is one series; or a folder of any of these.
      The steps are done in the order threshold, invert, pool. Files are worked on two at a time.
      """)

  @Argument(help: "Files and folders to read; the last is the folder or the one file to write.")
  var paths: [String]

  @Option(help: "Max-pool every frame by this factor.")
  var pool = 1

  @Option(parsing: .unconditional, help: "Values strictly above become 1, the rest 0.")
  var threshold: Float?

  @Flag(help: "Exchange 0 and 1, so that the cavities of a solid are what is forecast.")
  var invert = false

  @Option(help: "tfrecord, npz or nifti; without it tfrecord, and npz for floats and what has a place in space.")
  var to: SeriesFormat?

  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  private var out: String { paths[paths.count - 1] }

  func validate() throws {
    guard paths.count >= 2 else { throw ValidationError("give at least one file or folder to read and one to write") }
    guard pool >= 1 else { throw ValidationError("--pool must be at least 1") }
    guard threshold?.isFinite ?? true else { throw ValidationError("--threshold must be a finite number") }
    if let to, let named = SeriesFormat(path: out), to != named, !OutputFolder.exists(out) {
      throw ValidationError("--to \(to.rawValue) contradicts the name of \(out)")
    }
  }

  func run() throws {
    let inputs = try SeriesExport.inputs(Array(paths.dropLast()))
    let isFile = SeriesFormat(path: out) != nil && !OutputFolder.exists(out)
    guard !isFile || inputs.count == 1 else {
      throw VolumeError(.unsupported, out, "is one file, but there are \(inputs.count) to convert; name a folder")
    }
    let conversion = SeriesConversion(threshold: threshold, invert: invert, pool: pool)
    let target = isFile ? SeriesExport.Target.file(out) : .folder(out, fileExtension: to?.fileExtension)
    let progress = ProgressMeter("convert", total: inputs.count, options: common.progress("files"))
    let outcome = try SeriesExport(conversion, to: target, replacing: force.force)
      .write(inputs) { progress.update(to: $0) }
    if let failed = FailedFiles(outcome.failures, of: inputs.count) { throw failed }
    if outcome.originalLayoutCount > 0, !invert {
      progress.message(
        "remark: \(outcome.originalLayoutCount) files of the original cavity layout, where 1 is solid;"
          + " the published work forecasts the cavities: --invert")
    }
    progress.finish()
    try common.report(
      Summary(samples: outcome.written.count, out: out, originalLayout: outcome.originalLayoutCount),
      text: "\(outcome.written.count) series in \(out)")
  }

  private struct Summary: Encodable {
    var samples: Int
    var out: String
    var originalLayout: Int
  }
}
