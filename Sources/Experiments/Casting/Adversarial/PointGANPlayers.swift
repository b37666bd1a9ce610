import Models
import NN
import Torch

/// The two sides of a point GAN and the steps of their game: real and generated clouds have the same positions.
///
/// With a refinement the critic also sees points that are drawn towards the surface, and fewer of the others; its gradient penalty is
/// taken over the whole uniform clouds, as published.
/// Differs from the published code: the generator is differentiated through part by part, with a refinement cloud by cloud, so
/// that its graph does not grow with the batch; the gradients are the same.
package final class PointGANPlayers {
  /// Real clouds.
  package struct Batch {
    /// Uniform positions [N, P, 3].
    package var points: Tensor
    /// Their distances [N, P].
    package var distances: Tensor
    /// Positions near the surface [N, P, 3], each of the uniform one in its place, and their distances [N, P].
    package var surface: (points: Tensor, distances: Tensor)?

    /// A batch of real clouds.
    package init(points: Tensor, distances: Tensor, surface: (points: Tensor, distances: Tensor)? = nil) {
      (self.points, self.distances, self.surface) = (points, distances, surface)
    }

    var count: Int { points.shape[0] }
  }

  private let decoder: any ShapeDecoder
  private let critic: PointCritic
  private let options: ShapeGANOptions
  private let refinement: CloudRefinement?
  private let precision: Precision
  private let game: WassersteinGame

  /// Both sides with optimizers that know nothing yet.
  package init(
    _ decoder: any ShapeDecoder, critic: PointCritic, options: ShapeGANOptions, refinement: CloudRefinement?,
    precision: Precision
  ) {
    (self.decoder, self.critic, self.options) = (decoder, critic, options)
    (self.refinement, self.precision) = (refinement, precision)
    game = WassersteinGame(generator: decoder.parameters(), critic: critic.parameters(), options: options)
  }

  /// The optimizers by the names of their states.
  package var optimizers: [String: any Optimizer] { game.optimizers }

  /// The critic's step on real clouds and clouds of the codes [N, L]; `weights` are the penalty's.
  ///
  /// *Throws*: `NonFinite` before the step if loss or gradients are not finite.
  package func criticStep(
    _ real: Batch, codes: Tensor, weights: Tensor, generator random: Generator
  ) throws -> [String: Double] {
    let fake = generated(real.points, codes: codes, random)
    let scores = (
      fake: critic(fake.clouds, precision: precision), real: critic(clouds(of: real, random), precision: precision)
    )
    // As published: the weight is the real cloud's share.
    let between = GradientPenalty.interpolates(real: fake.distances, generated: real.distances, weights: weights)
    let whole = PointCritic.Clouds(points: real.points, distances: real.distances)
    let slope = GradientPenalty.at(between) { critic(whole.with($0.reshaped([-1])), precision: precision) }
    let (generated, genuine) = (scores.fake.mean(), scores.real.mean())
    return try game.criticStep(generated: generated, real: genuine, slope: slope)
  }

  /// The generator's step on codes [N, L] at positions [N, P, 3].
  ///
  /// *Throws*: `NonFinite` before the step if loss or gradients are not finite.
  package func generatorStep(_ points: Tensor, codes: Tensor, generator random: Generator) throws -> [String: Double] {
    let (loss, gradients) = generatorGradients(points, codes: codes, generator: random)
    return try game.generatorStep(loss: loss, gradients: gradients)
  }

  /// The generator's loss, minus the mean score, and its gradients.
  package func generatorGradients(
    _ points: Tensor, codes: Tensor, generator random: Generator
  ) -> (loss: Double, gradients: [Tensor]) {
    let fake = generated(points, codes: codes, random)
    let leaves = (fake.clouds.points.requiringGradient(), fake.clouds.distances.requiringGradient())
    let seen = PointCritic.Clouds(points: leaves.0, distances: leaves.1, counts: fake.clouds.counts)
    let loss = -critic(seen, precision: precision).mean()
    let slopes = gradient(of: loss, withRespectTo: [leaves.0, leaves.1])
    let parameters = game.generator.parameters
    guard let refinement else {
      let distances = chunked(points, codes: codes)
      return (loss.item(), distances.gradients(slopes[1].reshaped(fake.distances.shape), withRespectTo: parameters))
    }
    var sums: [Tensor] = []
    var start = 0
    for (number, cloud) in fake.refined.enumerated() {
      let count = fake.clouds.counts[number]
      let own = slopes.map { $0.narrowed(0, start, count) }
      start += count
      let product = product(refinement, cloud, points.selected(0, number), code: codes.selected(0, number), own)
      let parts = gradient(of: product, withRespectTo: parameters)
      sums = sums.isEmpty ? parts : zip(sums, parts).map { $0 + $1 }
    }
    return (loss.item(), sums)
  }

  // MARK: Clouds

  /// What was drawn towards the surface of one cloud, and how.
  private struct Refined {
    var directions: [Tensor]
    var noise: Tensor
    var selection: CloudRefinement.Selection
  }

  private struct Generated {
    /// Distances of the uniform positions, [N, P].
    var distances: Tensor
    /// What the critic sees.
    var clouds: PointCritic.Clouds
    var refined: [Refined] = []
  }

  private func chunked(_ points: Tensor, codes: Tensor) -> ChunkedDistances {
    var distances = ChunkedDistances(decoder, points: points, codes: codes)
    (distances.chunkSize, distances.precision) = (options.chunkSize, precision)
    return distances
  }

  /// Clouds of codes; nothing can be differentiated through them.
  private func generated(_ points: Tensor, codes: Tensor, _ random: Generator) -> Generated {
    guard let refinement else {
      let distances = chunked(points, codes: codes).values()
      return Generated(distances: distances, clouds: .init(points: points, distances: distances))
    }
    var (distances, rows, refined) = ([Tensor](), [Rows](), [Refined]())
    for number in 0..<points.shape[0] {
      let (own, code) = (points.selected(0, number), codes.selected(0, number))
      let directions = refinement.directions(decoder, points: own, code: code, precision: precision)
      let noise = Tensor.normal(own.shape, mean: 0, standardDeviation: 1, generator: random).to(device: own.device)
      let values = withoutGradient {
        refinement.refined(decoder, points: own, code: code, directions: directions, noise: noise, precision: precision)
      }
      let selection = selection(refinement, values.uniform, random)
      distances.append(values.uniform)
      rows.append(Rows(selection, (own, values.uniform), (values.points, values.surface)))
      refined.append(Refined(directions: directions, noise: noise, selection: selection))
    }
    return Generated(distances: .stacked(distances), clouds: Rows.clouds(rows), refined: refined)
  }

  /// What the critic sees of real clouds: the same rule as for generated ones.
  private func clouds(of real: Batch, _ random: Generator) -> PointCritic.Clouds {
    guard let refinement, let surface = real.surface else {
      return .init(points: real.points, distances: real.distances)
    }
    return Rows.clouds(
      (0..<real.count).map { number in
        let distances = real.distances.selected(0, number)
        return Rows(
          selection(refinement, distances, random), (real.points.selected(0, number), distances),
          (surface.points.selected(0, number), surface.distances.selected(0, number)))
      })
  }

  private func selection(
    _ refinement: CloudRefinement, _ distances: Tensor, _ random: Generator
  ) -> CloudRefinement.Selection {
    let chances = Tensor.uniform(distances.shape, generator: random).to(device: distances.device)
    return refinement.selection(distances, chances: chances)
  }

  /// Sum of everything of a cloud that the critic saw times its derivative in `slopes`: rows' positions and distances.
  private func product(
    _ refinement: CloudRefinement, _ cloud: Refined, _ points: Tensor, code: Tensor, _ slopes: [Tensor]
  ) -> Tensor {
    let values = refinement.refined(
      decoder, points: points, code: code, directions: cloud.directions, noise: cloud.noise, precision: precision)
    let rows = Rows(cloud.selection, (points, values.uniform), (values.points, values.surface))
    return (rows.points * slopes[0]).sum() + (rows.distances * slopes[1]).sum()
  }
}

/// What is kept of one cloud: uniform rows, then rows near the surface.
private struct Rows {
  let points, distances: Tensor

  init(
    _ selection: CloudRefinement.Selection, _ uniform: (points: Tensor, distances: Tensor),
    _ surface: (points: Tensor, distances: Tensor)
  ) {
    func kept(_ first: Tensor, _ second: Tensor) -> Tensor {
      .concatenated([first.indexSelect(0, selection.uniform), second.indexSelect(0, selection.surface)])
    }
    (points, distances) = (kept(uniform.points, surface.points), kept(uniform.distances, surface.distances))
  }

  static func clouds(_ rows: [Rows]) -> PointCritic.Clouds {
    PointCritic.Clouds(
      points: .concatenated(rows.map(\.points)), distances: .concatenated(rows.map(\.distances)),
      counts: rows.map { $0.distances.shape[0] })
  }
}
