import NN
import Runs

/// What must be known of a shape decoder to use it, however it was made: what `config.yaml` of an imported run holds.
public struct ShapeConfiguration: Codable, Sendable, Equatable {
  /// Name of the recipe it was trained by, or `imported`.
  public var recipe = "imported"
  /// Seed of random choices.
  public var seed: UInt64 = 1
  /// Element type of products over features.
  public var precision = Precision.float32
  /// The network.
  public var model = DecoderModel.sdfNet(.init())
  /// What its output means.
  public var field = FieldOptions()

  /// The article's network, whose output is a distance clipped at 0.1.
  public init() {}

  /// Throws, naming the field, unless every value makes sense.
  public func validate() throws { try field.validate() }
}

/// What the output of a shape decoder means, which its weights do not tell.
public struct FieldOptions: Codable, Sendable, Equatable {
  /// The distance at which the training data were clipped; null for not at all. Levels beyond it mean nothing.
  public var clip: Double? = 0.1
  /// Output times this is a distance: 0.1 for a network that was trained on distances divided by 0.1.
  public var scale = 1.0
  /// The level at which surfaces are best taken, a distance.
  public var level = 0.0

  /// Distances, clipped at 0.1, of shapes in the unit ball.
  public init() {}

  /// Throws, naming the field, unless every value makes sense.
  public func validate() throws {
    func require(_ condition: Bool, _ text: String) throws {
      guard condition else { throw ExperimentError(text) }
    }
    try require(clip.map { $0 > 0 && $0.isFinite } ?? true, "field.clip must be positive, or null")
    try require(scale > 0 && scale.isFinite, "field.scale must be positive")
    try require(level.isFinite, "field.level must be a finite number")
    try require(abs(level) < clip ?? .infinity, "field.level must lie within field.clip, where surfaces are")
  }
}
