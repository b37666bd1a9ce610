import NN
import Testing
import Torch

@Suite("Spectral convolution", .serialized)
struct SpectralConvolutionTests {
  /// Both backends against the direct convolution in float64; the peer is the library's float32 convolution of the same data.
  ///
  /// Five units in the last place of the largest element pass in any case: on small shapes both are as good as float32 gets,
  /// and which of them rounds better is chance.
  @Test("Errors are at most those of the direct float32 convolution", arguments: SpectralCase.all)
  func accuracy(item: SpectralCase) {
    let operands = item.operands(seed: 11)
    let exact = SpectralOutcome(of: item.direct, operands.map { $0.to(dtype: .float64) })
    let peer = SpectralOutcome(of: item.direct, operands).errors(to: exact)
    let found = SpectralOutcome(of: { item.convolution($0, weight: $1, bias: $2) }, operands).errors(to: exact)
    for (index, name) in SpectralOutcome.names.enumerated() {
      #expect(found[index] <= max(peer[index], 5e-7), "\(name): \(found[index]), direct \(peer[index])")
    }
  }

  @Test("Plain operators in float64 equal the direct convolution", arguments: SpectralCase.all)
  func operators(item: SpectralCase) {
    let operands = item.operands(seed: 12).map { $0.to(dtype: .float64) }
    let exact = SpectralOutcome(of: item.direct, operands)
    let found = SpectralOutcome(of: { item.convolution($0, weight: $1, bias: $2) }, operands)
    for (name, error) in zip(SpectralOutcome.names, found.errors(to: exact)) { #expect(error < 1e-13, "\(name)") }
    #expect(found.parts.allSatisfy { $0.dtype == .float64 })
    #expect(found.parts[0].isContiguous(channelsLast3d: true))
  }

  @Test("First and second gradients equal finite differences", arguments: SpectralCase.small)
  func differences(item: SpectralCase) {
    let generator = Generator(seed: 13)
    let operands = item.operands(seed: 14).map { $0.to(dtype: .float64) }
    let leaves = operands.prefix(3).map { $0.requiringGradient() }
    let function = {
      let result = item.convolution(leaves[0], weight: leaves[1], bias: leaves[2])
      return ((result + result.squared() * 0.3) * operands[3]).sum()
    }
    expectGradient(of: function, leaves, generator: generator)
    expectSecondGradient(of: function, leaves, generator: generator)
  }

  @Test("The transposed convolution has its bias and its gradients", arguments: SpectralCase.small)
  func transpose(item: SpectralCase) {
    let generator = Generator(seed: 15)
    let operands = item.operands(seed: 16).map { $0.to(dtype: .float64) }
    let leaves = [
      operands[3], operands[1], Tensor.normal([item.channels.input], generator: generator, dtype: .float64),
    ]
    .map { $0.requiringGradient() }
    let function = { () -> Tensor in
      let result = item.convolution.inputGradient(leaves[0], weight: leaves[1], bias: leaves[2])
      return ((result + result.squared() * 0.3) * operands[0]).sum()
    }
    let single = leaves.map { $0.detached().to(dtype: .float32) }
    let found = item.convolution.inputGradient(single[0], weight: single[1], bias: single[2])
    let wanted = item.convolution.inputGradient(leaves[0], weight: leaves[1], bias: leaves[2])
    expectClose(found, wanted, 2e-6)
    expectGradient(of: function, leaves, generator: generator)
    expectSecondGradient(of: function, leaves, generator: generator)
  }

  /// The library rounds volumes and kernel to eight bits; here it is volumes and spectra, where the processor has such products.
  /// Measured over these shapes, in the quadratic mean: 0.6 to 1.2 times the library's error for values, up to 1.5 and 1.7
  /// times for the gradients of input and kernel.
  @Test("bfloat16 errors are like those of the library", arguments: SpectralCase.all)
  func halfPrecision(item: SpectralCase) {
    let operands = item.operands(seed: 17)
    let (x, r) = (operands[0].to(dtype: .bfloat16), operands[3].to(dtype: .bfloat16))
    func outcome(_ dtype: DType, _ convolution: (_ x: Tensor, _ weight: Tensor, _ bias: Tensor) -> Tensor) -> [Tensor] {
      let wide = dtype == .bfloat16 ? DType.float32 : dtype
      let leaves = [x.to(dtype: dtype), operands[1].to(dtype: wide), operands[2].to(dtype: wide)]
        .map { $0.clone().requiringGradient() }
      let result = convolution(leaves[0], leaves[1], leaves[2])
      let found = fullGradients(of: (result * r.to(dtype: dtype)).sum(), leaves)
      #expect(found.map(\.dtype) == [dtype, wide, wide] && result.dtype == dtype)
      return [result] + found
    }
    let exact = outcome(.float64, item.direct)
    let peer = outcome(.bfloat16) { item.direct($0, $1.to(dtype: .bfloat16), $2.to(dtype: .bfloat16)) }
    let found = outcome(.bfloat16) { item.convolution($0, weight: $1, bias: $2) }
    for (index, name) in SpectralOutcome.names.dropLast().enumerated() {
      let scale = exact[index].squared().mean().item().squareRoot()
      let errors = [found, peer].map {
        ($0[index].to(dtype: .float64) - exact[index]).squared().mean().item().squareRoot() / scale
      }
      #expect(errors[0] <= max(2 * errors[1], 1e-6) && errors[0] < 4e-3, "\(name): \(errors)")
    }
  }

  @Test("Results do not depend on the number of threads", arguments: SpectralCase.all)
  func threads(item: SpectralCase) {
    let count = Runtime.threadCount
    defer { Runtime.threadCount = count }
    let operands = item.operands(seed: 18)
    let runs = [1, 2].map { threads in
      Runtime.threadCount = threads
      let x = operands[0]
      let result = item.convolution(x, weight: operands[1], bias: operands[2])
      let slopes = [
        item.convolution.inputGradient(operands[3], weight: operands[1]),
        item.convolution.kernelGradient(input: x, gradient: operands[3]),
      ]
      return ([result] + slopes).map { $0.array(of: Float.self).map(\.bitPattern) }
    }
    #expect(runs[0] == runs[1])
  }

  @Test("Axes longer than the native kernel's go through plain operators")
  func longAxes() {
    let item = SpectralCase.same(1, (2, 3), [60, 5, 52], [5, 3, 3])
    let operands = item.operands(seed: 19)
    let exact = SpectralOutcome(of: item.direct, operands.map { $0.to(dtype: .float64) })
    let found = SpectralOutcome(of: { item.convolution($0, weight: $1, bias: $2) }, operands)
    #expect(found.errors(to: exact).allSatisfy { $0 < 2e-6 })
  }

  @Test("Volumes and kernels of other shapes trap")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      let convolution = SpectralConvolution(
        extents: [4, 4, 4], kernel: [3, 3, 3], before: [1, 1, 1], after: [1, 1, 1])
      _ = convolution(.zeros([1, 2, 4, 4, 5]), weight: .zeros([3, 2, 3, 3, 3]))
    }
    await #expect(processExitsWith: .failure) {
      let convolution = SpectralConvolution(
        extents: [4, 4, 4], kernel: [3, 3, 3], before: [1, 1, 1], after: [1, 1, 1])
      _ = convolution(.zeros([1, 2, 4, 4, 4]), weight: .zeros([3, 2, 5, 3, 3]))
    }
  }
}
