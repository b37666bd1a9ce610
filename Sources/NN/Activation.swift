import Torch

/// A function applied to every element; written as text like `relu` or `leakyReLU(0.3)`.
public enum Activation: Sendable, Hashable {
  /// The element itself.
  case identity
  /// max(x, 0).
  case relu
  /// x where positive, else slope x; Keras' slope is 0.3, PyTorch's 0.01.
  case leakyReLU(slope: Double)
  /// 1 / (1 + exp(-x)).
  case sigmoid
  /// Hyperbolic tangent.
  case tanh
  /// clip(0.2 x + 0.5, 0, 1): what `hard_sigmoid` means in Keras 2.
  case hardSigmoidKeras2
  /// clip(x / 6 + 0.5, 0, 1): what `hard_sigmoid` means in Keras 3 and PyTorch.
  case hardSigmoidKeras3
  /// x where positive, else exp(x) - 1.
  case elu
  /// log(1 + exp(x)).
  case softplus

  /// Applies the function.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    switch self {
    case .identity: input
    case .relu: input.relu()
    case .leakyReLU(let slope): input.leakyReLU(slope)
    case .sigmoid: input.sigmoid()
    case .tanh: input.tanh()
    case .hardSigmoidKeras2: (input * 0.2 + 0.5).clamped(min: 0, max: 1)
    case .hardSigmoidKeras3: (input * (1.0 / 6) + 0.5).clamped(min: 0, max: 1)
    case .elu: input.elu()
    case .softplus: input.softplus()
    }
  }
}

extension Activation: RawRepresentable, Codable, CaseIterable {
  /// Every function, the leaky one with Keras' slope.
  public static let allCases: [Activation] = [
    .identity, .relu, .leakyReLU(slope: 0.3), .sigmoid, .tanh, .hardSigmoidKeras2, .hardSigmoidKeras3, .elu, .softplus,
  ]

  /// The function of a name; nil if there is none or a slope is not a finite number.
  public init?(rawValue text: String) {
    let prefix = "leakyReLU("
    if text.hasPrefix(prefix), text.hasSuffix(")"), let slope = Double(text.dropFirst(prefix.count).dropLast()),
      slope.isFinite
    {
      self = .leakyReLU(slope: slope)
      return
    }
    guard let match = Self.allCases.first(where: { $0.rawValue == text }) else { return nil }
    self = match
  }

  /// The name.
  public var rawValue: String {
    switch self {
    case .identity: "identity"
    case .relu: "relu"
    case .leakyReLU(let slope): "leakyReLU(\(slope))"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    case .hardSigmoidKeras2: "hardSigmoidKeras2"
    case .hardSigmoidKeras3: "hardSigmoidKeras3"
    case .elu: "elu"
    case .softplus: "softplus"
    }
  }
}
