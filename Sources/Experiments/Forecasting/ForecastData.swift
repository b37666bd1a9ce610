import Foundation
import Torch
import Volumes

/// The series of a data set as a forecaster reads them.
///
/// A folder that `data split` made has three parts; a folder that just holds series serves as every part of itself
/// except for training, which needs the split.
struct ForecastData {
  private let configuration: ForecastConfiguration
  private let directory: String

  init(_ configuration: ForecastConfiguration, directory: String) {
    (self.configuration, self.directory) = (configuration, directory)
  }

  /// Shuffled windows without end, from a place in the data on; pairs of sequences unless said otherwise.
  func trainingLoader(from cursor: LoaderCursor, windows: WindowKind = .sequencePairs) throws -> SeriesLoader {
    var options = LoaderConfiguration(
      paths: limited(try paths(.training), to: configuration.data.trainingFiles),
      format: try configuration.frameFormat())
    options.windows = windows
    options.batchSize = configuration.training.batchSize
    options.seed = configuration.seed
    options.cacheBytes = configuration.data.cacheBytes
    return try SeriesLoader(options, at: cursor, reader: Self.occupancies)
  }

  /// Whole series of one part in name order, once.
  func seriesLoader(_ part: DatasetPart, limit: Int = 0, batchSize: Int? = nil) throws -> SeriesLoader {
    var options = LoaderConfiguration(
      paths: limited(try paths(part), to: limit), format: try configuration.frameFormat())
    options.windows = .rollout
    options.batchSize = batchSize ?? configuration.training.batchSize
    options.lastBatch = .keep
    options.isShuffled = false
    options.epochs = 1
    return try SeriesLoader(options, reader: Self.occupancies)
  }

  /// The files of a part: of its folder if the data set is split, else of the whole folder (not for training).
  func paths(_ part: DatasetPart) throws -> [String] {
    var isFolder: ObjCBool = false
    let folder = "\(directory)/\(part.folderName)"
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue {
      return try part.paths(in: directory)
    }
    guard part != .training else {
      throw ExperimentError(
        "\(directory): has no \(part.folderName); make it with formcast data split \(directory) OUT")
    }
    return try SeriesFile.listSeries(in: directory)
  }

  /// The part that a model is judged on: test, or validation where the data set has no test part.
  var judgedPart: DatasetPart {
    let exists = { (part: DatasetPart) in
      FileManager.default.fileExists(atPath: "\(self.directory)/\(part.folderName)")
    }
    return !exists(.test) && exists(.validation) ? .validation : .test
  }

  /// Reads series whose values all lie between 0 and 1: anything else would be learned, and scored, as silent nonsense.
  private static let occupancies: SeriesLoader.Reader = { path in
    let list = try SeriesFile.read(path)
    for series in list {
      guard let value = series.values.firstOutsideUnitInterval else { continue }
      throw ExperimentError(
        "holds the value \(value), but a forecaster needs occupancies between 0 and 1;"
          + " formcast data convert --threshold makes them")
    }
    return list
  }

  private func limited(_ paths: [String], to count: Int) -> [String] { count > 0 ? Array(paths.prefix(count)) : paths }
}

extension Series.Values {
  /// A value that is no occupancy, if there is one.
  fileprivate var firstOutsideUnitInterval: Float? {
    switch self {
    case .uint8(let bytes):
      // Bytes are looked at all at once first; nearly always they are in order.
      return bytes.reduce(0, |) <= 1 ? nil : bytes.first { $0 > 1 }.map(Float.init)
    case .float32(let floats): return floats.first { !(0...1 ~= $0) }
    }
  }
}

extension SeriesBatch {
  /// Input frames as [T, N, 1, D, H, W].
  func inputTensor(on device: Device) -> Tensor { Self.frames(inputFloats, inputShape, device) }

  /// Target frames as [T, N, 1, D, H, W].
  func targetTensor(on device: Device) -> Tensor { Self.frames(targetFloats, targetShape, device) }

  private static func frames(_ values: [Float], _ shape: [Int], _ device: Device) -> Tensor {
    Tensor(values, shape: shape).to(device: device).transposed(0, 1).unsqueezed(2).contiguous()
  }
}
