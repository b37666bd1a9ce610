import Experiments
import Foundation
import Geometry
import Testing
import Torch
import Volumes

@Suite(.serialized)
struct CodeFitTests {
  private var quick: CodeFitOptions {
    var options = CodeFitOptions()
    // The codes lie within 1 of zero: 200 steps of 0.02 reach every one of them.
    (options.steps, options.samplesPerStep, options.learningRate) = (200, 512, 2e-2)
    return options
  }

  private func observations(_ radius: Float) throws -> Observations {
    let samples = BallModel.samples(radius)
    return try Observations(points: samples.points, distances: samples.distances, name: "ball")
  }

  /// Radii of the vertices of a code's surface.
  private func radii(_ model: ShapeModel, _ code: [Float]) throws -> [Float] {
    try model.surface(code: code, resolution: 40).mesh.positions.map { ($0 * $0).sum().squareRoot() }
  }

  // The network's own error is below 0.01 (its L1 after training is 0.003), the grid's below 0.001.
  @Test("a radius that was never trained is found", arguments: [Float(0.36), 0.45, 0.64])
  func heldOutRadius(radius: Float) throws {
    let model = try BallModel.trained.get()
    let found = try CodeFit(model, options: quick)(observations(radius), name: "x")
    #expect(found.report.loss < 0.012, "\(found.report.loss)")
    let reached = try radii(model, found.code)
    // Between trained radii the network is not quite round; on average it is nearer than a tenth of their spacing.
    #expect(!reached.isEmpty && reached.allSatisfy { abs($0 - radius) < 0.04 })
    #expect(abs(reached.reduce(0, +) / Float(reached.count) - radius) < 0.01)
    #expect(found.report.groupCounts.values.reduce(0, +) == 4000)
    #expect(found.report.curve.first!.loss > 2 * found.report.curve.last!.loss)
  }

  @Test("half of a surface is completed to the whole ball")
  func completion() throws {
    let model = try BallModel.trained.get()
    let radius: Float = 0.56
    let seen = Array(BallModel.spiral(radius, count: 3000).prefix(1500))
    #expect(seen.allSatisfy { $0.y > 0 })
    let cloud = PointCloud(positions: seen, normals: seen)
    for view in [PartialView(cloud), PartialView(PointCloud(positions: seen), eye: [0, 3, 0])] {
      let known = try view.observations(.init(), name: "half")
      let found = try CodeFit(model, options: quick)(known, name: "half")
      let below = try model.surface(code: found.code, resolution: 40).mesh.positions.filter { $0.y < 0 }
      #expect(!below.isEmpty)
      #expect(below.allSatisfy { abs(($0 * $0).sum().squareRoot() - radius) < 0.04 })
    }
  }

  @Test("codes do not depend on what was fitted before, and a start near zero is the first")
  func orderAndDeterminism() throws {
    let model = try BallModel.trained.get()
    var options = quick
    (options.steps, options.starts) = (40, 3)
    let fit = try CodeFit(model, options: options)
    let (first, second) = (try observations(0.35), try observations(0.65))
    let there = (try fit(first, name: "a").code, try fit(second, name: "b").code)
    let back = (try fit(second, name: "b").code, try fit(first, name: "a").code)
    #expect(there.0 == back.1 && there.1 == back.0)
    let report = try fit(observations(0.42), name: "a").report
    let origins = report.starts.map(\.origin)
    #expect(origins == ["near zero", "trained code \(BallModel.name(0.4))", "like the trained codes"])
    // The race ends after a quarter of the steps for all but one.
    #expect(report.starts.map(\.steps).sorted() == [10, 10, 40] && report.starts[report.chosen].steps == 40)
    options.seed = 2
    #expect(try CodeFit(model, options: options)(first, name: "a").code != there.0)
  }

  @Test("starts that go on to the end are independent of each other and the best is kept")
  func starts() throws {
    let model = try BallModel.trained.get()
    var options = quick
    (options.steps, options.starts, options.raceShare) = (60, 4, 1)
    let report = try CodeFit(model, options: options)(observations(0.64), name: "x").report
    #expect(report.starts.allSatisfy { $0.steps == 60 } && report.loss == report.starts.map(\.loss).min())
    options.starts = 1
    let alone = try CodeFit(model, options: options)(observations(0.64), name: "x").report
    // Sums over a batch of four may be rounded otherwise than over one.
    #expect(abs(alone.loss - report.starts[0].loss) < 1e-4)
  }

  @Test("a level beyond clip or clamp cannot be fitted", arguments: [0.3, -0.4, .nan, 0.06])
  func unusableLevel(level: Double) throws {
    let model = try BallModel.trained.get()
    var options = quick
    if level == 0.06 { options.clamp = 0.05 }
    #expect(throws: ExperimentError.self) { _ = try CodeFit(model, options: options, level: level) }
  }

  @Test("a level above zero shifts what is fitted")
  func level() throws {
    let model = try BallModel.trained.get()
    let found = try CodeFit(model, options: quick, level: 0.05)(observations(0.5), name: "x")
    let surface = try model.surface(code: found.code, resolution: 40, level: 0.05).mesh.positions
    #expect(surface.allSatisfy { abs(($0 * $0).sum().squareRoot() - 0.5) < 0.03 })
    // So the zero level lies within.
    #expect(try radii(model, found.code).allSatisfy { $0 < 0.485 })
  }

  @Test("what cannot be fitted is refused in words")
  func refusals() throws {
    let model = try BallModel.trained.get()
    var options = CodeFitOptions()
    options.starts = 0
    #expect(throws: ExperimentError.self) { try CodeFit(model, options: options) }
    #expect(throws: ExperimentError.self) { try Observations(points: [], distances: [], name: "none") }
    #expect(throws: ExperimentError.self) {
      try Observations(points: [[0, .nan, 0]], distances: [0.1], name: "nan")
    }
    #expect(throws: ExperimentError.self) { try Observations(points: [.zero], distances: [.infinity], name: "far") }
    #expect(throws: ExperimentError.self) {
      try PartialView(PointCloud(positions: [])).observations(.init(), name: "empty")
    }
  }
}
