import Foundation
import NN
import Testing
import Torch

@Suite("Activations, pooling, dropout and losses")
struct FunctionTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture("functions") }

  @Test("Activations equal the references and their gradients finite differences", arguments: Activation.allCases)
  func activation(_ activation: Activation) throws {
    let x = try fixture["x"].requiringGradient()
    // The operator for softplus turns linear above 20 only; all others are the same formula.
    expectClose(activation(x), try fixture[activation.rawValue], 1e-13, activation.rawValue)
    // Shifted, so that no element lies on a kink, where differences mean nothing.
    let inner = (x.detached() + 0.0125).requiringGradient()
    let scalar = { (activation(inner).squared() + activation(inner)).sum() }
    expectGradient(of: scalar, [inner], generator: Generator(seed: 2), activation.rawValue)
  }

  @Test("Activations survive text and JSON; unknown ones do not")
  func activationText() throws {
    for activation in Activation.allCases + [.leakyReLU(slope: 0.01)] {
      #expect(Activation(rawValue: activation.rawValue) == activation)
      let coded = try JSONEncoder().encode([activation])
      #expect(try JSONDecoder().decode([Activation].self, from: coded) == [activation])
    }
    for text in ["", "Relu", "leakyReLU", "leakyReLU()", "leakyReLU(nan)", "leakyReLU(0.1", "relu "] {
      #expect(Activation(rawValue: text) == nil, "\(text)")
    }
  }

  @Test("Pooling and upsampling equal the references")
  func pooling() throws {
    let volume = try fixture["volume"]
    expectClose(MaxPool3d(kernelSize: 2)(volume), try fixture["max_pool"], 0)
    expectClose(MaxPool3d(kernelSize: [3, 2, 2], stride: [1, 2, 1])(volume), try fixture["max_pool_stride"], 0)
    expectClose(AveragePool3d(kernelSize: 2)(volume), try fixture["average_pool"], 1e-14)
    expectClose(UpsampleNearest(scale: [2, 3, 1])(volume), try fixture["upsample"], 0)
  }

  @Test("Dropout drops the share asked for, scales the rest, and repeats under a seed")
  func dropout() {
    let layer = Dropout(rate: 0.25)
    let ones = Tensor.ones([100, 400])
    let values = layer(ones, mode: .training(Generator(seed: 4))).array(of: Float.self)
    #expect(Set(values) == [0, 1 / 0.75])
    // The share of 40,000 independent draws has a standard deviation of 0.0022.
    #expect(abs(Double(values.count { $0 == 0 }) / 40_000 - 0.25) < 0.01)
    #expect(layer(ones, mode: .training(Generator(seed: 4))).array(of: Float.self) == values)
    #expect(layer(ones, mode: .training(Generator(seed: 5))).array(of: Float.self) != values)
    #expect(layer(ones, mode: .inference).isSame(as: ones))
    #expect(Dropout(rate: 0)(ones, mode: .training(Generator(seed: 4))).isSame(as: ones))
  }

  @Test("Losses equal the references and their gradients finite differences")
  func losses() throws {
    let (target, generator) = (try fixture["target"], Generator(seed: 6))
    let logits = try fixture["logits"].requiringGradient()
    let probabilities = try fixture["probabilities"].requiringGradient()
    let cases: [(String, Tensor, () -> Tensor)] = [
      ("bce_logits", logits, { Loss.binaryCrossEntropy(logits: logits, target: target) }),
      ("bce_probabilities", probabilities, { Loss.binaryCrossEntropy(probabilities: probabilities, target: target) }),
      ("mse", logits, { Loss.meanSquaredError(logits, target: target) }),
      ("l1", logits, { Loss.l1(logits, target: target) }),
      ("clamped_l1", logits, { Loss.clampedL1(logits, target: target, bound: 0.4) }),
      (
        "clamped_l1_target_only", logits,
        { Loss.clampedL1(logits, target: target, bound: 0.4, clampsPrediction: false) }
      ),
    ]
    for (name, input, loss) in cases {
      expectClose(loss(), try fixture[name], 1e-13, name)
      // At probabilities of exactly 0 and 1 the clip has a kink; there only the value is compared.
      if name != "bce_probabilities" { expectGradient(of: loss, [input], generator: generator, name) }
    }
    let inner = (probabilities.detached() * 0.8 + 0.1).requiringGradient()
    let plain = { Loss.binaryCrossEntropy(probabilities: inner, target: target) }
    expectGradient(of: plain, [inner], generator: generator, "inner probabilities")
  }

  @Test("Cross-entropy of saturated single-precision numbers stays finite")
  func saturation() {
    let target = Tensor([0, 1, 0, 1] as [Float], shape: [4])
    let probabilities = Tensor([0, 0, 1, 1] as [Float], shape: [4]).requiringGradient()
    let loss = Loss.binaryCrossEntropy(probabilities: probabilities, target: target)
    // Keras 3 gives 15.942385 and 16.118095 for the wrong certainties: the clip is rounded to single precision.
    #expect(abs(loss.item() - (15.942385 + 16.118095) / 4) < 1e-3)
    #expect(gradient(of: loss, withRespectTo: [probabilities])[0].isFinite())
    let logits = Tensor([-200, -200, 200, 200] as [Float], shape: [4])
    #expect(Loss.binaryCrossEntropy(logits: logits, target: target).item() == 100)
  }

  @Test("A loss of unequal shapes traps")
  func traps() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Loss.l1(.zeros([2, 3]), target: .zeros([3]))
    }
    #expect(errorText(result).contains("[2, 3] and [3]"))
    await #expect(processExitsWith: .failure) { _ = Dropout(rate: 1) }
  }
}
