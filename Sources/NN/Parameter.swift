import Torch

/// A tensor that is learned: a leaf of a module.
public final class Parameter {
  /// The master value; optimizers change it in place.
  ///
  /// Setting it replaces the tensor by a leaf that shares the storage of the new value and asks for gradients.
  public var value: Tensor {
    get { leaf }
    set { leaf = newValue.detached().requiringGradient() }
  }

  private var leaf: Tensor

  /// A parameter that starts at `value`; the graph that made the value is cut off.
  public init(_ value: Tensor) {
    leaf = value.detached().requiringGradient()
  }
}

/// A tensor that belongs to a module's state but is not learned, like running statistics: a leaf of a module.
public final class Buffer {
  /// The value, without gradient.
  public var value: Tensor {
    get { stored }
    set { stored = newValue.detached() }
  }

  private var stored: Tensor

  /// A buffer that starts at `value`.
  public init(_ value: Tensor) {
    stored = value.detached()
  }
}
