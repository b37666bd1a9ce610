import Foundation
import Plots
import Runs

/// The validation curves of one model over the number of samples it has learned from.
package struct StudyCurves: Equatable, Sendable {
  /// Mean squared error and Jaccard distance to the target.
  package var mse: [CurvePoint], jaccard: [CurvePoint]
  /// The Jaccard distance of the null model; nil where it is not known.
  package var null: Double?

  /// The curves of a run's evaluations; `batchSize` turns steps into samples.
  package init(events: [TrainingEvent], batchSize: Int) {
    (mse, jaccard) = ([], [])
    for case .evaluation(let evaluation) in events {
      func point(_ name: String) -> CurvePoint? {
        evaluation.metrics[name].map { CurvePoint(x: Double(evaluation.step * batchSize), y: $0) }
      }
      if let point = point("mse") { mse.append(point) }
      if let point = point("jaccard") { jaccard.append(point) }
      null = evaluation.metrics["jaccard_null"] ?? null
    }
  }

  /// The curves of a loss history in the published layout.
  package init(history: LossHistory, batchSize: Int) {
    func points(_ column: String) -> [CurvePoint] {
      (history.column(column) ?? []).map { CurvePoint(x: Double($0.iteration * batchSize), y: $0.value) }
    }
    (mse, jaccard) = (points("MSE_VAL_LOSS"), points("JACCARD_VAL_LOSS"))
  }

  /// The published curves in a folder, as far as they are there.
  ///
  /// *Throws*: if a file cannot be read, or none of the nine is there.
  package static func published(in folder: String) throws -> [StudyModel: StudyCurves] {
    var found: [StudyModel: StudyCurves] = [:]
    for model in StudyModel.all {
      let name = "\(model.architecture.publishedFileName)_\(model.format.publishedFileName).validation.csv"
      let file = URL(filePath: folder).appending(path: name)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      found[model] = StudyCurves(
        history: try LossHistory(contentsOf: file), batchSize: model.architecture.publishedBatchSize)
    }
    guard !found.isEmpty else {
      throw ExperimentError("\(folder): has no published curves, such as convlstm3d_16_T80_TINC4.validation.csv")
    }
    return found
  }
}
