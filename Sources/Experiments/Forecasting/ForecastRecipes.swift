import Models

/// A named configuration, complete: what `formcast train NAME` begins with.
public struct ForecastRecipe: Sendable {
  /// Its name on the command line.
  public let name: String
  /// One line on what it is.
  public let summary: String
  /// All its values.
  public let configuration: ForecastConfiguration

  /// Every forecasting recipe, the published one first.
  public static let all: [ForecastRecipe] = [
    convLSTM, convLSTMSmall, convLSTMDemo, frameGAN(1), frameGAN(3), frameGANSmall(1), frameGANSmall(3),
  ]

  /// The recipe of that name.
  public static func named(_ name: String) throws -> ForecastRecipe {
    guard let recipe = all.first(where: { $0.name == name }) else {
      throw ExperimentError("no recipe \(name); there are \(all.map(\.name).joined(separator: ", "))")
    }
    return recipe
  }

  private static let convLSTM = ForecastRecipe(
    "convlstm", "ConvLSTM3D as published: 761,889 parameters, batch 16, 10,000 steps (about half a day on two cores)"
  ) { _ in }

  private static let convLSTMSmall = ForecastRecipe(
    "convlstm-small", "16 filters, kernels 3-3-1, bf16, batch 2: valid on the real data in half an hour on one core"
  ) {
    $0.precision = .bfloat16
    $0.model.convLSTM?.filters = [16, 16, 16]
    $0.model.convLSTM?.kernelSizes = [3, 3, 1]
    $0.model.convLSTM?.normalizationMomentum = 0.95
    $0.optimizer.learningRate = 2e-3
    $0.optimizer.schedule = .cosine
    $0.optimizer.scheduleSteps = 1600
    $0.optimizer.gradientNorm = 1
    $0.training.batchSize = 2
    $0.training.steps = 1600
    $0.training.checkpointInterval = 200
    $0.data.validationFiles = 100
  }

  private static let convLSTMDemo = ForecastRecipe(
    "convlstm-demo", "8 filters, two layers, small kernels: minutes on two cores; what make demo trains"
  ) {
    $0.model.convLSTM?.filters = [8, 8]
    $0.model.convLSTM?.kernelSizes = [3, 3]
    $0.model.convLSTM?.outputKernelSize = 3
    $0.model.convLSTM?.normalizationMomentum = 0.9
    $0.optimizer.learningRate = 5e-3
    $0.optimizer.schedule = .cosine
    $0.optimizer.scheduleSteps = 500
    $0.optimizer.gradientNorm = 1
    $0.training.batchSize = 4
    $0.training.steps = 500
    $0.training.validationInterval = 100
    $0.training.checkpointInterval = 100
  }

  private static func frameGAN(_ pastFrames: Int) -> ForecastRecipe {
    let frames = pastFrames == 1 ? "one past frame" : "three past frames"
    return ForecastRecipe(
      "frame-gan-\(pastFrames)", "encoder, generator and critic for \(frames) as published: batch 32, 20,000 steps"
    ) { $0.becomeFrameGAN(pastFrames) }
  }

  // The published weight of the penalty keeps a narrow critic busy with its slope for hundreds of steps; a tenth of it, and ten
  // times the rate, teach from the first hundred on.
  private static func frameGANSmall(_ pastFrames: Int) -> ForecastRecipe {
    let frames = pastFrames == 1 ? "one past frame" : "three past frames"
    return ForecastRecipe(
      "frame-gan-\(pastFrames)-small",
      "a quarter of the channels for \(frames), bf16, batch 16: about a quarter of an hour on one core"
    ) {
      $0.becomeFrameGAN(pastFrames)
      $0.precision = .bfloat16
      $0.model.frameGAN?.baseWidth = 64
      $0.model.frameGAN?.latentSize = 128
      $0.model.frameGAN?.dropout = 0.1
      $0.model.frameGAN?.normalizationMomentum = 0.95
      $0.adversarial?.penaltyWeight = 10
      $0.optimizer.learningRate = 1e-3
      $0.optimizer.schedule = .cosine
      $0.optimizer.scheduleSteps = 1500
      $0.training.batchSize = 16
      $0.training.steps = 1500
      $0.training.validationInterval = 250
      $0.training.checkpointInterval = 250
      $0.data.validationFiles = 100
    }
  }

  private init(_ name: String, _ summary: String, _ change: (inout ForecastConfiguration) -> Void) {
    var configuration = ForecastConfiguration()
    configuration.recipe = name
    change(&configuration)
    (self.name, self.summary, self.configuration) = (name, summary, configuration)
  }
}

extension ForecastConfiguration {
  /// The published values of the frame GAN, for one or several past frames.
  fileprivate mutating func becomeFrameGAN(_ pastFrames: Int) {
    var networks = FrameGAN.Configuration()
    networks.pastFrames = pastFrames
    model = .frameGAN(networks)
    adversarial = AdversarialOptions()
    (optimizer.learningRate, optimizer.beta1) = (1e-4, 0.5)
    (training.batchSize, training.steps) = (32, 20_000)
    (training.validationInterval, training.checkpointInterval) = (1000, 1000)
    rollout.window = pastFrames
  }
}
