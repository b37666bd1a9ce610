/// A named configuration of a shape GAN, complete: what `formcast train NAME` begins with.
public struct ShapeGANRecipe: Sendable {
  /// Its name on the command line.
  public let name: String
  /// One line on what it is.
  public let summary: String
  /// All its values.
  public let configuration: VoxelGANConfiguration

  /// Every recipe, the published one first.
  public static let all: [ShapeGANRecipe] = [
    ShapeGANRecipe(
      "voxel-gan", "the article's voxel GAN: a network of distances against a critic that grows from 8 to 64, WGAN-GP"
    ) { _ in },
    ShapeGANRecipe(
      "voxel-gan-small",
      "half the width, codes of 32, stages of 8, 16 and 32, bf16: something to see within an hour on two cores"
    ) {
      $0.precision = .bfloat16
      $0.model.sdfNet?.width = 128
      $0.model.sdfNet?.latentSize = 32
      ($0.critic.features, $0.critic.finalFeatures, $0.critic.hidden) = ([64, 32, 1], 128, 64)
      $0.adversarial.learningRate = 3e-4
      ($0.training.stageEpochs, $0.training.fadeEpochs) = (40, 5)
      ($0.training.validationInterval, $0.training.checkpointInterval) = (250, 250)
      $0.training.averageDecay = 0.99
    },
  ]

  private init(_ name: String, _ summary: String, _ change: (inout VoxelGANConfiguration) -> Void) {
    var configuration = VoxelGANConfiguration()
    configuration.recipe = name
    change(&configuration)
    (self.name, self.summary, self.configuration) = (name, summary, configuration)
  }
}
