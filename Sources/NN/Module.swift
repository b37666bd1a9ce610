import Torch

/// A part of a network: a class whose parameters and buffers are found by looking at its properties.
///
/// Leaves are properties of type `Parameter` and `Buffer`; containers are properties that are modules, optionals or
/// arrays of these. Property names make up the keys: `lstm1.kernel`, with the index in arrays: `blocks.0.conv.weight`.
/// A tensor, parameter, buffer or module anywhere else (tuple, dictionary, struct, plain `Tensor` property) would
/// silently be left out of training and of files, so looking at such a module traps and names the path.
///
/// *Limits*: what a closure captures cannot be seen. A leaf that is reached by two paths traps too: hold it once.
public protocol Module: AnyObject {}

extension Module {
  /// Every parameter with its key, in the order in which properties are declared.
  ///
  /// Traps if a property holds tensors in a place where they would be missed.
  public func parameters() -> [(key: String, parameter: Parameter)] {
    ModuleDiscovery(self).leaves.compactMap { leaf in
      if case .parameter(let parameter) = leaf.kind { (leaf.key, parameter) } else { nil }
    }
  }

  /// Every buffer with its key, in the order in which properties are declared; traps as `parameters()` does.
  public func buffers() -> [(key: String, buffer: Buffer)] {
    ModuleDiscovery(self).leaves.compactMap { leaf in
      if case .buffer(let buffer) = leaf.kind { (leaf.key, buffer) } else { nil }
    }
  }

  /// Number of learned scalars.
  public var parameterCount: Int {
    parameters().reduce(0) { $0 + $1.parameter.value.count }
  }

  /// The values of all parameters and buffers by key.
  ///
  /// The tensors share storage with the module; clone what must survive the next optimizer step.
  public func state() -> [String: Tensor] {
    var state: [String: Tensor] = [:]
    for leaf in ModuleDiscovery(self).leaves { state[leaf.key] = leaf.value.detached() }
    return state
  }

  /// Copies values into all parameters and buffers, in place; element types and devices of the module are kept.
  ///
  /// *Throws*: `StateMismatch` unless keys and shapes are exactly the module's and numbers of a kind meet (float64
  /// becomes float32, but integers do not); nothing is changed then.
  public func load(_ state: [String: Tensor]) throws {
    let leaves = ModuleDiscovery(self).leaves
    try StateMismatch.check(state, against: leaves.map { ($0.key, $0.value) })
    withoutGradient {
      for leaf in leaves {
        if let value = state[leaf.key] { leaf.value.copy(from: value) }
      }
    }
  }

  /// Moves all parameters and buffers; optimizers that hold the parameters follow.
  public func move(to device: Device) {
    for leaf in ModuleDiscovery(self).leaves { leaf.replaceValue { $0.to(device: device) } }
  }

  /// Changes the element type of all parameters and buffers that hold floating-point numbers.
  public func convert(to dtype: DType) {
    for leaf in ModuleDiscovery(self).leaves where [.float32, .float64, .bfloat16, .float16].contains(leaf.value.dtype)
    {
      leaf.replaceValue { $0.to(dtype: dtype) }
    }
  }
}
