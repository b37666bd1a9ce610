import Experiments
import Foundation
import Geometry
import Models
import NN
import Runs
import Testing
import Torch
import Volumes

extension TrainedTests {
  @Suite("Autodecoder")
  struct AutodecoderTests {
    @Test(
      "Three steps and three more equal six, bit for bit",
      arguments: ["autodecoder", "autodecoder-deepsdf"], Precision.allCases)
    func threeAndThree(recipe: String, precision: Precision) throws {
      let data = try BallData(radii: [0.3, 0.4, 0.5, 0.6])
      var configuration = BallData.configuration
      configuration.precision = precision
      (configuration.data.validationShare, configuration.training.validationShapes) = (0.5, 1)
      configuration.training.bestBy = .heldOutL1
      if recipe == "autodecoder-deepsdf" {
        var network = DeepSDFDecoder.Configuration()
        (network.width, network.latentSize, network.hiddenCount, network.skipLayer) = (24, 3, 4, 2)
        configuration.model = .deepSDF(network)
        configuration.training.shapesPerBatch = 2
        (configuration.codes.penalty, configuration.codes.penaltyRamp) = (.norm, 4)
        configuration.optimizer.schedule = .halving
        configuration.optimizer.scheduleSteps = 2
        configuration.loss.eikonalWeight = 0.1
        configuration.loss.eikonalPoints = 32
        configuration.training.batchSplit = 3
      }
      let whole = try data.train(configuration, "whole")
      #expect(whole.reason == .completed && whole.step == 6)
      // A constant of zero errs by at most the clip.
      #expect((0...0.11).contains(try #require(whole.metrics["l1_held_out"])))
      configuration.training.steps = 3
      _ = try data.train(configuration, "cut")
      configuration.training.steps = 6
      let second = try data.train(configuration, "cut", resumes: true)
      #expect(second.step == 6 && second.metrics == whole.metrics)
      let (a, b) = (try data.run("whole"), try data.run("cut"))
      #expect(try a.lastState() == b.lastState())
      #expect(try a.steps() == b.steps())
      #expect(try a.evaluations() == b.evaluations())
    }

    @Test("Codes and network learn balls apart, and the codes' order is that of the radii")
    func learning() throws {
      let radii: [Float] = [0.25, 0.35, 0.45, 0.55, 0.65, 0.75]
      let data = try BallData(radii: radii)
      var configuration = BallData.configuration
      configuration.data.validationShare = 0
      configuration.shrink(width: 32, latentSize: 1)
      configuration.codes.penaltyWeight = 1e-4
      (configuration.training.batchSize, configuration.training.steps) = (1024, 400)
      (configuration.training.validationInterval, configuration.training.checkpointInterval) = (0, 0)
      let outcome = try data.train(configuration, "run")
      let losses = try data.run("run").steps().compactMap { $0.metrics["l1"] }
      // A constant of zero errs by about 0.07 on targets clipped at 0.1.
      #expect(losses[399] < 0.2 * losses[0] && (outcome.metrics["l1"] ?? 1) < 0.012, "\(losses[0]) \(losses[399])")
      #expect((outcome.metrics["wrong_signs"] ?? 1) < 0.06)
      let model = try ShapeModel.open(data.path("run"))
      let table = try #require(model.codes)
      #expect(table.entries.map(\.category) == ["big", "big", "big", "small", "small", "small"])
      let byRadius = [0, 2, 4, 1, 3, 5].map { radii[$0] }
      let codes = table.entries.indices.map { table.code($0)[0] }
      let ranked = zip(byRadius, codes).sorted { $0.0 < $1.0 }.map(\.1)
      #expect(ranked == ranked.sorted() || ranked == ranked.sorted(by: >), "\(ranked)")
      for index in table.entries.indices {
        let surface = try model.surface(code: table.code(index), resolution: 32)
        let lengths = surface.mesh.positions.map { ($0 * $0).sum().squareRoot() }
        let mean = lengths.reduce(0, +) / Float(max(lengths.count, 1))
        #expect(abs(mean - byRadius[index]) < 0.04, "\(mean) instead of \(byRadius[index])")
      }
    }

    @Test("One shape is learned without a code, and several are refused")
    func singleShape() throws {
      let data = try BallData(radii: [0.5], points: 4000)
      var configuration = BallData.configuration
      configuration.shrink(width: 32, latentSize: 0)
      (configuration.data.validationShare, configuration.training.batchSize) = (0, 1024)
      (configuration.training.steps, configuration.training.validationInterval) = (300, 0)
      let outcome = try data.train(configuration, "run")
      #expect((outcome.metrics["l1"] ?? 1) < 0.01)
      let model = try ShapeModel.open(data.path("run"))
      #expect(model.codes == nil && model.latentSize == 0)
      #expect(try !model.surface(code: [], resolution: 24).mesh.faces.isEmpty)
      let several = try BallData(radii: [0.4, 0.5])
      #expect(throws: ExperimentError.self) { try several.train(configuration, "run") }
      #expect(!FileManager.default.fileExists(atPath: several.path("run")))
    }

