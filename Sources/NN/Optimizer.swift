import Torch

/// Changes parameters in place, given their gradients.
///
/// An optimizer keeps the parameters it was made with, in groups that have a learning rate each, and one set of moments
/// per parameter. Create it after the network has been moved to its device and converted to its element type.
public protocol Optimizer: AnyObject {
  /// What is optimized. The learning rate of a group may be changed between steps.
  var groups: [ParameterGroup] { get set }

  /// Takes one step. Nothing is recorded for differentiation.
  ///
  /// *Parameters*: `gradients` are those of `parameters`, in the same order. Traps if their number differs.
  func step(gradients: [Tensor])

  /// The step count, learning rates and moments: all that a resumed run needs. Tensors share storage with the
  /// optimizer.
  func state() -> [String: Tensor]

  /// Takes over a state.
  ///
  /// *Throws*: `StateMismatch` unless keys, shapes and kinds of number are those of `state()`; nothing is changed then.
  func load(_ state: [String: Tensor]) throws
}

extension Optimizer {
  /// All parameters in the order in which gradients are given.
  public var parameters: [Tensor] { groups.flatMap { $0.parameters.map(\.parameter.value) } }

  /// The learning rate where there is one group; setting it sets that of every group.
  public var learningRate: Double {
    get { groups[0].learningRate }
    set { for index in groups.indices { groups[index].learningRate = newValue } }
  }
}

/// Parameters that share a learning rate.
public struct ParameterGroup {
  /// Parameters with the keys under which their moments are kept.
  public let parameters: [(key: String, parameter: Parameter)]
  /// Step size.
  public var learningRate: Double

  /// A group of what `Module.parameters()` returns; prefix the keys where several modules meet in one optimizer.
  public init(_ parameters: [(key: String, parameter: Parameter)], learningRate: Double) {
    (self.parameters, self.learningRate) = (parameters, learningRate)
  }
}

/// Moments and step count of an optimizer, and how they become a state and come back.
struct OptimizerMemory {
  /// Steps taken.
  var stepCount = 0
  /// One list per moment, over all parameters in order.
  private(set) var moments: [[Tensor]]

  private let keys: [String]
  private let names: [String]

  /// Zero moments; traps if two parameters have the same key.
  init(groups: [ParameterGroup], moments names: [String]) {
    let parameters = groups.flatMap(\.parameters)
    keys = parameters.map(\.key)
    guard Set(keys).count == keys.count else {
      fatalError("an optimizer was given the same parameter key twice: \(keys)")
    }
    self.names = names
    moments = names.map { _ in parameters.map { Tensor.zeros(like: $0.parameter.value).detached() } }
  }

  func state(_ groups: [ParameterGroup]) -> [String: Tensor] {
    var state = [
      "step": Tensor([stepCount], shape: []),
      "learningRates": Tensor(groups.map(\.learningRate), shape: [groups.count]),
    ]
    for (name, list) in zip(names, moments) {
      for (key, moment) in zip(keys, list) { state["\(key).\(name)"] = moment }
    }
    return state
  }

  mutating func load(_ state: [String: Tensor], into groups: inout [ParameterGroup]) throws {
    let wanted = self.state(groups).sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    try StateMismatch.check(state, against: wanted)
    guard let step = state["step"]?.array(of: Int.self), let rates = state["learningRates"]?.array(of: Double.self)
    else { return }
    guard (0..<1 << 53).contains(step[0]) else {
      throw StateMismatch(misshaped: ["step (wanted a number of steps, found \(step[0]))"])
    }
    stepCount = step[0]
    for (index, rate) in rates.enumerated() { groups[index].learningRate = rate }
    withoutGradient {
      for (name, list) in zip(names, moments) {
        for (key, moment) in zip(keys, list) {
          if let value = state["\(key).\(name)"] { moment.copy(from: value) }
        }
      }
    }
  }

  /// The ranges of the flat parameter list that the groups take.
  static func ranges(_ groups: [ParameterGroup]) -> [Range<Int>] {
    var start = 0
    return groups.map { group in
      defer { start += group.parameters.count }
      return start..<start + group.parameters.count
    }
  }

  func checkCount(_ gradients: [Tensor]) {
    guard gradients.count == keys.count else {
      fatalError("\(gradients.count) gradients for \(keys.count) parameters")
    }
  }
}

/// Scales gradients so that the norm of all of them together is at most `maximumNorm`.
///
/// The scaled gradients are new tensors: gradients that libtorch returns may share storage, so scaling in place could
/// scale twice.
///
/// *Returns*: the gradients and the norm before scaling. Where that is not finite the gradients come back as they were:
/// check it.
///
/// *Reference*: Pascanu et al. 2013; PyTorch's `clip_grad_norm_` with its 1e-6.
public func clipped(_ gradients: [Tensor], maximumNorm: Double) -> (gradients: [Tensor], norm: Double) {
  withoutGradient {
    let norm = TensorLists.norm(gradients).item()
    let factor = maximumNorm / (norm + 1e-6)
    return (factor < 1 && norm.isFinite ? gradients.map { $0 * factor } : gradients, norm)
  }
}
