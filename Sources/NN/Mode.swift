import Torch

/// Whether a network is learning or being used; given to layers that behave differently.
public enum Mode: Sendable {
  /// Batch statistics and dropout are on; random choices come from the generator.
  case training(Generator)
  /// Running statistics are used, nothing is random.
  case inference

  /// Whether this is training.
  public var isTraining: Bool {
    if case .training = self { true } else { false }
  }
}
