import Experiments
import Foundation
import NN
import Testing

/// The first twenty losses of a small recipe: what they were when the network was found equal to its references.
@Suite("Losses of a recipe")
struct GoldenLossTests {
  /// float32; made with libtorch 2.11.0 on x86-64 with AVX-512.
  static let golden: [Double] = []

  private func losses(_ data: TinyData, _ precision: Precision) throws -> [Double] {
    var configuration = try ForecastRecipe.named("convlstm-demo").configuration
    (configuration.seed, configuration.precision, configuration.data.format) = (11, precision, "t20")
    (configuration.training.steps, configuration.training.samples) = (20, 0)
    (configuration.training.validationInterval, configuration.training.checkpointInterval) = (0, 0)
    _ = try data.train(configuration, precision.rawValue)
    return try data.run(precision.rawValue).steps().compactMap { $0.metrics["loss"] }
  }

  // Another processor sums in another order: 1e-6 in a forward pass, which twenty steps of Adam (whose first steps have the
  // size of the learning rate whatever the gradient) enlarge; a change of the mathematics shows in the second digit.
  @Test("Float32 repeats the recorded list")
  func float32() throws {
    let found = try losses(TinyData(), .float32)
    #expect(found.count == 20)
    for (step, (a, b)) in zip(found, Self.golden).enumerated() {
      #expect(abs(a - b) <= 1e-3 * b, "step \(step + 1): \(a) instead of \(b)")
    }
    if Self.golden.isEmpty { Issue.record("no list is recorded; found \(found)") }
  }

  // bfloat16 rounds every product's operands to 0.4 percent, without bias: the curves run side by side.
  @Test("Float32 and bfloat16 learn alike")
  func precisions() throws {
    let data = try TinyData()
    let (full, reduced) = (try losses(data, .float32), try losses(data, .bfloat16))
    #expect(full.count == 20 && reduced.count == 20)
    for (step, (a, b)) in zip(full, reduced).enumerated() {
      #expect(abs(a - b) <= 0.02 * a, "step \(step + 1): \(a) and \(b)")
    }
    #expect(full[19] < 0.8 * full[0] && reduced[19] < 0.8 * reduced[0])
  }
}
