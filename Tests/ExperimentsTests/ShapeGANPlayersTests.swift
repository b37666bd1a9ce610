import Experiments
import Models
import NN
import Testing
import Torch
import Training

@Suite("Voxel and point GANs: one step")
struct ShapeGANPlayersTests {
  private let random = Generator(seed: 4)

  private func sdfNet() -> SDFNet {
    var configuration = SDFNet.Configuration()
    (configuration.width, configuration.latentSize) = (16, 6)
    return SDFNet(configuration, generator: random)
  }

  private func pointGenerator() -> SDFGenerator {
    var configuration = SDFGenerator.Configuration()
    (configuration.width, configuration.latentSize) = (16, 6)
    return SDFGenerator(configuration, generator: random)
  }

  private func voxelCritic() -> VoxelCritic {
    var configuration = VoxelCritic.Configuration()
    (configuration.features, configuration.finalFeatures, configuration.hidden) = ([8, 4, 1], 8, 8)
    return VoxelCritic(configuration, generator: random)
  }

  private func pointCritic() -> PointCritic {
    var configuration = PointCritic.Configuration()
    (configuration.pointWidths, configuration.cloudWidths) = ([8, 16], [8])
    return PointCritic(configuration, generator: random)
  }

  private func normal(_ shape: [Int]) -> Tensor {
    .normal(shape, mean: 0, standardDeviation: 1, generator: random)
  }

