import NN
import Torch
import Training

/// Stops training at the first number that is none, and names it.
enum Finiteness {
  /// Throws unless all gradients are finite; `player` says whose they are where there are several, such as `the critic's`.
  static func require(
    gradients: [Tensor], of parameters: @autoclosure () -> [(key: String, parameter: Parameter)],
    player: String? = nil
  ) throws {
    guard !Tensor.areFinite(gradients) else { return }
    let culprit = zip(parameters(), gradients).first { !$0.1.isFinite() }?.0.key ?? "some parameter"
    throw NonFinite("\(player ?? "the") gradient of \(culprit)")
  }

  /// Throws unless a loss or one of its terms is finite.
  static func require(_ value: Double, _ term: String) throws {
    guard value.isFinite else { throw NonFinite(term) }
  }

  /// Throws unless all weights are finite; no training goes on from others, so they are not worth a checkpoint.
  static func require(parameters: [(key: String, parameter: Parameter)]) throws {
    guard !Tensor.areFinite(parameters.map(\.parameter.value)) else { return }
    let culprit = parameters.first { !$0.parameter.value.isFinite() }?.key ?? "some parameter"
    throw NonFinite("the weight \(culprit)")
  }

  /// Throws unless a prediction for validation is finite.
  ///
  /// Where training goes on well, what is not finite here are the running statistics of batch normalisation.
  static func require(prediction: Tensor, recalibrated: Bool) throws {
    guard !prediction.isFinite() else { return }
    let remedy = "start again with a lower optimizer.learningRate"
    throw NonFinite(
      "the prediction for validation",
      remedy: recalibrated
        ? remedy : "\(remedy), or go on with --resume and training.recalibrationBatches=12")
  }
}
