import NN
import Testing
import Torch

/// Trajectories of six steps with a change of learning rate, in float64 against PyTorch (Adam with Keras' epsilon:
/// against its formula). Only rounding differs, hence 1e-12.
@Suite("Optimizers equal the references")
struct OptimizerTests {
  static let names = [
    "adam", "adam_decay", "adamw", "adam_keras", "rmsprop", "rmsprop_momentum", "sgd", "sgd_momentum", "sgd_nesterov",
  ]
  static let rates = [0.05, 0.05, 0.05, 0.01, 0.01, 0.01]

  let fixture: Fixture

  init() throws { fixture = try Fixture("optimizers") }

  private func start() throws -> [(key: String, parameter: Parameter)] {
    try (0..<2).map { ("p\($0)", Parameter(try fixture["start.\($0)"].clone())) }
  }

  private func optimizer(_ name: String, _ parameters: [(key: String, parameter: Parameter)]) -> any Optimizer {
    let group = [ParameterGroup(parameters, learningRate: 0.05)]
    switch name {
    case "adam": return Adam(group, options: .init(beta1: 0.5, beta2: 0.9, epsilon: 1e-3))
    case "adam_decay", "adamw":
      var options = Adam.Options()
      (options.weightDecay, options.isDecayDecoupled) = (0.1, name == "adamw")
      return Adam(group, options: options)
    case "adam_keras":
      return Adam(group, options: .init(beta1: 0.5, beta2: 0.999, epsilon: 1e-3, epsilonPlacement: .keras))
    case "rmsprop": return RMSprop(group, options: .init(epsilon: 1e-3))
    case "rmsprop_momentum": return RMSprop(group, options: .init(alpha: 0.9, momentum: 0.5, weightDecay: 0.1))
    case "sgd_momentum": return SGD(group, options: .init(momentum: 0.9, weightDecay: 0.1))
    case "sgd_nesterov": return SGD(group, options: .init(momentum: 0.9, isNesterov: true, weightDecay: 0.1))
    default: return SGD(group)
    }
  }

  private func gradients(_ step: Int) throws -> [Tensor] {
    try (0..<2).map { try fixture["gradient.\(step).\($0)"] }
  }

  @Test("Every step of the trajectory", arguments: names)
  func trajectory(name: String) throws {
    let parameters = try start()
    let optimizer = optimizer(name, parameters)
    for step in 0..<6 {
      optimizer.learningRate = Self.rates[step]
      optimizer.step(gradients: try gradients(step))
      for index in 0..<2 {
        expectClose(
          parameters[index].parameter.value, try fixture["\(name).\(step).\(index)"], 1e-12, "\(name) \(step)")
      }
    }
    #expect(parameters.allSatisfy { $0.parameter.value.requiresGradient && $0.parameter.value.isLeaf })
  }

  @Test("A run resumed from a file equals the uninterrupted one, bit for bit", arguments: names)
  func resume(name: String) throws {
    let (whole, early) = (try start(), try start())
    let (straight, first) = (optimizer(name, whole), optimizer(name, early))
    for step in 0..<6 { straight.step(gradients: try gradients(step)) }
    for step in 0..<3 { first.step(gradients: try gradients(step)) }
    let folder = try TemporaryFolder()
    try StateFile(tensors: first.state()).write(to: folder.path("optimizer.safetensors"))
    let late = early.map { ($0.key, Parameter($0.parameter.value.clone())) }
    let second = optimizer(name, late)
    second.learningRate = 99
    try second.load(StateFile(reading: folder.path("optimizer.safetensors")).tensors)
    for step in 3..<6 { second.step(gradients: try gradients(step)) }
    for (a, b) in zip(whole, late) {
      #expect(a.parameter.value.array(of: Double.self) == b.1.value.array(of: Double.self))
    }
  }

  @Test("Groups have their own learning rates, and those are part of the state")
  func groups() throws {
    let parameters = try start()
    let optimizer = SGD(parameters.map { ParameterGroup([$0], learningRate: 1) })
    optimizer.groups[1].learningRate = 0
    let before = parameters.map { $0.parameter.value.array(of: Double.self) }
    optimizer.step(gradients: try gradients(4))
    #expect(parameters[0].parameter.value.array(of: Double.self) != before[0])
    #expect(parameters[1].parameter.value.array(of: Double.self) == before[1])
    #expect(optimizer.state()["learningRates"]?.array(of: Double.self) == [1, 0])
    #expect(optimizer.state()["step"]?.item() == 1)
  }

  @Test("A state that does not fit is refused with every reason, and changes nothing")
  func strictLoading() throws {
    let optimizer = Adam(try start(), learningRate: 0.1)
    var state = optimizer.state()
    state["p0.firstMoment"] = nil
    state["p1.secondMoment"] = .zeros([7])
    state["p9.firstMoment"] = .zeros([1])
    state["step"] = Tensor([5], shape: [])
    let error = try #require(throws: StateMismatch.self) { try optimizer.load(state) }
    #expect(error.missing == ["p0.firstMoment"])
    #expect(error.unexpected == ["p9.firstMoment"])
    #expect(error.misshaped == ["p1.secondMoment (wanted [5], found [7])"])
    #expect(optimizer.state()["step"]?.item() == 0)
    for step in [Int.max, -1] {
      state = optimizer.state()
      state["step"] = Tensor([step], shape: [])
      #expect(throws: StateMismatch(misshaped: ["step (wanted a number of steps, found \(step))"])) {
        try optimizer.load(state)
      }
    }
    state["step"] = Tensor(2.5)
    #expect(throws: StateMismatch(misshaped: ["step (wanted int64, found float32)"])) { try optimizer.load(state) }
  }

  @Test("Clipping by the global norm equals PyTorch and leaves small and broken gradients alone")
  func clipping() throws {
    let raw = try gradients(4)
    let (small, norm) = clipped(raw, maximumNorm: 1.5)
    #expect(abs(norm - (try fixture["clip.norm"].item())) < 1e-12 * norm)
    for index in 0..<2 { expectClose(small[index], try fixture["clip.\(index)"]) }
    #expect(clipped(raw, maximumNorm: 1e9).gradients[0].isSame(as: raw[0]))
    let broken = clipped([raw[0], raw[1] * Double.infinity], maximumNorm: 1)
    #expect(!broken.norm.isFinite && broken.gradients[0].isSame(as: raw[0]))
    #expect(clipped([], maximumNorm: 1).norm == 0)
  }

  @Test("Wrong numbers of gradients and repeated keys trap")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      SGD([("w", Parameter(.zeros([2])))], learningRate: 1).step(gradients: [])
    }
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Adam([("w", Parameter(.zeros([2]))), ("w", Parameter(.zeros([2])))], learningRate: 1)
    }
    #expect(errorText(result).contains("twice"))
  }
}
