import Foundation
import Runs
import Volumes

/// The main job on data of its own: cavities, training, judgement, forecast.
public struct ForecastDemo {
  /// What the user says.
  public struct Options: Sendable {
    /// Folder to write.
    public var out: String
    /// Seed of data, weights and order.
    public var seed: UInt64
    /// Minutes of training.
    public var minutes = 3.0
    /// Number of series that are made.
    public var samples = 240
    /// Replaces an earlier demonstration.
    public var force = false
    /// How progress is shown.
    public var progress = ProgressMode.automatic

    /// A demonstration in `out`.
    public init(out: String, seed: UInt64) { (self.out, self.seed) = (out, seed) }
  }

  /// What was made.
  public struct Outcome: Encodable, Sendable {
    /// The judgement in one sentence.
    public var verdict: String
    /// Whether the model beats the null model and the input error.
    public var valid: Bool
    /// Jaccard distances: of the model, of the input, of the null model.
    public var jaccard: [String: Double]
    /// Where things are.
    public var report: String, forecast: String, surfaces: String, run: String

    /// What is printed.
    public var text: String {
      """
      \(verdict)
      report:   \(report)
      picture:  \(forecast)
      surfaces: \(surfaces)
      run:      \(run)
      """
    }
  }

  private let options: Options
  private static let mark = "demo-forecast.txt"

  /// A demonstration.
  public init(_ options: Options) { self.options = options }

  /// Makes everything. A demonstration that is there is made again: its folder is known by a file of its own.
  public func callAsFunction() throws -> Outcome {
    let folder = try OutputFolder(options.out, mark: Self.mark, force: options.force)
    try folder.write(Data("formcast demo forecast\n".utf8), as: Self.mark)
    let (series, data) = (folder.file("series").path, folder.file("data").path)
    try makeData(series: series, split: data)
    let run = try trainModel(data: data, run: folder.file("run").path)
    var evaluation = ForecastEvaluation.Options(data: data)
    (evaluation.out, evaluation.force, evaluation.progress) = (folder.file("evaluation").path, true, options.progress)
    let score = try ForecastEvaluation(run, options: evaluation)().score
    guard let example = try DatasetPart.test.paths(in: data).first else {
      throw ExperimentError("\(data): has no test series")
    }
    var forecast = Forecast.Options(input: example, out: folder.file("forecast").path)
    (forecast.last, forecast.force) = (64, true)
    let forecastFolder = try Forecast(run, options: forecast)().folder
    let jaccard = score.scoring.sequence.jaccard
    return Outcome(
      verdict: score.verdict, valid: score.valid,
      jaccard: ["target": jaccard.target.mean, "input": jaccard.input.mean, "null": jaccard.null.mean],
      report: "\(options.out)/evaluation/report.html", forecast: "\(forecastFolder)/forecast.png",
      surfaces: "\(forecastFolder)/surfaces", run: "\(options.out)/run")
  }

  private func makeData(series: String, split: String) throws {
    try FileManager.default.createDirectory(atPath: series, withIntermediateDirectories: true)
    let generator = try CavityGenerator(CavityConfiguration(seed: options.seed))
    let export = CavityExport(generator, layout: .pooled(by: 8, fileExtension: "tfrecords"), replacing: true)
    let progress = ProgressMeter(
      "cavities", total: options.samples, options: .init(mode: options.progress, unit: "series"))
    try export.write(0..<options.samples, to: series) { progress.update(to: $0) }
    progress.finish()
    let paths = try SeriesFile.listSeries(in: series)
    _ = try DatasetSplit(seed: options.seed).write(paths, to: split, force: true)
  }

  private func trainModel(data: String, run: String) throws -> ForecastRun {
    var configuration = try ForecastRecipe.named("convlstm-demo").configuration
    configuration.seed = options.seed
    var training = TrainingRequest(data: data, run: run)
    (training.minutes, training.force, training.progress) = (options.minutes, true, options.progress)
    _ = try RunTrainer(
      configuration, options: training, environment: .current(for: configuration, device: training.device))()
    return try ForecastRun(run)
  }
}
