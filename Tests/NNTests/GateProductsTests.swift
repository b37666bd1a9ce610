import NN
import Testing
import Torch

@Suite("Convolutional LSTM: ways to compute its products")
struct GateProductsTests {
  /// A way and a layer that it can do.
  struct Way: CustomTestStringConvertible, Sendable {
    var kernelSize: Int
    var method: ConvolutionMethod

    var testDescription: String { "kernel \(kernelSize), \(method)" }
  }

  static let ways: [Way] =
    [1, 3, 5].map { Way(kernelSize: $0, method: .direct) } + [Way(kernelSize: 1, method: .matrixProduct)]
    + [1, 3, 5].flatMap { edge in
      [[1, 1, 1], [2, 1, 3], [2, 2, 2]].map { Way(kernelSize: edge, method: .spectral(tiles: $0)) }
    }

  private static let shape = [6, 3, 2, 7, 6, 8]

  private func layer(_ kernelSize: Int) -> ConvLSTM3d {
    ConvLSTM3d(.init(inputChannels: 2, filters: 6, kernelSize: kernelSize), generator: Generator(seed: 3))
  }

  private func frames(_ dtype: DType = .float32) -> Tensor {
    .normal(Self.shape, generator: Generator(seed: 4)).to(dtype: dtype)
  }

  /// Hidden states and all gradients.
  private func results(
    _ layer: ConvLSTM3d, _ frames: Tensor, _ method: ConvolutionMethod?, _ implementation: ConvLSTM3d.Implementation
  ) -> [Tensor] {
    let input = frames.detached().requiringGradient()
    let hidden = layer(input, implementation: implementation, method: method)
    let weights = Tensor.normal(hidden.shape, generator: Generator(seed: 5)).to(dtype: hidden.dtype)
    return [hidden]
      + gradient(
        of: (hidden * weights).sum(),
        withRespectTo: [input, layer.kernel.value, layer.recurrentKernel.value, layer.bias.value])
  }

  // Sums of up to 1,000 float32 products over six frames: 1e-6 to be expected.
  @Test("Every way gives the composed float64 result", arguments: ways)
  func everyWay(way: Way) {
    let exact = layer(way.kernelSize)
    exact.convert(to: .float64)
    let expected = results(exact, frames(.float64), nil, .composed)
    for (index, (a, b)) in zip(results(layer(way.kernelSize), frames(), way.method, .automatic), expected).enumerated()
    {
      let difference = (a.to(dtype: .float64) - b).abs().max().item()
      #expect(difference <= 1e-5 * b.abs().max().item(), "result \(index)")
    }
  }

  // The rectifiers' kinks turn roundings into jumps of whole gradients, so that chance decides about a factor: with three seeds
  // 0.3 to 3.3 times the library's error.
  @Test(
    "In bfloat16 every way is about as close to float64 as the library's",
    arguments: ways.filter { $0.method != .direct })
  func halfPrecision(way: Way) {
    let exact = layer(way.kernelSize)
    exact.convert(to: .float64)
    let expected = results(exact, frames(.bfloat16).to(dtype: .float64), nil, .composed)
    func errors(_ method: ConvolutionMethod) -> [Double] {
      zip(results(layer(way.kernelSize), frames(.bfloat16), method, .automatic), expected).map { found, wanted in
        let error = (found.to(dtype: .float64) - wanted).squared().mean().item() / wanted.squared().mean().item()
        return error.squareRoot()
      }
    }
    for (found, peer) in zip(errors(way.method), errors(.direct)) {
      #expect(found <= 4 * peer, "\(found), the library \(peer)")
    }
  }

  // The kernels' gradient takes 64 samples' spectra at a time.
  @Test("Chunks of frames add up: a long series of one sample")
  func manyChunks() {
    let frames = Tensor.normal([140, 1, 2, 3, 2, 3], generator: Generator(seed: 6))
    let direct = results(layer(3), frames, .direct, .automatic)
    let spectral = results(layer(3), frames, .spectral(tiles: [1, 1, 1]), .automatic)
    for (a, b) in zip(spectral, direct) {
      #expect((a - b).abs().max().item() <= 1e-4 * b.abs().max().item())
    }
  }

  @Test("Gates computed again are the same gates", arguments: ways)
  func recomputedGates(way: Way) {
    let (kept, recomputed) = (layer(way.kernelSize), layer(way.kernelSize))
    recomputed.keepsGates = false
    for (a, b) in zip(
      results(kept, frames(), way.method, .automatic), results(recomputed, frames(), way.method, .automatic))
    {
      #expect((a - b).abs().max().item() <= 1e-6 * b.abs().max().item())
    }
  }

  @Test("Transforms that inference keeps are those of the weights as they are")
  func keptTransforms() {
    let layer = layer(3)
    let method = ConvolutionMethod.spectral(tiles: [1, 1, 1])
    let first = withoutGradient { layer(frames(), method: method) }
    let again = withoutGradient { layer(frames(), method: method) }
    #expect(first.array(of: Float.self) == again.array(of: Float.self))
    withoutGradient { layer.kernel.value.multiplyInPlace(2) }
    let changed = withoutGradient { layer(frames(), method: method) }
    let expected = withoutGradient { layer(frames(), method: .direct) }
    #expect((changed - expected).abs().max().item() <= 1e-5 * expected.abs().max().item())
    #expect((changed - first).abs().max().item() > 1e-2)
  }
}
