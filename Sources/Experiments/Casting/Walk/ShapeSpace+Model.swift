import Foundation
import NN
import Torch

extension ShapeSpace {
  /// The shapes of a run, or of a file of weights.
  ///
  /// *Parameters*: `device` as the user says it; `precision` fp32 or bf16, nil for the run's own.
  /// *Throws*: if it is neither, or a run of something else.
  public static func open(
    _ path: String, device: String = "cpu", precision: String? = nil, choice: ForecastRun.Choice = .best
  ) throws -> ShapeSpace {
    let reduced = try precision.map { name in
      guard let precision = Precision(rawValue: name) else {
        throw ExperimentError("--precision is fp32 or bf16, not \(name)")
      }
      return precision
    }
    let model = try ShapeModel.open(path, device: try Device(parsing: device), choice: choice)
    return ShapeSpace(model, precision: reduced)
  }

  /// The shapes of a model.
  public init(_ model: ShapeModel, precision: Precision? = nil) {
    let name = URL(filePath: model.path).lastPathComponent
    self.init(name: name, latentSize: model.latentSize, level: model.configuration.field.level) { code in
      try model.field(code: code, precision: precision)
    } randomCodes: { count, seed in
      model.randomCodes(count: count, seed: seed)
    }
    clip = model.configuration.field.clip
    guard let table = model.codes else { return }
    trained = table.entries.enumerated().map { index, entry in
      NamedCode(entry.id, category: entry.category, values: table.code(index))
    }
  }
}
