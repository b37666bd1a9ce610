import Experiments
import Foundation
import Geometry
import Models
import NN
import Runs
import Testing
import Volumes

/// Balls as grids of two sizes, in a folder that goes away with the test.
private final class BallGrids {
  let url = FileManager.default.temporaryDirectory.appending(path: "formcast-grids-\(UUID().uuidString)")
  var folder: String { url.appending(path: "data").path }

  init(_ radii: [Float] = [0.3, 0.4, 0.5, 0.6, 0.7], sides: [Int] = [8, 16], factor: Float = 1) throws {
    for side in sides {
      let place = url.appending(path: "data/voxels_\(side)/balls")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for (number, radius) in radii.enumerated() {
        var values: [Float] = []
        for index in 0..<side * side * side {
          let (i, j, k) = (index / (side * side), index / side % side, index % side)
          let point = SIMD3<Float>(Float(i), Float(j), Float(k)) * (2 / Float(side - 1)) - 1
          let distance = (point * point).sum().squareRoot() - radius
          values.append(factor == 1 ? distance : min(max(distance * factor, -1), 1))
        }
        let file = place.appending(path: String(format: "%02d.npy", number)).path
        try NpyFile.write(NpyArray(shape: [side, side, side], values), to: file)
      }
    }
  }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path): \(error)") }
  }

  func run(_ name: String) throws -> RunDirectory { try .open(at: url.appending(path: name)) }

  static var configuration: VoxelGANConfiguration {
    var configuration = VoxelGANConfiguration()
    configuration.model.sdfNet?.width = 8
    configuration.model.sdfNet?.latentSize = 3
    (configuration.critic.features, configuration.critic.finalFeatures, configuration.critic.hidden) = ([4, 1], 4, 4)
    (configuration.training.batchSize, configuration.training.stageEpochs) = (2, 2)
    (configuration.training.fadeEpochs, configuration.training.averageDecay) = (1.5, 0.9)
    (configuration.training.validationInterval, configuration.training.checkpointInterval) = (4, 1)
    configuration.training.samples = 2
    configuration.adversarial.criticSteps = 2
    configuration.data.validationShare = 0.2
    return configuration
  }

  func train(_ configuration: VoxelGANConfiguration, _ name: String, resumes: Bool = false) throws -> TrainingOutcome {
    var options = TrainingRequest(data: folder, run: url.appending(path: name).path)
    (options.resumes, options.progress) = (resumes, .quiet)
    let environment = RunEnvironment(recipe: configuration.recipe, seed: configuration.seed, version: "0")
    return try RunTrainer(configuration, options: options, environment: environment)()
  }
}

extension TrainedTests {
  @Suite("Voxel GAN")
  struct VoxelGANTests {
    // Four training grids make two batches: stages begin at 0 and 4, and the fade lasts three steps.
    @Test(
      "A run that is cut anywhere, in a stage, at its end or in a fade, equals one that is not", arguments: [3, 4, 6])
    func resumed(cut: Int) throws {
      let data = try BallGrids()
      var configuration = BallGrids.configuration
      let whole = try data.train(configuration, "whole")
      #expect(whole.reason == .completed && whole.step == 8)
      configuration.training.steps = cut
      _ = try data.train(configuration, "cut")
      configuration.training.steps = 0
      let second = try data.train(configuration, "cut", resumes: true)
      #expect(second.step == 8 && second.metrics == whole.metrics)
      let (a, b) = (try data.run("whole"), try data.run("cut"))
      #expect(try a.lastState() == b.lastState())
      let steps = try a.steps()
      #expect(try steps == b.steps())
      #expect(steps.map { $0.metrics["stage"] } == [0, 0, 0, 0, 1, 1, 1, 1])
      let fades = steps.compactMap { $0.metrics["fade"] }
      let expected: [Double] = [1, 1, 1, 1, 0, 1.0 / 3, 2.0 / 3, 1]
      #expect(zip(fades, expected).allSatisfy { abs($0 - $1) < 1e-9 })
      // The generator's turn is every second batch.
      #expect(
        steps.map { $0.metrics["generator_loss"] != nil } == [true, false, true, false, true, false, true, false])
      #expect(whole.metrics.keys.contains("score_held_out") && whole.metrics.keys.contains("solid_generated"))
      let model = try ShapeModel.open(data.url.appending(path: "whole").path)
      #expect(model.codes == nil && model.configuration.field.scale == 0.1)
      let values = try model.field(code: [0.1, 0.2, 0.3]).samples(at: [.zero], withGradients: false).distances
      #expect(abs(values[0]) <= 0.1)
    }

    @Test("Grids in other units, of other sizes, of few shapes and missing ones are refused before a run is made")
    func badData() throws {
      func fails(_ data: BallGrids, _ words: String, _ configuration: VoxelGANConfiguration = BallGrids.configuration) {
        #expect { try data.train(configuration, "run") } throws: { "\($0)".contains(words) }
        #expect(!FileManager.default.fileExists(atPath: data.url.appending(path: "run").path))
      }
      fails(try BallGrids(factor: 10), "divided otherwise")
      fails(try BallGrids(factor: 0.05), "clipped or divided otherwise")
      fails(try BallGrids(sides: [8]), "voxels_16")
      fails(try BallGrids([0.5]), "to learn from")
      let odd = try BallGrids()
      try FileManager.default.removeItem(atPath: odd.folder + "/voxels_16/balls/03.npy")
      fails(odd, "balls/03 has no grid of every size")
      var configuration = BallGrids.configuration
      configuration.training.batchSize = 1
      fails(try BallGrids(), "training.batchSize", configuration)
    }

    @Test("Exported families have grids that a voxel GAN can be trained on")
    func families() throws {
      let fixtures = try SampleFixtures()
      var plan = SamplePlan(name: "test", near: 0.5, deviations: [0.05])
      plan.count = 50
      var export = FamilyExport([.rods, .rings], count: 2, plan: plan, seed: 1)
      (export.resolution, export.voxels) = (24, [8, 16])
      try export.write(to: fixtures.folder)
      #expect(export.paths(in: fixtures.folder).allSatisfy { FileManager.default.fileExists(atPath: $0) })
      try BallGrids.configuration.checkData(in: fixtures.folder)
      let grid = try NpyFile.read(fixtures.folder + "/voxels_8/rods/0001.npy")
      let field = try ShapeFamily.rods.shape(1, seed: 1, margin: plan.margin).field
      // Indices 1, 2, 3 along x, y, z.
      let point = SIMD3<Float>(1, 2, 3) * (2 / 7) - 1
      let expected = try field.samples(at: [point], withGradients: false).distances[0]
      #expect(grid.shape == [8, 8, 8] && abs(grid.floats()[64 + 16 + 3] - expected) < 1e-6)
    }
  }
}
