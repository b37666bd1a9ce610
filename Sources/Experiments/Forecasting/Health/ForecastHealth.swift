import Torch

/// How a forecaster's predictions relate to each other, to their inputs and to the training frames: what losses do not tell.
///
/// Filled batch by batch during an evaluation and then asked for its measures; it holds one frame of
/// each of the first series, so that memory and time do not grow with the validation data.
package struct ForecastHealth {
  /// Series that are looked at.
  package static let seriesLimit = 256
  /// Training frames among which the nearest one is looked for.
  package static let bankLimit = 512

  private let bank: OccupancySet
  private var predictions: OccupancySet?
  private var targets: OccupancySet?
  private var inputs: OccupancySet?

  /// With a fixed bank of training frames.
  package init(bank: OccupancySet) { self.bank = bank }

  /// Adds the last window of each series of a batch.
  ///
  /// *Shapes*: all [N, 1, D, H, W], occupancies; the input of a prediction is the last frame seen before it.
  package mutating func add(predictions: Tensor, targets: Tensor, inputs: Tensor) {
    guard (self.predictions?.count ?? 0) < Self.seriesLimit else { return }
    withoutGradient {
      Self.append(predictions, to: &self.predictions)
      Self.append(targets, to: &self.targets)
      Self.append(inputs, to: &self.inputs)
    }
  }

  /// The measures by name; each `_target` is what the truth itself has, to hold the one before it against.
  ///
  /// `nearest_train`: mean Jaccard distance to the nearest training frame. `diversity`: mean distance between frames of
  /// different series. `copy`: mean distance to the input. `occupancy`: share of occupied voxels.
  package func measures() -> [String: Double] {
    guard let predictions, let targets, let inputs else { return [:] }
    return withoutGradient {
      var measures = [
        "copy": predictions.distancesInOrder(to: inputs).mean().item(),
        "copy_target": targets.distancesInOrder(to: inputs).mean().item(),
        "occupancy": predictions.occupancy, "occupancy_target": targets.occupancy,
      ]
      if let diversity = predictions.meanPairwiseDistance, let wanted = targets.meanPairwiseDistance {
        (measures["diversity"], measures["diversity_target"]) = (diversity, wanted)
      }
      if bank.count > 0 {
        measures["nearest_train"] = predictions.meanNearestDistance(in: bank)
        measures["nearest_train_target"] = targets.meanNearestDistance(in: bank)
      }
      return measures
    }
  }

  private static func append(_ frames: Tensor, to set: inout OccupancySet?) {
    let added = OccupancySet(frames)
    set = set?.joined(with: added, limit: seriesLimit) ?? added
  }
}

extension ForecastData {
  /// The last frame of each of the first training series.
  func healthBank(on device: Device) throws -> OccupancySet {
    let loader = try seriesLoader(.training, limit: ForecastHealth.bankLimit)
    defer { loader.cancel() }
    var bank: OccupancySet?
    while let batch = try loader.nextBatch() {
      let frames = OccupancySet(batch.inputTensor(on: device).selected(0, -1))
      bank = bank?.joined(with: frames, limit: ForecastHealth.bankLimit) ?? frames
    }
    guard let bank else { throw ExperimentError("the training data hold no series") }
    return bank
  }
}