    @Test("Gradients of a batch in parts are those of the batch")
    func parts() throws {
      let data = try BallData(radii: [0.3, 0.4, 0.5, 0.6])
      var configuration = BallData.configuration
      configuration.codes.penaltyWeight = 0.1
      let whole = try data.train(configuration, "whole")
      configuration.training.batchSplit = 5
      let parts = try data.train(configuration, "parts")
      for (name, value) in whole.metrics { #expect(abs((parts.metrics[name] ?? .nan) - value) < 1e-5, "\(name)") }
      let losses = try ["whole", "parts"].map { try data.run($0).steps().compactMap { $0.metrics["l1"] } }
      for (one, other) in zip(losses[0], losses[1]) { #expect(abs(one - other) < 1e-5) }
    }

    @Test("Held-out shapes cannot choose the best checkpoint where none is held out")
    func nothingHeldOut() throws {
      let data = try BallData(radii: [0.3, 0.4])
      var configuration = BallData.configuration
      configuration.data.validationShare = 0
      (configuration.training.bestBy, configuration.training.validationShapes) = (.heldOutL1, 2)
      #expect(throws: ExperimentError.self) { try data.train(configuration, "run") }
      #expect(!FileManager.default.fileExists(atPath: data.path("run")))
    }

    @Test("A run goes on with its own shapes only")
    func otherShapes() throws {
      let data = try BallData(radii: [0.3, 0.4, 0.5, 0.6])
      var configuration = BallData.configuration
      configuration.training.steps = 3
      _ = try data.train(configuration, "run")
      try FileManager.default.moveItem(atPath: data.folder + "/big/00.npz", toPath: data.folder + "/big/other.npz")
      configuration.training.steps = 6
      #expect(throws: ExperimentError.self) { try data.train(configuration, "run", resumes: true) }
    }

    @Test("Loss, code penalty and the gradient of the codes equal PyTorch's")
    func reference() throws {
      let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let archive = try NpzArchive(fixtures.appending(path: "Fixtures/sdfnet_torch.npz").path)
      func tensor(_ name: String) throws -> Tensor {
        let array = try archive.array(name)
        return Tensor(array.floats(), shape: array.shape)
      }
      var configuration = AutodecoderConfiguration()
      configuration.shrink(width: 32, latentSize: 16)
      let network = SDFNet(try #require(configuration.model.sdfNet), generator: Generator(seed: 1))
      var state: [String: Tensor] = [:]
      for (own, published) in PublishedKeys.sdfNet(network) { state[own] = try tensor("sdfnet.w.\(published)") }
      try network.load(state)
      let book = CodeBook(shapeCount: 2, latentSize: 16, deviation: 1, generator: Generator(seed: 2))
      book.table.value = try tensor("codes")
      let points = try tensor("points")
      let owners = Tensor([Int64](repeating: 0, count: 200) + [Int64](repeating: 1, count: 200), shape: [400])
      let batch = AutodecoderLoss.Batch(
        points: .concatenated([points, points]), distances: try tensor("target").reshaped([-1]), owners: owners,
        shares: Tensor([Float(0.5), 0.5], shape: [2]))
      let terms = AutodecoderLoss(configuration: configuration)
        .terms(batch, decoder: network, codes: book, ramp: 1, mode: .inference)
      #expect(abs(terms.error.item() - (try tensor("sdfnet.loss_l1").item())) < 1e-6)
      let penalty = try #require(terms.codeSize).item() * 0.01
      #expect(abs(penalty - (try tensor("sdfnet.loss_code").item())) < 1e-7)
      let found = gradient(of: terms.total, withRespectTo: [book.table.value])[0]
      let deviation = (found - (try tensor("sdfnet.grad_total.codes"))).abs().max().item()
      #expect(deviation < 5e-5)
    }

    @Test("The eikonal term is the slope's, and its gradient that of finite differences")
    func eikonal() throws {
      var configuration = AutodecoderConfiguration()
      configuration.shrink(width: 8, latentSize: 2)
      (configuration.loss.eikonalWeight, configuration.loss.eikonalPoints) = (1, 64)
      configuration.field.clip = nil
      configuration.codes.penaltyWeight = 0
      let network = SDFNet(try #require(configuration.model.sdfNet), generator: Generator(seed: 3))
      network.convert(to: .float64)
      let book = CodeBook(shapeCount: 1, latentSize: 2, deviation: 1, generator: Generator(seed: 4))
      book.convert(to: .float64)
      let points = Tensor.uniform([64, 3], in: -1...1, generator: Generator(seed: 5)).to(dtype: .float64)
      let batch = AutodecoderLoss.Batch(
        points: points, distances: .zeros([64], dtype: .float64), owners: .zeros([64], dtype: .int64),
        shares: .ones([1], dtype: .float64))
      let loss = AutodecoderLoss(configuration: configuration)
      func term() throws -> Tensor {
        try #require(loss.terms(batch, decoder: network, codes: book, ramp: 1, mode: .inference).eikonal)
      }
      let weight = network.back[0].weight.value
      let analytic = gradient(of: try term(), withRespectTo: [weight])[0].array(of: Double.self)
      for index in [0, 5, 17] {
        func shifted(_ by: Double) throws -> Double {
          var values = weight.array(of: Double.self)
          values[index] += by
          let before = weight.clone().detached()
          withoutGradient { weight.copy(from: Tensor(values, shape: weight.shape)) }
          defer { withoutGradient { weight.copy(from: before) } }
          return try term().item()
        }
        let difference = (try shifted(1e-6) - shifted(-1e-6)) / 2e-6
        #expect(abs(difference - analytic[index]) < 1e-5 * max(1, abs(difference)))
      }
    }
  }
}
