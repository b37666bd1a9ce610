import Experiments
import Foundation
import NN
import Testing

extension TrainedTests {
  /// The first twenty losses of a small recipe: what they were when the network was found equal to its references.
  @Suite("Losses of a recipe")
  struct GoldenLossTests {
    /// float32; made with libtorch 2.11.0 on x86-64 with AVX-512.
    static let golden = [
      0.721140, 0.699334, 0.687024, 0.672035, 0.658329, 0.641957, 0.629070, 0.603361, 0.562946, 0.531454, 0.553359,
      0.619175,
      0.646168, 0.473747, 0.470489, 0.451671, 0.452884, 0.419693, 0.408554, 0.392505,
    ]

    private func losses(_ data: TinyData, _ precision: Precision) throws -> [Double] {
      var configuration = try ForecastRecipe.named("convlstm-demo").configuration
      (configuration.seed, configuration.precision, configuration.data.format) = (11, precision, "t20")
      // The published rate: at the recipe's own, rounding is enlarged too much to compare anything.
      (configuration.optimizer.learningRate, configuration.optimizer.schedule) = (1e-3, .constant)
      (configuration.training.steps, configuration.training.samples) = (20, 0)
      (configuration.training.validationInterval, configuration.training.checkpointInterval) = (0, 0)
      _ = try data.train(configuration, precision.rawValue)
      return try data.run(precision.rawValue).steps().compactMap { $0.metrics["loss"] }
    }

    // Another processor, or another way to convolve, sums in another order: 1e-6 in a forward pass, which twenty steps of Adam
    // (whose first steps have the size of the learning rate whatever the gradient) enlarge to 0.5 percent at the spike of the
    // thirteenth step; a change of the mathematics shows in the second digit of the first steps.
    @Test("Float32 repeats the recorded list")
    func float32() throws {
      let found = try losses(TinyData(), .float32)
      try #require(found.count == 20)
      for (step, (a, b)) in zip(found, Self.golden).enumerated() {
        #expect(abs(a - b) <= (step < 8 ? 1e-3 : 1e-2) * b, "step \(step + 1): \(a) instead of \(b)")
      }
    }

    // bfloat16 rounds every product's operands to 0.4 percent, without bias: the curves run side by side, 0.3 percent apart at most when this was written.
    @Test("Float32 and bfloat16 learn alike")
    func precisions() throws {
      let data = try TinyData()
      let (full, reduced) = (try losses(data, .float32), try losses(data, .bfloat16))
      try #require(full.count == 20 && reduced.count == 20)
      for (step, (a, b)) in zip(full, reduced).enumerated() {
        #expect(abs(a - b) <= 0.01 * a, "step \(step + 1): \(a) and \(b)")
      }
      #expect(full[19] < 0.8 * full[0] && reduced[19] < 0.8 * reduced[0])
    }
  }
}
