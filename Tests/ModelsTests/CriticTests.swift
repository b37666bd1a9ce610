import Foundation
import Models
import NN
import Testing
import Torch
import Volumes

/// What PyTorch 2.11 computed with the article's two critics, at an eighth of their channels.
struct CriticReference {
  private let archive: NpzArchive

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    archive = try NpzArchive(folder.appending(path: "Fixtures/\(name)_critic_torch.npz").path)
  }

  func tensor(_ name: String) throws -> Tensor {
    let array = try archive.array(name)
    return Tensor(array.floats(), shape: array.shape)
  }

  func contains(_ name: String) -> Bool { archive.contains(name) }

  /// Loads the reference's weights into a network; `keys` are the published names.
  func load(_ network: some Module, keys: [String: String]) throws {
    var state: [String: Tensor] = [:]
    for (name, published) in keys { state[name] = try tensor("w.\(published)") }
    try network.load(state)
  }

  static func voxel() throws -> (critic: VoxelCritic, keys: [String: String], reference: CriticReference) {
    var configuration = VoxelCritic.Configuration()
    (configuration.features, configuration.finalFeatures, configuration.hidden) = ([16, 8, 4, 1], 32, 16)
    let critic = VoxelCritic(configuration, generator: Generator(seed: 1))
    let keys = PublishedKeys.voxelCritic(critic)
    let reference = try CriticReference("voxel")
    try reference.load(critic, keys: keys)
    return (critic, keys, reference)
  }

  static func point() throws -> (critic: PointCritic, keys: [String: String], reference: CriticReference) {
    var configuration = PointCritic.Configuration()
    (configuration.pointWidths, configuration.cloudWidths) = ([8, 16, 32, 64], [32, 16])
    let critic = PointCritic(configuration, generator: Generator(seed: 1))
    let keys = PublishedKeys.pointCritic(critic)
    let reference = try CriticReference("pointnet")
    try reference.load(critic, keys: keys)
    return (critic, keys, reference)
  }
}

