import Experiments
import Foundation
import Geometry
import Testing
import Volumes

@Suite(.serialized)
struct ShapeEvaluationTests {
  private let heldOut: [Float] = [0.35, 0.45, 0.55, 0.65]

  /// Samples of the balls that the network learned and of some others, with meshes beside them unless left out.
  private func data(withMeshes: Bool = true) throws -> URL {
    let folder = try BallModel.folder()
    for radius in BallModel.radii + heldOut {
      let samples = BallModel.samples(radius)
      let set = SampleSet(
        points: samples.points, distances: samples.distances, transform: UnitFrame(center: [1, 2, 3], unitLength: 10),
        report: try report())
      let stem = folder.appending(path: BallModel.name(radius))
      try SampleArchive.write(set, to: stem.path + ".npz")
      guard withMeshes else { continue }
      // The mesh is in units of its own, to which the samples' transform leads.
      let frame = GridFrame(origin: [1, 2, 3], spacing: [10, 10, 10])
      try BallModel.mesh(radius).transformed(by: frame).write(to: stem.appendingPathExtension("obj"))
    }
    return folder
  }

  private func report() throws -> SampleReport {
    let sampler = SignedDistanceSampler(SamplePlan(name: "x", count: 4, near: 0, deviations: []))
    return try sampler.samples(of: BallModel.mesh(0.5)).report
  }

  private func options(_ data: URL, _ out: URL) -> ShapeEvaluation.Options {
    var options = ShapeEvaluation.Options(data: data.path)
    options.out = out.path
    (options.resolution, options.trainingShapes, options.progress) = (32, 2, .quiet)
    (options.fit.steps, options.fit.samplesPerStep, options.fit.learningRate) = (120, 512, 2e-2)
    (options.comparison.sampleCount, options.comparison.volumeSampleCount) = (2000, 4000)
    return options
  }

  @Test("held-out balls are nearer to their reconstruction than to any ball that was learned")
  func evaluation() throws {
    let model = try BallModel.trained.get()
    let (data, out) = (try data(), try BallModel.folder())
    defer { for url in [data, out] { try? FileManager.default.removeItem(at: url) } }
    let outcome = try ShapeEvaluation(model, options: options(data, out))()
    let result = outcome.result
    #expect(outcome.shapes.map(\.entry.id) == heldOut.map(BallModel.name))
    #expect(result.samples == 4 && result.failed == 0 && result.protocol.trainingShapes == 5)
    #expect(result.protocol.references == ["mesh": 4])
    // Halfway between two learned radii: both are 0.05 away, and two samplings of one ball of 2,000 points some 0.015.
    #expect(result.isBetterThanNearest == true && result.betterThanNearest == 1)
    let nearest = try #require(result.chamfer.nearestTraining?.mean)
    #expect((0.004...0.008).contains(nearest), "\(nearest)")
    #expect(try #require(result.iou.mean) > 0.9 && result.training?.samples == 2)
    for shape in outcome.shapes {
      let id = try #require(shape.nearest?.id)
      let near = try #require(BallModel.radii.first { BallModel.name($0) == id })
      let own = try #require(heldOut.first { BallModel.name($0) == shape.entry.id })
      #expect(abs(near - own) < 0.051)
    }
    let metrics =
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: out.appending(path: "metrics.json"))) as? [String: Any]
    #expect((metrics?["chamfer"] as? [String: Any])?["nearest_training"] is [String: Any])
    let lines = try String(contentsOf: out.appending(path: "per_shape.csv"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 5 && lines[1].hasPrefix("ball_35,,"))
    for name in ["shapes.png", "report.html"] {
      #expect(FileManager.default.fileExists(atPath: out.appending(path: name).path))
    }
  }

  @Test("a shape's numbers are the same whichever others are judged with it")
  func independence() throws {
    let model = try BallModel.trained.get()
    let (data, out) = (try data(), try BallModel.folder())
    defer { for url in [data, out] { try? FileManager.default.removeItem(at: url) } }
    var options = options(data, out)
    options.trainingShapes = 0
    let all = try ShapeEvaluation(model, options: options)().shapes
    options.limit = 2
    #expect(try ShapeEvaluation(model, options: options)().shapes == Array(all.prefix(2)))
    // The first shapes are gone: what stays is judged first.
    for radius in heldOut.prefix(2) {
      for kind in ["npz", "obj"] {
        try FileManager.default.removeItem(at: data.appending(path: "\(BallModel.name(radius)).\(kind)"))
      }
    }
    options.limit = 0
    #expect(try ShapeEvaluation(model, options: options)().shapes == Array(all.suffix(2)))
  }

  @Test("without meshes the zero level of the samples is the reference")
  func samplesOnly() throws {
    let model = try BallModel.trained.get()
    let (data, out) = (try data(withMeshes: false), try BallModel.folder())
    defer { for url in [data, out] { try? FileManager.default.removeItem(at: url) } }
    var options = options(data, out)
    options.limit = 1
    let outcome = try ShapeEvaluation(model, options: options)()
    #expect(outcome.result.protocol.references == ["zero level of the samples": 1])
    let shape = try #require(outcome.shapes.first)
    // Half of 4,000 samples lie within 0.05 of the ball; 2,000 points each leave some 0.0005 between two samplings.
    #expect(try #require(shape.score).chamfer.squared < 0.003)
    #expect(try #require(shape.nearest).score.chamfer.squared > 0.004)
  }

  @Test("shapes that the run learned from are not taken for held out")
  func lists() throws {
    let model = try BallModel.trained.get()
    let (data, out) = (try data(), try BallModel.folder())
    defer { for url in [data, out] { try? FileManager.default.removeItem(at: url) } }
    try Data("ball_35\nball_30\n".utf8).write(to: data.appending(path: "val.txt"))
    var options = options(data, out)
    #expect(throws: ExperimentError.self) { try ShapeEvaluation(model, options: options)() }
    try Data("ball_35\n".utf8).write(to: data.appending(path: "val.txt"))
    #expect(try ShapeEvaluation(model, options: options)().shapes.map(\.entry.id) == ["ball_35"])
    options.part = .test
    #expect(throws: ExperimentError.self) { try ShapeEvaluation(model, options: options)() }
  }

  @Test("the nearest shapes are those of all pairs, on any number of threads")
  func nearest() throws {
    // Balls of many sizes and places: near ones and far ones, and two that are equal.
    let clouds = (0..<30).map { index -> [SIMD3<Float>] in
      let number = index == 29 ? 7 : index
      let shift = SIMD3<Float>(Float(number % 3) * 0.2, 0, Float(number % 5) * 0.1)
      return BallModel.spiral(0.2 + 0.02 * Float(number), count: 700).map { $0 + shift }
    }
    let targets = [3, 7, 11, 28].map { number in clouds[number].map { $0 * 1.03 + [0.01, 0.02, 0] } }
    let found = try NearestShapes(targets).search(clouds.count) { clouds[$0] }
    let trees = try clouds.map { try PointCloudTree($0) }
    for (target, neighbor) in zip(targets, found) {
      let tree = try PointCloudTree(target)
      let all = trees.map { ChamferDistance(between: $0, and: tree).squared }
      let least = try #require(all.min())
      #expect(neighbor?.index == all.firstIndex(of: least))
      #expect(abs(try #require(neighbor).chamfer - least) < 1e-12)
    }
    struct Broken: Error {}
    #expect(throws: Broken.self) {
      try NearestShapes(targets).search(clouds.count) { index in
        guard index != 5 else { throw Broken() }
        return clouds[index]
      }
    }
  }
}