  private func expectClose(_ found: [Tensor], _ expected: [Tensor], _ tolerance: Float = 2e-5) {
    #expect(found.count == expected.count)
    for (one, other) in zip(found, expected) {
      let (a, b) = (one.contiguous().array(of: Float.self), other.contiguous().array(of: Float.self))
      let scale = max(1e-3, b.map(abs).max() ?? 0)
      let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= tolerance * scale, "off by \(worst) of \(scale)")
    }
  }

  @Test("Gradients in parts are those through all points at once", arguments: [0, 1, 2])
  func voxelChunks(stage: Int) {
    let (decoder, critic, codes) = (sdfNet(), voxelCritic(), normal([3, 6]))
    let resolution = critic.configuration.resolution(stage: stage)
    var options = ShapeGANOptions()
    options.chunkSize = 100
    let players = VoxelGANPlayers(decoder, critic: critic, stage: stage, options: options, precision: .float32)
    let (loss, gradients) = players.generatorGradients(codes: codes, stage: .init(stage, share: 0.4))
    let points = VoxelGANPlayers.grid(resolution).repeated([3, 1])
    let values = decoder.distances(at: points, codes: .grouped(codes))
    let whole = -critic(values.reshaped([3, resolution, resolution, resolution]), stage: stage, share: 0.4).mean()
    #expect(abs(loss - whole.item()) < 1e-5)
    expectClose(gradients, gradient(of: whole, withRespectTo: decoder.parameters().map(\.parameter.value)))
  }

  @Test("The grid is linspace(-1, 1, R)^3 with x slowest")
  func grid() {
    let rows = VoxelGANPlayers.grid(4).array(of: Float.self)
    var expected: [Float] = []
    for index in 0..<64 {
      for place in [index / 16, index / 4 % 4, index % 4] { expected.append(Float(place) * 2 / 3 - 1) }
    }
    #expect(zip(rows, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("Gradients of clouds in parts are those through all points at once")
  func pointChunks() {
    let (decoder, critic, codes) = (pointGenerator(), pointCritic(), normal([3, 6]))
    let points = Tensor.uniform([3, 250, 3], in: -1...1, generator: random)
    var options = ShapeGANOptions()
    options.chunkSize = 64
    let players = PointGANPlayers(decoder, critic: critic, options: options, refinement: nil, precision: .float32)
    let (loss, gradients) = players.generatorGradients(points, codes: codes, generator: random)
    let values = decoder.distances(at: points.reshaped([-1, 3]), codes: .grouped(codes))
    let whole = -critic(.init(points: points, distances: values.reshaped([3, 250]))).mean()
    #expect(abs(loss - whole.item()) < 1e-5)
    expectClose(gradients, gradient(of: whole, withRespectTo: decoder.parameters().map(\.parameter.value)))
  }

  /// The published rule spelled out for one cloud, with everything kept and no noise.
  @Test(
    "Refined gradients hold the direction constant and go through positions and distances", arguments: [1, 2],
    [false, true])
  func refinedGradients(steps: Int, normalizes: Bool) {
    let (decoder, critic, code) = (pointGenerator(), pointCritic(), normal([1, 6]))
    let points = Tensor.uniform([1, 80, 3], in: -1...1, generator: random)
    var refinement = CloudRefinement()
    (refinement.steps, refinement.normalizesGradient) = (steps, normalizes)
    (refinement.noise, refinement.threshold, refinement.keepRate) = (0, 1e6, 1)
    let players = PointGANPlayers(
      decoder, critic: critic, options: .init(), refinement: refinement, precision: .float32)
    let (loss, gradients) = players.generatorGradients(points, codes: code, generator: random)
    func distances(_ place: Tensor) -> Tensor { decoder.distances(at: place, codes: .one(code.selected(0, 0))) }
    var place = points.selected(0, 0)
    var first: Tensor?
    for _ in 0..<steps {
      let leaf = place.detached().requiringGradient()
      var direction = gradient(of: distances(leaf).sum(), withRespectTo: [leaf])[0]
      if normalizes { direction = direction / direction.norm([1]).unsqueezed(1) }
      let values = distances(place)
      first = first ?? values
      place = place - values.unsqueezed(1) * direction
    }
    let surface = distances(place)
    let rows = Tensor.concatenated([points.selected(0, 0), place])
    let clouds = PointCritic.Clouds(
      points: rows, distances: .concatenated([first ?? surface, surface]), counts: [160])
    let whole = -critic(clouds).mean()
    #expect(abs(loss - whole.item()) < 1e-5)
    expectClose(gradients, gradient(of: whole, withRespectTo: decoder.parameters().map(\.parameter.value)), 1e-4)
  }

  @Test("Kept are all near points, a share of the others, and never nothing")
  func selection() {
    let refinement = CloudRefinement()
    let distances = Tensor([0.05, -0.2, 0.3, -0.09, 0.5] as [Float], shape: [5])
    let kept = refinement.selection(distances, chances: Tensor([0.9, 0.1, 0.9, 0.9, 0.14] as [Float], shape: [5]))
    #expect(kept.uniform.array(of: Int64.self) == [0, 1, 3, 4])
    #expect(kept.surface.array(of: Int64.self) == [0, 3])
    let none = refinement.selection(distances + 10, chances: .ones([5]))
    #expect(none.uniform.array(of: Int64.self) == [0] && none.surface.count == 0)
  }

  @Test("Steps move the player whose turn it is, repeat with the seed, and stop at what is no number")
  func steps() throws {
    func play() throws -> [[Float]] {
      let random = Generator(seed: 9)
      var configuration = SDFNet.Configuration()
      (configuration.width, configuration.latentSize) = (16, 6)
      let decoder = SDFNet(configuration, generator: random)
      var shape = VoxelCritic.Configuration()
      (shape.features, shape.finalFeatures, shape.hidden) = ([8, 1], 8, 8)
      let critic = VoxelCritic(shape, generator: random)
      let players = VoxelGANPlayers(decoder, critic: critic, stage: 1, options: .init(), precision: .float32)
      let real = Tensor.uniform([2, 16, 16, 16], in: -0.1...0.1, generator: random)
      let codes = Tensor.normal([2, 6], mean: 0, standardDeviation: 1, generator: random)
      func weights(_ module: some Module) -> [Float] {
        module.parameters().flatMap { $0.parameter.value.array(of: Float.self) }
      }
      let before = (weights(decoder), weights(critic))
      let told = try players.criticStep(
        real: real, codes: codes, weights: .uniform([2], generator: random), stage: .init(1, share: 0.5))
      #expect(weights(decoder) == before.0 && weights(critic) != before.1)
      #expect(Set(told.keys) == ["fake", "real", "penalty", "critic_loss", "gradient_norm"])
      let after = weights(critic)
      _ = try players.generatorStep(codes: codes, stage: .init(1, share: 0.5))
      #expect(weights(decoder) != before.0 && weights(critic) == after)
      #expect(throws: NonFinite.self) {
        try players.criticStep(
          real: real * .nan, codes: codes, weights: .ones([2]), stage: .init(1))
      }
      #expect(weights(critic) == after)
      return [weights(decoder), after]
    }
    #expect(try play() == play())
  }
}
