/// What training a model costs here, measured on a few steps.
public struct StudyCost: Codable, Equatable, Sendable {
  /// Trainable numbers.
  public var parameters: Int
  /// Seconds of a training step.
  public var secondsPerStep: Double
  /// Seconds of a validation.
  public var secondsPerValidation: Double
  /// Most memory in use meanwhile, in bytes; nil where it is not known.
  public var bytes: Int?

  /// A cost of these numbers.
  public init(parameters: Int, secondsPerStep: Double, secondsPerValidation: Double, bytes: Int? = nil) {
    (self.parameters, self.secondsPerStep) = (parameters, secondsPerStep)
    (self.secondsPerValidation, self.bytes) = (secondsPerValidation, bytes)
  }

  /// Seconds of a whole training.
  func seconds(of configuration: ForecastConfiguration) -> Double {
    let training = configuration.training
    let validations = training.validationInterval > 0 ? max(1, training.steps / training.validationInterval) : 1
    return Double(training.steps) * secondsPerStep + Double(validations) * secondsPerValidation
  }

  /// How a cost is measured.
  public typealias Measurement = (ForecastConfiguration) throws -> StudyCost
}
