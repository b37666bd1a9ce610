import Foundation
import Geometry
import Torch
import Volumes

/// What comes after a series: probabilities, surfaces and a picture of the next frames.
public struct Forecast {
  /// What the user says.
  public struct Options: Sendable {
    /// The series.
    public var input: String
    /// Folder to write.
    public var out: String
    /// Number of frames to forecast; nil for the run's own.
    public var steps: Int?
    /// Every so many frames of the series are one step of the model; nil for the run's own stride where the series is
    /// as long as the recordings that the run was trained on, else 1.
    public var stride: Int?
    /// The last frame that is seen, from 0; nil for the last of the series. Later frames are compared with the
    /// forecast.
    public var last: Int?
    /// What is done to the values first.
    public var conversion = SeriesConversion()
    /// Format of the surfaces by extension.
    public var meshExtension = "stl"
    /// Writes into a folder that holds other files.
    public var force = false
    /// Where to compute: auto, cpu, cuda, cuda:N or mps.
    public var device = "cpu"

    /// A forecast of the series `input`.
    public init(input: String, out: String) { (self.input, self.out) = (input, out) }
  }

  /// What was written.
  public struct Outcome: Encodable, Sendable {
    /// Frames of the series that the model saw, from 0.
    public var seen: [Int]
    /// Number of forecast frames.
    public var steps: Int
    /// Share of occupied voxels in each forecast frame.
    public var occupancy: [Double]
    /// Jaccard distance of each forecast frame to the truth, as far as the series has it.
    public var jaccard: [Double]
    /// Jaccard distance of the last frame seen to the truth: what "nothing changes" would give.
    public var persistence: [Double]
    /// The folder.
    public var folder: String
  }

  private let run: ForecastRun
  private let options: Options

  /// A forecast by a run.
  public init(_ run: ForecastRun, options: Options) { (self.run, self.options) = (run, options) }

  /// Forecasts and writes `forecast.npy` [K, D, H, W], a surface per frame, `forecast.png` and, for a series in
  /// physical units, `forecast.nii.gz`.
  public func callAsFunction() throws -> Outcome {
    let series = try readSeries()
    let place = try frames(of: series)
    let steps = options.steps ?? run.configuration.rollout.steps
    let seen = series.selecting(frames: place.seen)
    try Self.requireOccupancies(seen, path: options.input)
    let folder = try OutputFolder(options.out, mark: "forecast.npy", force: options.force)
    let forecaster = try run.forecaster(on: Device(parsing: options.device))
    guard place.seen.count >= forecaster.pastFrameCount else {
      throw ExperimentError(
        "\(options.input): the model needs \(forecaster.pastFrameCount) frames, \(place.seen.count) are there")
    }
    let shape = seen.shape
    let input = Tensor(seen.values.floats, shape: [shape.frameCount, 1, 1, shape.depth, shape.height, shape.width])
    let predicted = forecaster.rollout(
      after: input.to(device: forecaster.device), steps: steps, options: run.configuration.rollout)
    let result = ForecastResult(
      series: series, values: predicted.array(of: Float.self), steps: steps, last: place.seen.last ?? 0,
      truth: (1...steps).map { (place.seen.last ?? 0) + $0 * place.stride }.filter { $0 < series.shape.frameCount })
    try result.write(to: folder, meshExtension: options.meshExtension)
    let errors = result.errors()
    return Outcome(
      seen: place.seen, steps: steps, occupancy: result.occupancy, jaccard: errors.jaccard,
      persistence: errors.persistence, folder: folder.url.path)
  }

  private func readSeries() throws -> Series {
    let found = try SeriesFile.read(options.input)
    guard let series = found.first, found.count == 1 else {
      throw ExperimentError("\(options.input): holds \(found.count) series; give a file with one")
    }
    return try options.conversion(series)
  }

  /// Which frames the model sees: the last ones at the model's stride, as many as its window takes.
  private func frames(of series: Series) throws -> (seen: [Int], stride: Int) {
    let format = try run.configuration.frameFormat()
    let count = series.shape.frameCount
    let stride = options.stride ?? (count >= format.span ? format.stride : 1)
    guard stride > 0 else { throw ExperimentError("--stride must be at least 1") }
    let last = options.last ?? count - 1
    guard (0..<count).contains(last) else {
      throw ExperimentError("--last \(last): \(options.input) has the frames 0 to \(count - 1)")
    }
    let window = run.configuration.rollout.window
    let seen = Array(Swift.stride(from: last, through: 0, by: -stride).prefix(window).reversed())
    return (seen, stride)
  }

  /// User data must look like what the model learned from: shares of occupied space.
  private static func requireOccupancies(_ series: Series, path: String) throws {
    let values = series.values.floats
    guard let low = values.min(), let high = values.max(), low >= 0, high <= 1 else {
      throw ExperimentError(
        "\(path): values lie between \(values.min() ?? 0) and \(values.max() ?? 0), not 0 and 1; use --threshold X")
    }
  }
}
