import NN
import Torch

/// The codes of the training shapes, learned beside the network.
package final class CodeBook: Module {
  /// A row for each shape, [S, L].
  package let table: Parameter

  /// Codes near zero.
  package init(shapeCount: Int, latentSize: Int, deviation: Double, generator: Generator) {
    table = Parameter(
      .normal([shapeCount, latentSize], mean: 0, standardDeviation: deviation, generator: generator))
  }

  /// How large the codes of a batch are, as the penalty measures it: the mean over its points.
  func penalty(_ kind: AutodecoderConfiguration.Penalty, shares: Tensor) -> Tensor {
    let sizes =
      switch kind {
      case .meanSquare: table.value.squared().mean([1])
      // The root of a code of zeros has no derivative; a tiny number under it changes nothing else.
      case .norm: (table.value.squared().sum([1]) + 1e-24).sqrt()
      }
    return (sizes * shares).sum()
  }

  /// Scales codes that are longer than `bound` down to it.
  package func limit(to bound: Double) {
    guard bound > 0 else { return }
    withoutGradient {
      let norms = table.value.norm([1], keep: true)
      table.value.multiplyInPlace((bound / norms.clamped(min: 1e-12)).clamped(max: 1))
    }
  }
}
