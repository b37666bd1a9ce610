import Foundation
import Models
import NN
import Testing
import Torch

@Suite("Voxel networks")
struct VoxelModelTests {
  private let random = Generator(seed: 2)

  @Test("The published networks have the published parameters")
  func parameterCounts() {
    var plain = VoxelAutoencoder.Configuration()
    plain.isVariational = false
    #expect(VoxelAutoencoder(plain, generator: random).parameterCount == 3_954_289)
    #expect(VoxelAutoencoder(generator: random).parameterCount == 3_987_569)
    #expect(VoxelGenerator(generator: random).parameterCount == 4_724_033)
    #expect(VoxelDiscriminator(generator: random).parameterCount == 2_642_369)
    #expect(ShapeClassifier(categoryCount: 7, generator: random).parameterCount == 89_791)
  }

  @Test("Grids come out of codes as large as they went in")
  func shapes() {
    var configuration = VoxelAutoencoder.Configuration()
    (configuration.latentSize, configuration.widths) = (5, [2, 3, 4, 6])
    let (network, grids) = (VoxelAutoencoder(configuration, generator: random), Tensor.zeros([3, 1, 32, 32, 32]))
    let encoding = network.encode(grids, mode: .training(random))
    #expect(encoding.mean.shape == [3, 5] && encoding.logVariance?.shape == [3, 5])
    let codes = network.sample(encoding, mode: .training(random))
    #expect(network.decode(codes, mode: .training(random)).shape == grids.shape)
    var smaller = VoxelGenerator.Configuration()
    (smaller.latentSize, smaller.widths) = (5, [4, 3, 2])
    let made = VoxelGenerator(smaller, generator: random)(codes, mode: .training(random))
    #expect(made.shape == grids.shape && made.abs().max().item() <= 1)
    #expect(VoxelDiscriminator(widths: [2, 3, 4], generator: random)(made).shape == [3])
    #expect(ShapeClassifier(categoryCount: 4, generator: random)(made).shape == [3, 4])
  }

  @Test("Codes are drawn in training alone, with the variance that was said")
  func sampling() {
    let network = VoxelAutoencoder(generator: random)
    let encoding = VoxelAutoencoder.Encoding(mean: .zeros([4000, 2]) + 3, logVariance: .zeros([4000, 2]) - 2)
    #expect(network.sample(encoding, mode: .inference).array(of: Float.self).allSatisfy { $0 == 3 })
    let drawn = network.sample(encoding, mode: .training(random))
    // 8,000 numbers of deviation exp(-1): their mean errs by 0.004, their deviation by 0.8 %.
    #expect(abs(drawn.mean().item() - 3) < 0.02)
    #expect(abs((drawn - 3).squared().mean().item().squareRoot() - 0.3679) < 0.02)
  }

  @Test("The divergence is that of normal distributions, zero for the standard one")
  func divergence() {
    let standard = VoxelAutoencoder.Encoding(mean: .zeros([2, 3]), logVariance: .zeros([2, 3]))
    #expect(standard.divergence.item() == 0)
    let other = VoxelAutoencoder.Encoding(mean: .ones([2, 3]), logVariance: .zeros([2, 3]) + 0.5)
    let expected: Double = 0.5 * (1 + exp(0.5) - 0.5 - 1)
    #expect(abs(other.divergence.item() - expected) < 1e-6)
    #expect(VoxelAutoencoder.Encoding(mean: .ones([2, 3]), logVariance: nil).divergence.item() == 0)
  }
}