@Suite("Critics of shapes against PyTorch 2.11")
struct CriticTests {
  private func expectClose(_ values: Tensor, _ expected: Tensor, _ tolerance: Float, _ name: String) {
    let (a, b) = (values.contiguous().array(of: Float.self), expected.contiguous().array(of: Float.self))
    #expect(a.count == b.count, "\(name)")
    let scale = max(1e-3, b.map(abs).max() ?? 0)
    let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= tolerance * scale, "\(name): off by \(worst) of \(scale)")
  }

  @Test("The published critics have the published parameters, stage by stage")
  func parameterCounts() {
    let critic = VoxelCritic(generator: Generator(seed: 1))
    #expect(critic.parameterCount == 4_852_449)
    let counts = (0..<4).map { stage in
      critic.parameters(stage: stage).reduce(0) { $0 + $1.parameter.value.count }
    }
    #expect(counts == [4_194_817, 4_719_233, 4_850_369, 4_852_449])
    #expect(PointCritic(generator: Generator(seed: 1)).parameterCount == 337_601)
  }

  @Test(
    "Scores, penalty and its gradients equal the reference at every stage, fading in or not",
    arguments: ["stage0", "stage1", "stage2", "stage3", "stage1_fade", "stage2_fade", "stage3_fade"])
  func voxels(name: String) throws {
    // Norms are near one, so that the last digit of a norm is 3e-5 of the penalty.
    let (critic, keys, reference) = try CriticReference.voxel()
    let stage = try #require(name.dropFirst(5).first?.wholeNumberValue)
    let share = name.hasSuffix("fade") ? 0.3 : 1
    let (real, fake) = (try reference.tensor("stage\(stage).real"), try reference.tensor("stage\(stage).fake"))
    expectClose(critic(real, stage: stage, share: share), try reference.tensor("\(name).d_real"), 1e-5, "real")
    expectClose(critic(fake, stage: stage, share: share), try reference.tensor("\(name).d_fake"), 1e-5, "fake")
    let weights = try reference.tensor("interpolation").selected(0, stage)
    let value = GradientPenalty.at(
      GradientPenalty.interpolates(real: fake, generated: real, weights: weights)
    ) { critic($0, stage: stage, share: share) }
    expectClose(value.norms, try reference.tensor("\(name).gradient_norm"), 1e-5, "norms")
    expectClose(value.penalty * 10, try reference.tensor("\(name).gp"), 1e-4, "penalty")
    let parameters = critic.parameters(stage: stage)
    let gradients = gradient(of: value.penalty * 10, withRespectTo: parameters.map(\.parameter.value))
    for (entry, gradient) in zip(parameters, gradients) {
      let published = try #require(keys[entry.key])
      if reference.contains("\(name).grad_gp.\(published)") {
        expectClose(gradient, try reference.tensor("\(name).grad_gp.\(published)"), 3e-4, published)
      }
      expectClose(
        gradient.squared().sum().sqrt(), try reference.tensor("\(name).grad_gp_l2.\(published)"), 3e-4, published)
    }
  }

  @Test("Scores, penalty and gradients of clouds equal the reference")
  func clouds() throws {
    let (critic, keys, reference) = try CriticReference.point()
    let points = try reference.tensor("pos")
    func clouds(_ name: String) throws -> PointCritic.Clouds {
      PointCritic.Clouds(points: points, distances: try reference.tensor(name).squeezed(2))
    }
    let (real, fake) = (try clouds("real"), try clouds("fake"))
    expectClose(critic(real), try reference.tensor("d_real").squeezed(1), 1e-5, "real")
    expectClose(critic(fake), try reference.tensor("d_fake").squeezed(1), 1e-5, "fake")
    let shape = [points.shape[0], points.shape[1]]
    let between = GradientPenalty.interpolates(
      real: fake.distances.reshaped(shape), generated: real.distances.reshaped(shape),
      weights: try reference.tensor("interpolation"))
    let value = GradientPenalty.at(between) { critic(real.with($0.reshaped([-1]))) }
    expectClose(value.gradients, try reference.tensor("input_gradient").squeezed(2), 1e-5, "input gradient")
    expectClose(value.norms, try reference.tensor("gradient_norm"), 1e-5, "norms")
    expectClose(value.penalty * 10, try reference.tensor("gp"), 1e-5, "penalty")
    let loss = critic(fake).mean() - critic(real).mean() + value.penalty * 10
    expectClose(loss, try reference.tensor("d_loss"), 1e-5, "loss")
    let parameters = critic.parameters()
    let gradients = gradient(of: loss, withRespectTo: parameters.map(\.parameter.value))
    for (entry, gradient) in zip(parameters, gradients) {
      let published = try #require(keys[entry.key])
      expectClose(gradient, try reference.tensor("grad_loss.\(published)"), 1e-4, published)
    }
  }

  @Test("Clouds of different sizes equal the reference, and equal ones the batch")
  func ragged() throws {
    let (critic, _, reference) = try CriticReference.point()
    let clouds = PointCritic.Clouds(
      points: try reference.tensor("ragged.pos"), distances: try reference.tensor("ragged.dist").squeezed(1),
      counts: [64, 36])
    expectClose(critic(clouds), try reference.tensor("ragged.out").squeezed(1), 1e-5, "ragged")
  }

  @Test("A halved grid is that of the coarser stage where corners are aligned, and every second sample as published")
  func halving() {
    // A linear field is what linear interpolation reproduces.
    func field(_ edge: Int) -> Tensor {
      var values: [Float] = []
      for index in 0..<edge * edge * edge {
        let (i, j, k) = (index / (edge * edge), index / edge % edge, index % edge)
        let scale = 2 / Float(edge - 1)
        let place = SIMD3<Float>(Float(i), Float(j), Float(k)) * scale
        values.append((place * SIMD3<Float>(1, 3, -2)).sum())
      }
      return Tensor(values, shape: [1, edge, edge, edge])
    }
    expectClose(GridHalving.aligned(field(16)), field(8), 1e-5, "aligned")
    let strided = GridHalving.strided(field(16)).array(of: Float.self)
    let fine = field(16).array(of: Float.self)
    let (coarse, double) = (64 * 3 + 8 * 5 + 7, 256 * 6 + 16 * 10 + 14)
    let (here, there) = (strided[coarse], fine[double])
    #expect(here == there)
  }
}
