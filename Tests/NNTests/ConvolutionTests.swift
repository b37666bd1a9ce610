import NN
import Testing
import Torch

/// Float64 against PyTorch in float64: only the order of sums differs, hence 1e-12.
@Suite("Convolutions and linear layers equal the references")
struct ConvolutionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var kernelSize: Extent
    var options: ConvolutionOptions
    var isTransposed = false
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "same_stride", kernelSize: 5, options: ConvolutionOptions(stride: 2)),
    Case(name: "same_dilated_groups", kernelSize: [3, 2, 3], options: dilatedGroups),
    Case(name: "explicit", kernelSize: 4, options: ConvolutionOptions(stride: 2, padding: .explicit(1))),
    Case(name: "valid", kernelSize: 4, options: ConvolutionOptions(padding: .valid)),
    Case(name: "transpose_same1", kernelSize: 5, options: ConvolutionOptions(), isTransposed: true),
    Case(name: "transpose_same2", kernelSize: 5, options: ConvolutionOptions(stride: 2), isTransposed: true),
    Case(name: "transpose_same_gap", kernelSize: 2, options: ConvolutionOptions(stride: 3), isTransposed: true),
    Case(name: "transpose_explicit", kernelSize: 4, options: transposeExplicit, isTransposed: true),
  ]

  static var dilatedGroups: ConvolutionOptions {
    var options = ConvolutionOptions(hasBias: false)
    (options.dilation, options.groupCount) = ([2, 1, 1], 2)
    return options
  }

  static var transposeExplicit: ConvolutionOptions {
    var options = ConvolutionOptions(stride: 3, padding: .explicit(1))
    (options.outputPadding, options.groupCount) = (1, 2)
    return options
  }

  @Test("Output and gradients", arguments: cases)
  func convolution(_ item: Case) throws {
    let fixture = try Fixture("convolution")
    let weightShape = try fixture["\(item.name).weight"].shape
    let (first, second) = (weightShape[0], weightShape[1] * item.options.groupCount)
    let generator = Generator(seed: 1)
    if item.isTransposed {
      let layer = ConvTranspose3d(
        inputChannels: first, outputChannels: second, kernelSize: item.kernelSize, options: item.options,
        generator: generator)
      try check(layer, item.name, fixture) { layer($0) }
    } else {
      let layer = Conv3d(
        inputChannels: second, outputChannels: first, kernelSize: item.kernelSize, options: item.options,
        generator: generator)
      try check(layer, item.name, fixture) { layer($0) }
    }
  }

  @Test("Linear: output and gradients")
  func linear() throws {
    let layer = Linear(inputs: 5, outputs: 4, generator: Generator(seed: 1))
    try check(layer, "linear", Fixture("convolution")) { layer($0) }
  }

  private func check(_ layer: any Module, _ name: String, _ fixture: Fixture, _ apply: (Tensor) -> Tensor) throws {
    layer.convert(to: .float64)
    var state: [String: Tensor] = [:]
    for key in layer.state().keys { state[key] = try fixture["\(name).\(key)"] }
    try layer.load(state)
    let x = try fixture["\(name).x"].requiringGradient()
    let output = apply(x)
    expectClose(output, try fixture["\(name).y"], 1e-12, name)
    let leaves = layer.parameters()
    let found = fullGradients(of: (output * (try fixture["\(name).r"])).sum(), [x] + leaves.map(\.parameter.value))
    for (key, gradient) in zip(["x"] + leaves.map(\.key), found) {
      expectClose(gradient, try fixture["\(name).grad.\(key)"], 1e-12, "\(name) \(key)")
    }
  }

  @Test("'Same' padding halves even sizes with the larger half of the zeros behind")
  func samePadding() {
    let options = ConvolutionOptions(stride: 2, hasBias: false).initialized(weight: .ones, bias: .zeros)
    let layer = Conv3d(
      inputChannels: 1, outputChannels: 1, kernelSize: [5, 1, 1], options: options, generator: Generator(seed: 1))
    let ramp = Tensor([1, 2, 4, 8, 16, 32, 64, 128] as [Float], shape: [1, 1, 8, 1, 1])
    // Windows start one before the first voxel: (pad 1 2 4 8), (2 .. 32), (8 .. 128), (32 64 128 pad pad).
    #expect(layer(ramp).array(of: Float.self) == [15, 62, 248, 224])
  }

  @Test("bfloat16 products differ from float32 by rounding only, and come back as float32")
  func precision() {
    let generator = Generator(seed: 2)
    let convolution = Conv3d(inputChannels: 4, outputChannels: 3, kernelSize: 3, generator: generator)
    let transposed = ConvTranspose3d(inputChannels: 4, outputChannels: 3, kernelSize: 3, generator: generator)
    let linear = Linear(inputs: 4, outputs: 3, generator: generator)
    let x = Tensor.normal([2, 4, 5, 4, 4], generator: generator)
    let calls: [(Precision, Bool) -> Tensor] = [
      { convolution(x, precision: $0, staysReduced: $1) }, { transposed(x, precision: $0, staysReduced: $1) },
      { linear(x, precision: $0, staysReduced: $1) },
    ]
    for call in calls {
      let (full, reduced) = (call(.float32, false), call(.bfloat16, false))
      #expect(full.dtype == .float32 && reduced.dtype == .float32)
      #expect(call(.bfloat16, true).dtype == .bfloat16)
      // Eight significant bits in every factor and in the result.
      expectClose(reduced, full, 0.02)
      #expect((reduced - full).abs().max().item() > 0)
    }
    let masters = convolution.parameters().map(\.parameter.value)
    let found = gradient(of: convolution(x, precision: .bfloat16).sum(), withRespectTo: masters)
    #expect(found.allSatisfy { $0.dtype == .float32 } && Tensor.areFinite(found))
  }

  @Test("Wrong ranks and groups trap and say why")
  func traps() async {
    let rank = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv3d(inputChannels: 1, outputChannels: 1, kernelSize: 3, generator: Generator(seed: 1))(
        .zeros([1, 4, 4, 4]))
    }
    #expect(errorText(rank).contains("[1, 4, 4, 4]"))
    await #expect(processExitsWith: .failure) {
      var options = ConvolutionOptions()
      options.groupCount = 2
      _ = Conv3d(inputChannels: 4, outputChannels: 3, kernelSize: 3, options: options, generator: Generator(seed: 1))
    }
  }
}

/// What a process that trapped wrote to standard error.
func errorText(_ result: ExitTest.Result?) -> String {
  String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
