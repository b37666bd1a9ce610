import NN
import Torch
import Training

/// Watches the running variances of a network's batch normalisations, and says when they do not fit what training sees.
///
/// A single batch in which activations blow up leaves its mark on the running statistics for as long as their momentum
/// remembers, although training itself, which uses each batch's own statistics, has long recovered: validation then looks
/// far worse than the model is. The variance of each batch is taken from how a step moved the running one, so that
/// nothing is computed twice and training is not touched. What is seen is not kept in checkpoints; a run that goes on looks anew.
package final class NormalizationWatch {
  /// How the running statistics move.
  package struct Options {
    /// Share of a batch in the running statistics: 0.01 for what Keras calls a momentum of 0.99.
    package var batchShare = 0.01
    /// Added to a variance before its root is taken.
    package var epsilon = 1e-3
    /// Whether the statistics are measured anew before each evaluation.
    package var isRecalibrated = false

    /// Keras' numbers unless said otherwise.
    package init(batchShare: Double = 0.01, epsilon: Double = 1e-3, isRecalibrated: Bool = false) {
      (self.batchShare, self.epsilon, self.isRecalibrated) = (batchShare, epsilon, isRecalibrated)
    }
  }

  /// A channel that is scaled to less than a tenth of what training sees.
  package static let ratioLimit = 100.0
  /// A batch whose variance is this many times the running one is an explosion, and no fluctuation.
  package static let explosionLimit = 1e4

  private struct Layer {
    let name: String
    let variance: Buffer
    var before: Tensor?
    /// The largest variance of a batch, of which a tenth is forgotten at each step.
    var recent: Tensor?
  }

  private var layers: [Layer]
  private let options: Options

  /// A watch of all batch normalisations of `module`, found by their buffers.
  package init(_ module: some Module, options: Options) {
    self.options = options
    layers = Self.variances(of: module).map { Layer(name: $0.layer, variance: $0.buffer) }
  }

  /// To be called before a step moves the statistics.
  package func beginStep() {
    for index in layers.indices { layers[index].before = layers[index].variance.value.clone() }
  }

  /// To be called after a step; says whether a batch exploded in it.
  package func endStep() -> [TrainingWarning] {
    withoutGradient {
      var worst: (layer: String, spread: ChannelValue, before: Double)?
      for index in layers.indices {
        guard let before = layers[index].before else { continue }
        let now = layers[index].variance.value
        let batch = ((now - before * (1 - options.batchShare)) / options.batchShare).clamped(min: 0)
        layers[index].recent = layers[index].recent.map { ($0 * 0.9).maximum(batch) } ?? batch
        let spread = ChannelValue(largestOf: batch / (before + 1))
        guard !(spread.value <= max(Self.explosionLimit, worst?.spread.value ?? 0)) else { continue }
        worst = (layers[index].name, spread, before.array(of: Float.self).map(Double.init)[spread.channel])
      }
      return worst.map { [Self.explosion(in: $0.layer, $0.spread, before: $0.before)] } ?? []
    }
  }

  /// To be called at an evaluation; says which layer's running variance does not fit the batches.
  package func warnings() -> [TrainingWarning] {
    withoutGradient {
      var worst: (layer: Layer, ratio: ChannelValue)?
      for layer in layers {
        guard let recent = layer.recent, layer.variance.value.isFinite() else { continue }
        let ratio = ChannelValue(
          largestOf: (layer.variance.value + options.epsilon) / (recent + options.epsilon))
        if ratio.value > max(Self.ratioLimit, worst?.ratio.value ?? 0) { worst = (layer, ratio) }
      }
      guard let worst else {
        return Self.warnings(of: layers.map { ($0.name, $0.variance) }, remedy: remedy)
      }
      let variance = worst.layer.variance.value.array(of: Float.self)[worst.ratio.channel]
      return [
        TrainingWarning(
          "running statistics",
          "the running variance of \(worst.layer.name), channel \(worst.ratio.channel), is"
            + " \(Self.number(Double(variance))), \(Self.number(worst.ratio.value)) times that of the last batches: an"
            + " earlier batch spoilt it, and validation looks worse than the model is; \(remedy)")
      ]
    }
  }

  /// Says which running variances of a module are not finite or so large that some batch must have exploded.
  package static func warnings(of module: some Module, remedy: String = remedy(isRecalibrated: false))
    -> [TrainingWarning]
  {
    warnings(of: variances(of: module).map { ($0.layer, $0.buffer) }, remedy: remedy)
  }

  /// Trained networks have variances up to about one; a network that works in larger units does not reach this either.
  package static let varianceLimit = 1e6

  private static func warnings(of layers: [(String, Buffer)], remedy: String) -> [TrainingWarning] {
    let values = layers.map { (layer: $0.0, largest: ChannelValue(largestOf: $0.1.value)) }
    // A comparison that is false for what is not a number.
    guard let worst = values.first(where: { !($0.largest.value <= varianceLimit) }) else { return [] }
    return [
      TrainingWarning(
        "running statistics",
        "the running variance of \(worst.layer), channel \(worst.largest.channel), is \(number(worst.largest.value)):"
          + " a batch exploded, and validation looks worse than the model is; \(remedy)")
    ]
  }

  private static func explosion(in layer: String, _ spread: ChannelValue, before: Double) -> TrainingWarning {
    let batch = spread.value * (before + 1)
    return TrainingWarning(
      "batch statistics",
      "the activations before \(layer) exploded: the batch variance of channel \(spread.channel) is \(number(batch))"
        + " where the running one was \(number(before)); if it comes again, lower optimizer.learningRate or set"
        + " optimizer.gradientNorm=1")
  }

  private var remedy: String { Self.remedy(isRecalibrated: options.isRecalibrated) }

  package static func remedy(isRecalibrated: Bool) -> String {
    isRecalibrated
      ? "lower optimizer.learningRate or set optimizer.gradientNorm=1"
      : "training.recalibrationBatches=12 measures the statistics anew before each validation, also with --resume"
  }

  private static func variances(of module: some Module) -> [(layer: String, buffer: Buffer)] {
    let suffix = "runningVariance"
    return module.buffers().filter { $0.key.hasSuffix(suffix) }.map { key, buffer in
      let layer = key.dropLast(suffix.count)
      return (layer.isEmpty ? "the normalisation" : String(layer.dropLast()), buffer)
    }
  }

  private static func number(_ value: Double) -> String { HealthText.number(value) }
}

/// The largest of a layer's channels; one that is not a number counts as larger than all.
private struct ChannelValue {
  let value: Double
  let channel: Int

  init(largestOf tensor: Tensor) {
    let values = tensor.array(of: Float.self)
    let channel = values.firstIndex(where: \.isNaN) ?? values.indices.max { values[$0] < values[$1] } ?? 0
    (value, self.channel) = (values.isEmpty ? 0 : Double(values[channel]), channel)
  }
}
