import Models
import NN
import Torch

/// The two sides of a voxel GAN at one stage, and the steps of their game.
///
/// A generated grid is the network asked at linspace(-1, 1, R)^3, indices along x, y and z, as the published data are.
/// Differs from the published code: the generator is differentiated through part by part, so that its graph does not grow with
/// the grid; the gradients are the same.
package final class VoxelGANPlayers {
  /// Which grids are looked at.
  package struct Stage: Equatable, Sendable {
    /// Its number, the coarsest 0.
    package var number: Int
    /// Less than 1 while it fades in over the one before.
    package var share: Double

    /// A stage.
    package init(_ number: Int, share: Double = 1) { (self.number, self.share) = (number, share) }
  }

  private let decoder: any ShapeDecoder
  private let critic: VoxelCritic
  private let options: ShapeGANOptions
  private let precision: Precision
  private let game: WassersteinGame
  private let grid: Tensor
  private let resolution: Int

  /// Both sides with optimizers that know nothing yet, as every published stage begins.
  package init(
    _ decoder: any ShapeDecoder, critic: VoxelCritic, stage: Int, options: ShapeGANOptions, precision: Precision,
    device: Device = .cpu
  ) {
    (self.decoder, self.critic, self.options, self.precision) = (decoder, critic, options, precision)
    game = WassersteinGame(generator: decoder.parameters(), critic: critic.parameters(stage: stage), options: options)
    resolution = critic.configuration.resolution(stage: stage)
    grid = Self.grid(resolution).to(device: device)
  }

  /// The optimizers by the names of their states.
  package var optimizers: [String: any Optimizer] { game.optimizers }

  /// Points of linspace(-1, 1, R)^3, [R^3, 3].
  package static func grid(_ resolution: Int) -> Tensor {
    let axis = Tensor.linspace(-1, 1, count: resolution)
    let shape = [resolution, resolution, resolution]
    let axes = [[-1, 1, 1], [1, -1, 1], [1, 1, -1]].map { axis.reshaped($0).expanded(shape).reshaped([-1]) }
    return Tensor.stacked(axes, dim: 1).contiguous()
  }

  /// Generated grids of codes [N, L]: [N, R, R, R], and what they are made from.
  private func generated(_ codes: Tensor) -> (grids: Tensor, distances: ChunkedDistances) {
    var distances = ChunkedDistances(decoder, points: grid, codes: codes)
    (distances.chunkSize, distances.precision) = (options.chunkSize, precision)
    return (distances.values().reshaped([-1, resolution, resolution, resolution]), distances)
  }

  /// The critic's step on real grids [N, R, R, R] and grids of the codes [N, L].
  ///
  /// *Throws*: `NonFinite` before the step if loss or gradients are not finite.
  package func criticStep(real: Tensor, codes: Tensor, weights: Tensor, stage: Stage) throws -> [String: Double] {
    let count = real.shape[0]
    let fake = generated(codes).grids
    func score(_ grids: Tensor) -> Tensor {
      critic(grids, stage: stage.number, share: stage.share, precision: precision)
    }
    let scores = score(Tensor.concatenated([fake, real]))
    let (generated, genuine) = (scores.narrowed(0, 0, count).mean(), scores.narrowed(0, count, count).mean())
    // As published: the weight is the real grid's share.
    let slope = GradientPenalty.at(
      GradientPenalty.interpolates(real: fake, generated: real, weights: weights), critic: score)
    return try game.criticStep(generated: generated, real: genuine, slope: slope)
  }

  /// The generator's step on codes [N, L].
  ///
  /// *Throws*: `NonFinite` before the step if loss or gradients are not finite.
  package func generatorStep(codes: Tensor, stage: Stage) throws -> [String: Double] {
    let (loss, gradients) = generatorGradients(codes: codes, stage: stage)
    return try game.generatorStep(loss: loss, gradients: gradients)
  }

  /// The generator's loss, minus the mean score, and its gradients.
  package func generatorGradients(codes: Tensor, stage: Stage) -> (loss: Double, gradients: [Tensor]) {
    let (grids, distances) = generated(codes)
    let leaf = grids.detached().requiringGradient()
    let loss = -critic(leaf, stage: stage.number, share: stage.share, precision: precision).mean()
    let slopes = gradient(of: loss, withRespectTo: [leaf])[0].reshaped([codes.shape[0], -1])
    return (loss.item(), distances.gradients(slopes, withRespectTo: game.generator.parameters))
  }
}
