import NN
import Testing
import Torch

/// Float64 against PyTorch in float64: only the order of sums differs, hence 1e-12 (1e-11 for second derivatives).
@Suite("Norms equal the references")
struct NormalizationTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture("normalization") }

  private func check(_ name: String, _ layer: any Module, _ apply: (Tensor) -> Tensor) throws {
    let x = try fixture["\(name).x"].requiringGradient()
    let output = apply(x)
    expectClose(output, try fixture["\(name).y"], 1e-12, name)
    let leaves = layer.parameters()
    let found = fullGradients(of: (output * (try fixture["\(name).r"])).sum(), [x] + leaves.map(\.parameter.value))
    for (key, gradient) in zip(["x"] + leaves.map(\.key), found) {
      expectClose(gradient, try fixture["\(name).grad.\(key)"], 1e-12, "\(name) \(key)")
    }
  }

  private func batchNorm(_ correction: VarianceCorrection) throws -> BatchNorm {
    let layer = BatchNorm(
      channels: 4, options: .init(momentum: 0.1, epsilon: 1e-3, varianceCorrection: correction))
    layer.convert(to: .float64)
    try layer.load([
      "weight": try fixture["batch_infer.weight"], "bias": try fixture["batch_infer.bias"],
      "runningMean": try fixture["batch.mean0"], "runningVariance": try fixture["batch.variance0"],
    ])
    return layer
  }

  @Test("Batch norm: inference, training, both kinds of running variance", arguments: VarianceCorrection.allCases)
  func batch(correction: VarianceCorrection) throws {
    let layer = try batchNorm(correction)
    try check("batch_infer", layer) { layer($0, mode: .inference) }
    expectClose(layer.runningMean.value, try fixture["batch.mean0"], 0)
    try check("batch_train", layer) { layer($0, mode: .training(Generator(seed: 1))) }
    expectClose(layer.runningMean.value, try fixture["batch.mean1"])
    let variance = correction == .unbiased ? "batch.variance1" : "batch.plain_variance1"
    expectClose(layer.runningVariance.value, try fixture[variance])
  }

  @Test("A batch of one value per channel leaves finite running statistics", arguments: VarianceCorrection.allCases)
  func singleValue(correction: VarianceCorrection) {
    let layer = BatchNorm(channels: 2, options: .init(momentum: 0.5, varianceCorrection: correction))
    let result = layer(Tensor([3, 4] as [Float], shape: [1, 2]), mode: .training(Generator(seed: 1)))
    #expect(result.isFinite())
    #expect(layer.runningVariance.value.isFinite() && layer.runningMean.value.isFinite())
  }

  @Test("Layer norm over trailing axes")
  func trailing() throws {
    let layer = LayerNorm(.trailing([4, 5]))
    try load(layer, "layer_trailing")
    try check("layer_trailing", layer) { layer($0) }
  }

  @Test("Layer norm over channels, and the gradient of a gradient penalty through it")
  func channels() throws {
    let layer = LayerNorm(.channels(6), epsilon: 1e-3)
    try load(layer, "layer_channels")
    try check("layer_channels", layer) { layer($0) }
    let x = try fixture["layer_channels.x"].requiringGradient()
    let output = Activation.leakyReLU(slope: 0.3)(layer(x)).squared()
    let slope = gradient(of: output.sum(), withRespectTo: [x], createGraph: true)[0]
    let penalty = (slope.flattened(from: 1).norm([1]) - 1).squared().mean()
    expectClose(penalty, try fixture["layer_channels.penalty"])
    let found = gradient(of: penalty, withRespectTo: [x, layer.weight.value, layer.bias.value])
    for (key, value) in zip(["x", "weight", "bias"], found) {
      expectClose(value, try fixture["layer_channels.penalty_grad.\(key)"], 1e-11, key)
    }
  }

  private func load(_ layer: LayerNorm, _ name: String) throws {
    layer.convert(to: .float64)
    try layer.load(["weight": try fixture["\(name).weight"], "bias": try fixture["\(name).bias"]])
  }

  @Test("Wrong channel counts trap and name the shape")
  func traps() async {
    let batch = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(channels: 3)(.zeros([2, 4, 2]), mode: .inference)
    }
    #expect(errorText(batch).contains("[2, 4, 2]"))
    let layer = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LayerNorm(.channels(3))(.zeros([2, 4, 2]))
    }
    #expect(errorText(layer).contains("[2, 4, 2]"))
  }
}
