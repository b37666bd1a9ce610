import Testing
import Torch

@Suite("Operators of layers: values and gradients")
struct LayerTests {
  let volume = random([2, 4, 4, 5, 3], seed: 5)

  /// A convolution by its definition, in Swift.
  func convolved(_ x: Tensor, _ w: Tensor, stride: Int, padding: Int) -> [Double] {
    let x = x.padded([padding, padding, padding])
    let (size, kernel) = (x.shape, w.shape)
    let out = (2..<5).map { (size[$0] - kernel[$0]) / stride + 1 }
    var result: [Double] = []
    for n in 0..<size[0] {
      for o in 0..<kernel[0] {
        for d in 0..<out[0] {
          for h in 0..<out[1] {
            for v in 0..<out[2] {
              let block = x.selected(0, n).narrowed(1, d * stride, kernel[2]).narrowed(2, h * stride, kernel[3])
                .narrowed(3, v * stride, kernel[4])
              result.append((block * w.selected(0, o)).sum().item())
            }
          }
        }
      }
    }
    return result
  }

  @Test("conv3d equals its definition", arguments: [(1, 0), (1, 1), (2, 1)])
  func convolution(_ stride: Int, _ padding: Int) {
    let x = volume.narrowed(0, 0, 1), w = random([2, 4, 3, 3, 2])
    let found = x.conv3d(w, stride: stride, padding: padding)
    expectClose(found.array(of: Double.self), convolved(x, w, stride: stride, padding: padding), tolerance: 1e-12)
  }

  @Test("gradients of conv3d equal differences", arguments: [(1, 0, 1), (1, 1, 1), (2, 1, 1), (1, 2, 2)])
  func convolutionGradients(_ stride: Int, _ padding: Int, _ dilation: Int) {
    expectGradients(
      of: { $0[0].conv3d($0[1], bias: $0[2], stride: stride, padding: padding, dilation: dilation) },
      at: [random([1, 2, 4, 4, 4]), random([3, 2, 2, 3, 2], seed: 2), random([3], seed: 3)])
  }

  @Test("gradients of a grouped conv3d and of one with unequal sides equal differences")
  func groups() {
    expectGradients(
      of: { $0[0].conv3d($0[1], stride: [1, 2, 1], padding: [0, 1, 1], groups: 2) },
      at: [random([1, 4, 3, 4, 3]), random([4, 2, 2, 3, 3], seed: 2)])
  }

  @Test("convTranspose3d is the transpose of conv3d, and its gradients equal differences")
  func transposed() {
    let x = random([1, 2, 3, 3, 3]), w = random([2, 3, 3, 3, 3], seed: 2)
    let y = x.convTranspose3d(w, stride: 2, padding: 1, outputPadding: 1)
    #expect(y.shape == [1, 3, 6, 6, 6])
    let z = random(y.shape, seed: 3)
    // <transpose(x), z> = <x, conv(z)>
    expectClose([(y * z).sum().item()], [(x * z.conv3d(w, stride: 2, padding: 1)).sum().item()], tolerance: 1e-12)
    expectGradients(
      of: { $0[0].convTranspose3d($0[1], bias: $0[2], stride: 2, padding: 1, outputPadding: 1) },
      at: [random([1, 2, 2, 2, 2]), random([2, 2, 3, 3, 3], seed: 2), random([2], seed: 3)])
  }

  @Test("the raw gradients of a convolution equal those of differentiation", arguments: [false, true])
  func rawGradients(_ isTransposed: Bool) {
    var geometry = ConvolutionGeometry(stride: 2, padding: 1)
    geometry.isTransposed = isTransposed
    let x = random([2, 3, 5, 5, 5]).requiringGradient()
    let w = random(isTransposed ? [3, 4, 3, 3, 3] : [4, 3, 3, 3, 3], seed: 2).requiringGradient()
    let b = random([4], seed: 3).requiringGradient()
    let y = x.convolved(w, bias: b, geometry)
    let g = random(y.shape, seed: 4)
    let wanted = gradients(of: [y], withRespectTo: [x, w, b], outputGradients: [g])
    let found = Tensor.convolutionGradients(
      outputGradient: g, input: x.detached(), weight: w.detached(), geometry: geometry)
    for (found, wanted) in zip([found.input, found.weight, found.bias], wanted) {
      if let found, let wanted {
        expectClose(found, wanted, tolerance: 1e-12)
      } else {
        Issue.record("a gradient is missing")
      }
    }
    let some = Tensor.convolutionGradients(
      outputGradient: g, input: x.detached(), weight: w.detached(), geometry: geometry, needed: (false, true, false))
    #expect(some.input == nil && some.weight?.shape == w.shape && some.bias == nil)
  }

  @Test("conv3d in bfloat16 and with channels last agrees with float32 to its precision")
  func reducedPrecision() {
    let x = random([2, 8, 6, 6, 6]).to(dtype: .float32), w = (random([8, 8, 3, 3, 3]) * 0.1).to(dtype: .float32)
    let wanted = x.conv3d(w, padding: 1)
    expectClose(x.channelsLast3d().conv3d(w.channelsLast3d(), padding: 1), wanted, tolerance: 1e-4)
    let half = x.to(dtype: .bfloat16).conv3d(w.to(dtype: .bfloat16), padding: 1)
    #expect(half.dtype == .bfloat16)
    // Operands are rounded to 8 bits; the 216 products are summed in float32.
    expectClose(half.to(dtype: .float32), wanted, tolerance: 0.03)
  }

