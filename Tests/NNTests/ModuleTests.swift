import NN
import Testing
import Torch

private final class Block: Module {
  let conv: Conv3d
  let norm: BatchNorm
  let pool = MaxPool3d(kernelSize: 2)
  let activation = Activation.leakyReLU(slope: 0.1)
  let sizes = [1, 2, 3]

  init(_ generator: Generator) {
    conv = Conv3d(inputChannels: 1, outputChannels: 2, kernelSize: 1, generator: generator)
    norm = BatchNorm(channels: 2)
  }
}

private final class Network: Module {
  let name = "a network"
  let input: Linear
  let blocks: [Block]
  let shortcut: Linear?
  let absent: Linear? = nil
  let mixed: [(any Module)?]
  let codes: Parameter
  let statistics: Buffer
  let scalars: [Parameter]

  init(_ generator: Generator) {
    input = Linear(inputs: 2, outputs: 1, generator: generator)
    blocks = [Block(generator), Block(generator)]
    shortcut = Linear(inputs: 1, outputs: 1, biasInitializer: nil, generator: generator)
    mixed = [nil, Dropout(rate: 0.5), LayerNorm(.channels(2))]
    codes = Parameter(.zeros([3, 4]))
    statistics = Buffer(.zeros([2]))
    scalars = [Parameter(.zeros([])), Parameter(.zeros([]))]
  }
}

@Suite("Modules: discovery, state, strict loading")
struct ModuleTests {
  private let network = Network(Generator(seed: 1))

  private static let parameterKeys = [
    "input.weight", "input.bias", "blocks.0.conv.weight", "blocks.0.conv.bias", "blocks.0.norm.weight",
    "blocks.0.norm.bias", "blocks.1.conv.weight", "blocks.1.conv.bias", "blocks.1.norm.weight", "blocks.1.norm.bias",
    "shortcut.weight", "mixed.2.weight", "mixed.2.bias", "codes", "scalars.0", "scalars.1",
  ]
  private static let bufferKeys = [
    "blocks.0.norm.runningMean", "blocks.0.norm.runningVariance", "blocks.1.norm.runningMean",
    "blocks.1.norm.runningVariance", "statistics",
  ]

  @Test("Keys are property names in the order of declaration")
  func keys() {
    #expect(network.parameters().map(\.key) == Self.parameterKeys)
    #expect(network.buffers().map(\.key) == Self.bufferKeys)
    #expect(Set(network.state().keys) == Set(Self.parameterKeys + Self.bufferKeys))
    #expect(network.parameterCount == 3 + 2 * 8 + 1 + 4 + 12 + 2)
    #expect(network.state().values.allSatisfy { !$0.requiresGradient })
  }

  @Test("Discovery sees what is there now, not what was there before")
  func noCache() {
    network.codes.value = .ones([5])
    #expect(network.state()["codes"]?.array(of: Float.self) == [1, 1, 1, 1, 1])
    #expect(network.codes.value.requiresGradient && network.codes.value.isLeaf)
  }

  @Test("A state is loaded in place and keeps the module's element type")
  func loading() throws {
    let other = Network(Generator(seed: 2))
    let held = network.codes.value
    var state = other.state()
    state["codes"] = .full([3, 4], value: 0.25, dtype: .float64)
    try network.load(state)
    #expect(held.array(of: Float.self) == [Float](repeating: 0.25, count: 12))
    #expect(network.codes.value.dtype == .float32)
    for (key, value) in network.state() where key != "codes" {
      #expect(value.array(of: Float.self) == other.state()[key]?.array(of: Float.self), "\(key)")
    }
  }

  @Test("A state that does not fit is refused with every reason, and changes nothing")
  func strictLoading() throws {
    var state = Network(Generator(seed: 2)).state()
    state["codes"] = .ones([4, 3])
    state["input.weight"] = nil
    state["statistics"] = nil
    state["input.kernel"] = .ones([1])
    let before = network.state().mapValues { $0.array(of: Float.self) }
    let error = try #require(throws: StateMismatch.self) { try network.load(state) }
    #expect(error.missing == ["input.weight", "statistics"])
    #expect(error.unexpected == ["input.kernel"])
    #expect(error.misshaped == ["codes (wanted [3, 4], found [4, 3])"])
    #expect(
      error.description
        == "the state does not fit; missing: input.weight, statistics; unexpected: input.kernel; "
        + "of another shape: codes (wanted [3, 4], found [4, 3])")
    #expect(network.state().mapValues { $0.array(of: Float.self) } == before)
  }

  @Test("Conversion reaches every leaf")
  func conversion() {
    network.convert(to: .float64)
    #expect(network.state().values.allSatisfy { $0.dtype == .float64 })
    #expect(network.parameters().allSatisfy { $0.parameter.value.requiresGradient })
    network.move(to: .cpu)
    #expect(network.parameters().map(\.key) == Self.parameterKeys)
  }
}
