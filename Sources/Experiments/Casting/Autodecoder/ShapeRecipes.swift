import Models

/// A named configuration of an autodecoder, complete: what `formcast train NAME` begins with.
public struct ShapeRecipe: Sendable {
  /// Its name on the command line.
  public let name: String
  /// One line on what it is.
  public let summary: String
  /// All its values.
  public let configuration: AutodecoderConfiguration

  /// Every recipe of a network with codes, the published one first.
  public static let all: [ShapeRecipe] = [
    autodecoder, autodecoderSmall, deepSDF, deepSDFSmall, singleShape, singleShapeSmall,
  ]

  private static let autodecoder = ShapeRecipe(
    "autodecoder", "the article's autodecoder: 462,337 parameters and a code of 128 per shape, batch 20,000"
  ) { _ in }

  private static let autodecoderSmall = ShapeRecipe(
    "autodecoder-small", "half the width, codes of 32, bf16, faster rates: shapes within minutes on two cores"
  ) {
    $0.precision = .bfloat16
    $0.model.sdfNet?.width = 128
    $0.model.sdfNet?.latentSize = 32
    $0.becomeQuick(steps: 3000)
  }

  private static let deepSDF = ShapeRecipe(
    "autodecoder-deepsdf",
    "DeepSDF: 8 x 512 with weight norm and dropout, 1,843,195 parameters and a code of 256 per shape"
  ) { $0.becomeDeepSDF() }

  private static let deepSDFSmall = ShapeRecipe(
    "autodecoder-deepsdf-small", "a quarter of the width, codes of 32, bf16: shapes within minutes on two cores"
  ) {
    $0.becomeDeepSDF()
    $0.precision = .bfloat16
    var network = DeepSDFDecoder.Configuration()
    (network.width, network.latentSize, network.dropout) = (128, 32, 0)
    $0.model = .deepSDF(network)
    $0.becomeQuick(steps: 3000)
  }

  private static let singleShape = ShapeRecipe(
    "single-shape", "one shape and no code: 396,801 parameters, batch 20,000, as in the published demonstration"
  ) {
    $0.model.sdfNet?.latentSize = 0
    $0.data.validationShare = 0
    $0.training.steps = 50_000
    $0.training.validationShapes = 0
  }

  private static let singleShapeSmall = ShapeRecipe(
    "single-shape-small", "one shape, half the width, six frequencies, bf16: within two minutes on two cores"
  ) {
    $0.precision = .bfloat16
    $0.model.sdfNet?.latentSize = 0
    $0.model.sdfNet?.width = 128
    $0.model.sdfNet?.frequencies = 4
    $0.data.validationShare = 0
    $0.becomeQuick(steps: 1000)
    $0.training.validationShapes = 0
  }

  private init(_ name: String, _ summary: String, _ change: (inout AutodecoderConfiguration) -> Void) {
    var configuration = AutodecoderConfiguration()
    configuration.recipe = name
    change(&configuration)
    (self.name, self.summary, self.configuration) = (name, summary, configuration)
  }
}

extension AutodecoderConfiguration {
  /// DeepSDF's published numbers, an epoch of its steps being `shapes / shapesPerBatch`.
  fileprivate mutating func becomeDeepSDF() {
    model = .deepSDF(.init())
    loss.clipsPrediction = true
    codes.initialDeviation = 1 / 256.0.squareRoot()
    codes.penalty = .norm
    codes.penaltyWeight = 1e-4
    codes.penaltyRamp = 5000
    codes.normBound = 1
    optimizer.learningRate = 5e-4
    optimizer.codeLearningRate = 1e-3
    optimizer.schedule = .halving
    optimizer.scheduleSteps = 25_000
    training.shapesPerBatch = 64
    training.batchSize = 64 * 16_384
    training.batchSplit = 16
  }

  /// Rates and batches that show a result within minutes.
  fileprivate mutating func becomeQuick(steps: Int) {
    codes.initialDeviation = 0.01
    codes.penalty = .meanSquare
    codes.penaltyWeight = 1e-4
    codes.normBound = 0
    optimizer.learningRate = 1e-3
    optimizer.codeLearningRate = 3e-3
    optimizer.schedule = .cosine
    optimizer.scheduleSteps = steps
    training.shapesPerBatch = 0
    training.batchSize = 8192
    training.batchSplit = 1
    training.steps = steps
    training.validationInterval = steps / 4
    training.checkpointInterval = steps / 4
  }
}
