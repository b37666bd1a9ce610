import NN
import Testing
import Torch

@Suite("Layers in one pass over memory")
struct FusedLayerTests {
  /// Volumes with as many channels as given, channels last in memory or first.
  private func volumes(_ channels: Int, channelsLast: Bool, seed: UInt64) -> Tensor {
    let volumes = Tensor.normal([3, channels, 4, 6, 8], generator: Generator(seed: seed))
    return channelsLast ? volumes.channelsLast3d() : volumes
  }

  @Test("Without dropout it is the leaky ReLU, derivatives of second order included", arguments: [true, false])
  func activation(channelsLast: Bool) {
    let layer = DroppedActivation(slope: 0.3, rate: 0.5)
    let x = volumes(5, channelsLast: channelsLast, seed: 1).requiringGradient()
    let (found, wanted) = (layer(x, mode: .inference), x.leakyReLU(0.3))
    #expect((found - wanted).abs().max().item() == 0)
    #expect(found.isContiguous(channelsLast3d: true) == channelsLast)
    func second(_ y: Tensor) -> Tensor {
      let first = gradient(of: (y * y * y).sum(), withRespectTo: [x], createGraph: true)[0]
      return gradient(of: first.squared().sum(), withRespectTo: [x])[0]
    }
    let (a, b) = (second(found), second(wanted))
    #expect((a - b).abs().max().item() <= 1e-5 * b.abs().max().item())
  }

  @Test("Dropout drops its share, enlarges the rest, and its derivative has the same holes", arguments: [0.0, 0.3])
  func dropping(slope: Double) {
    let layer = DroppedActivation(slope: slope, rate: 0.25)
    let x = (volumes(40, channelsLast: true, seed: 2).abs() + 0.1).requiringGradient()
    let y = layer(x, mode: .training(Generator(seed: 7)))
    let isDropped = y.equal(to: 0).to(dtype: .float32)
    // 23,040 draws: five standard deviations are 0.014.
    #expect(abs(isDropped.mean().item() - 0.25) < 0.014)
    #expect((y - x * (1 - isDropped) / 0.75).abs().max().item() < 1e-5)
    let slopes = gradient(of: y.sum(), withRespectTo: [x])[0]
    #expect((slopes - (1 - isDropped) / 0.75).abs().max().item() < 1e-6)
    // Below zero the slope comes on top.
    let below = layer(-x.detached(), mode: .training(Generator(seed: 7)))
    #expect((below + slope * y).abs().max().item() < 1e-5)
  }

  @Test("A seed drops the same elements whatever the number of threads; the next pass drops others")
  func threads() {
    let x = Tensor.ones([1, 8, 32, 32, 32])
    let layer = DroppedActivation(slope: 0.3, rate: 0.5)
    let generator = Generator(seed: 3)
    let first = layer(x, mode: .training(generator))
    let next = layer(x, mode: .training(generator))
    let before = Runtime.threadCount
    Runtime.threadCount = before == 1 ? 2 : 1
    let again = layer(x, mode: .training(Generator(seed: 3)))
    Runtime.threadCount = before
    #expect((first - again).abs().max().item() == 0)
    // Two independent halves differ at half of all places; neighbours are independent as well.
    #expect(abs((first - next).equal(to: 0).to(dtype: .float32).mean().item() - 0.5) < 0.01)
    let shifted = first.narrowed(4, start: 1, length: 31) - first.narrowed(4, start: 0, length: 31)
    #expect(abs(shifted.equal(to: 0).to(dtype: .float32).mean().item() - 0.5) < 0.01)
  }

  @Test("Plain dropout drops its share by the same numbers")
  func plainDropout() {
    let x = Tensor.ones([64, 1000])
    let y = Dropout(rate: 0.2)(x, mode: .training(Generator(seed: 5)))
    #expect(abs(y.equal(to: 0).to(dtype: .float32).mean().item() - 0.2) < 0.01)
    #expect(y.max().item() == Double(Float(1 / 0.8)))
    #expect((y - Dropout(rate: 0.2)(x, mode: .training(Generator(seed: 5)))).abs().max().item() == 0)
  }

  @Test(
    "Means of blocks are the library's pooling, derivatives of second order included",
    arguments: [[2, 2, 2], [1, 3, 2]])
  func pooling(block: [Int]) {
    let pool = AveragePool3d(kernelSize: Extent(block[0], block[1], block[2]))
    let last = volumes(5, channelsLast: true, seed: 4).requiringGradient()
    let first = last.detached().contiguous().requiringGradient()
    let (found, wanted) = (pool(last), pool(first))
    #expect((found - wanted).abs().max().item() < 1e-6)
    #expect(found.isContiguous(channelsLast3d: true))
    func second(_ y: Tensor, _ x: Tensor) -> Tensor {
      let slopes = gradient(of: (y * y * y).sum(), withRespectTo: [x], createGraph: true)[0]
      return gradient(of: slopes.squared().sum(), withRespectTo: [x])[0]
    }
    let (a, b) = (second(found, last), second(wanted, first))
    #expect((a - b).abs().max().item() <= 1e-5 * b.abs().max().item())
  }

  enum Method: CaseIterable { case adam, adamW, rmsProp, sgd }

  @Test("Kept transforms of a kernel are let go of when an optimizer changes the kernel", arguments: Method.allCases)
  func keptTransforms(method: Method) {
    func optimizer(_ layer: Conv3d) -> any Optimizer {
      var decoupled = Adam.Options()
      (decoupled.weightDecay, decoupled.isDecayDecoupled) = (0.1, true)
      return switch method {
      case .adam: Adam(layer.parameters(), learningRate: 0.1)
      case .adamW: Adam(layer.parameters(), learningRate: 0.1, options: decoupled)
      case .rmsProp: RMSprop(layer.parameters(), learningRate: 0.01)
      case .sgd: SGD(layer.parameters(), learningRate: 1e-4)
      }
    }
    var options = ConvolutionOptions()
    options.method = .spectral(tiles: [1, 1, 1])
    let plain = Conv3d(
      inputChannels: 3, outputChannels: 4, kernelSize: 5, options: options, generator: Generator(seed: 1))
    options.keepsTransforms = true
    let keeping = Conv3d(
      inputChannels: 3, outputChannels: 4, kernelSize: 5, options: options, generator: Generator(seed: 1))
    let x = Tensor.normal([2, 3, 4, 4, 4], generator: Generator(seed: 2)).requiringGradient()
    let optimizers = [plain, keeping].map(optimizer)
    for _ in 0..<3 {
      let results = zip([plain, keeping], optimizers).map { layer, optimizer -> [Tensor] in
        // A penalty on the slope, so that every derivative of the layer takes part.
        let y = layer(x)
        let slope = gradient(of: y.squared().sum(), withRespectTo: [x], createGraph: true)[0]
        let gradients = gradient(of: slope.squared().sum() + y.sum(), withRespectTo: optimizer.parameters)
        optimizer.step(gradients: gradients)
        return [y, slope] + gradients
      }
      for (a, b) in zip(results[0], results[1]) { #expect((a - b).abs().max().item() == 0) }
    }
    // The optimizer's write is seen; so is one of our own.
    withoutGradient { keeping.weight.value.multiplyInPlace(0) }
    #expect(
      withoutGradient { keeping(x) - (keeping.bias?.value ?? .zeros([4])).reshaped([-1, 1, 1, 1]) }.abs().max().item()
        == 0)
  }
}