  @Test("batch normalization: gradients, and statistics that follow")
  func batchNorm() {
    expectGradients(
      of: { $0[0].batchNorm(weight: $0[1], bias: $0[2], isTraining: true) },
      at: [random([3, 2, 2, 2, 2]), random([2], seed: 2), random([2], seed: 3)])
    let running = RunningStatistics(
      mean: .zeros([4], dtype: .float64), variance: .ones([4], dtype: .float64), momentum: 0.25)
    let (y, mean, inverse) = volume.batchNormWithStatistics(running: running, isTraining: true, epsilon: 1e-3)
    let axes = [0, 2, 3, 4]
    expectClose(mean, volume.mean(axes), tolerance: 1e-12)
    expectClose(inverse, (volume.variance(axes, unbiased: false) + 1e-3).rsqrt(), tolerance: 1e-12)
    expectClose(running.mean, volume.mean(axes) * 0.25, tolerance: 1e-12)
    expectClose(running.variance, volume.variance(axes) * 0.25 + 0.75, tolerance: 1e-12)
    let shape = [1, 4, 1, 1, 1]
    expectClose(y, (volume - mean.reshaped(shape)) * inverse.reshaped(shape), tolerance: 1e-12)
    let inference = volume.batchNorm(running: running, isTraining: false, epsilon: 0)
    let scale = running.variance.reshaped(shape).rsqrt()
    expectClose(inference, (volume - running.mean.reshaped(shape)) * scale, tolerance: 1e-12)
  }

  @Test("layer normalization: values and gradients")
  func layerNorm() {
    let x = random([2, 3, 4])
    let wanted = (x - x.mean(-1, keep: true)) * (x.variance([-1], unbiased: false, keep: true) + 1e-5).rsqrt()
    expectClose(x.layerNorm([4]), wanted, tolerance: 1e-12)
    expectGradients(
      of: { $0[0].layerNorm([3, 4], weight: $0[1], bias: $0[2]) },
      at: [x, random([3, 4], seed: 2), random([3, 4], seed: 3)])
  }

  @Test("pooling and enlarging: values and gradients")
  func sampling() {
    let x = random([1, 2, 4, 4, 4])
    let blocks = x.reshaped([1, 2, 2, 2, 2, 2, 2, 2])
    expectClose(x.maxPool3d(2), blocks.max([3, 5, 7]), tolerance: 0)
    expectClose(x.averagePool3d(2), blocks.mean([3, 5, 7]), tolerance: 1e-14)
    #expect(x.maxPool3d(3, stride: 1, padding: 1).shape == x.shape)
    expectClose(x.upsampledNearest3d(scale: 2).averagePool3d(2), x, tolerance: 1e-14)
    #expect(x.upsampledTrilinear(scale: [1, 2, 3]).shape == [1, 2, 4, 8, 12])
    expectClose(Tensor.ones([1, 1, 2, 2, 2]).upsampledTrilinear(scale: 2), .ones([1, 1, 4, 4, 4]), tolerance: 1e-6)
    let functions: [([Tensor]) -> Tensor] = [
      { $0[0].maxPool3d(2) }, { $0[0].averagePool3d(2, stride: 1) }, { $0[0].upsampledNearest3d(scale: 2) },
      { $0[0].upsampledTrilinear(scale: 2) }, { $0[0].upsampledTrilinear(scale: 2, alignCorners: true) },
    ]
    for function in functions {
      expectGradients(of: function, at: [random([1, 1, 3, 2, 2])])
    }
  }

  @Test("gradients of activations, softmax and linear equal differences")
  func activations() {
    let functions: [(Tensor) -> Tensor] = [
      { $0.relu() }, { $0.leakyReLU(0.2) }, { $0.elu() }, { $0.gelu() }, { $0.gelu(tanhApproximation: true) },
      { $0.silu() }, { $0.sigmoid() }, { $0.logSigmoid() }, { $0.tanh() }, { $0.softplus() }, { $0.hardtanh() },
      { $0.softmax(1) }, { $0.logSoftmax(0) }, { $0.logSumExp([1]) }, { $0.cumsum(1) }, { $0.norm([1]) },
      { $0.variance([0]) }, { $0.max(dim: 1).values }, { $0.sort().values }, { $0.padded([1, 2]) },
    ]
    for function in functions {
      expectGradients(of: { function($0[0]) }, at: [random([3, 4])])
    }
    expectGradients(
      of: { $0[0].linear($0[1], bias: $0[2]) }, at: [random([2, 3]), random([4, 3], seed: 2), random([4], seed: 3)])
    expectClose(random([3, 4]).softmax(1).sum(1), .ones([3], dtype: .float64), tolerance: 1e-14)
  }

  @Test("losses: values and gradients")
  func losses() {
    let x = random([8]), t = random([8], seed: 2).sigmoid()
    let p = x.sigmoid()
    let entropy = -(t * p.log() + (1 - t) * (1 - p).log())
    expectClose(x.binaryCrossEntropyWithLogits(t, reduction: .none), entropy, tolerance: 1e-12)
    expectClose(p.binaryCrossEntropy(t), entropy.mean(), tolerance: 1e-12)
    expectClose(x.meanSquaredError(t, reduction: .sum), (x - t).squared().sum(), tolerance: 1e-12)
    expectClose(x.l1Loss(t), (x - t).abs().mean(), tolerance: 1e-12)
    let d = (x - t).abs()
    let smooth = Tensor.where(d .< 0.5, d.squared(), d - 0.25)
    expectClose(x.smoothL1(t, beta: 0.5, reduction: .none), smooth, tolerance: 1e-12)
    expectGradients(of: { $0[0].binaryCrossEntropyWithLogits(t) }, at: [x])
    expectGradients(of: { $0[0].smoothL1(t, beta: 0.5) }, at: [x])
  }
}
