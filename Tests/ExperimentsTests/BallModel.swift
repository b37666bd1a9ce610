import Experiments
import Foundation
import Geometry
import Models
import NN
import Randomness
import Testing
import Torch
import Volumes

/// A network that learned balls of five radii, whose codes say the radius: what a fit must find is known.
enum BallModel {
  static let radii: [Float] = [0.3, 0.4, 0.5, 0.6, 0.7]

  /// Trained once for all tests; nothing changes it afterwards.
  nonisolated(unsafe) static let trained: Result<ShapeModel, any Error> = Result { try train() }

  /// The first number of the code of a radius.
  static func code(_ radius: Float) -> [Float] { [(radius - 0.5) * 4, 0] }

  private static func train() throws -> ShapeModel {
    var network = SDFNet.Configuration()
    (network.latentSize, network.width) = (2, 48)
    let generator = Generator(seed: 3)
    let decoder = SDFNet(network, generator: generator)
    let optimizer = Adam(decoder.parameters(), learningRate: 3e-3)
    let codes = Tensor(radii.flatMap(code), shape: [radii.count, 2])
    let sizes = Tensor(radii, shape: [radii.count])
    for step in 0..<500 {
      optimizer.learningRate = step < 300 ? 3e-3 : 5e-4
      let points = Tensor.uniform([2000, 3], in: -1...1, generator: generator)
      let owners = Tensor.integers([2000], in: 0..<radii.count, generator: generator)
      let targets = points.norm([1]) - sizes.indexSelect(0, owners)
      let found = decoder.distances(at: points, codes: .owned(codes, owners: owners))
      let loss = (found - targets.clamped(min: -0.3, max: 0.3)).abs().mean()
      optimizer.step(gradients: gradient(of: loss, withRespectTo: decoder.parameters().map(\.parameter.value)))
    }
    var configuration = ShapeConfiguration()
    configuration.model = .sdfNet(network)
    configuration.field.clip = 0.3
    let entries = radii.map { ShapeEntry(id: name($0), category: $0 < 0.5 ? "small" : "large") }
    let table = CodeTable(entries: entries, values: radii.flatMap(code), latentSize: 2)
    return ShapeModel(decoder, configuration: configuration, codes: table, path: "balls")
  }

  static func name(_ radius: Float) -> String { "ball_\(Int((radius * 100).rounded()))" }

  /// Points of the cube with their distances from a ball.
  static func samples(_ radius: Float, count: Int = 4000) -> (points: [SIMD3<Float>], distances: [Float]) {
    var generator = SeededGenerator(seed: 11)
    let points = (0..<count).map { index in
      let point = SIMD3<Float>(
        Float(generator.uniform(in: -1..<1)), Float(generator.uniform(in: -1..<1)), Float(generator.uniform(in: -1..<1))
      )
      // Half of them near the surface.
      let length = (point * point).sum().squareRoot()
      return index % 2 == 0 ? point : point * ((radius + 0.05 * (length - 0.9)) / length)
    }
    return (points, points.map { ($0 * $0).sum().squareRoot() - radius })
  }

  /// The ball as a mesh, exact to half a thousandth.
  static func mesh(_ radius: Float) throws -> Mesh {
    try SparseSurfaceExtraction(resolution: 64).surface(of: SphereField(radius: radius)).mesh
  }

  /// Points of a ball's surface as a Fibonacci spiral, top first.
  static func spiral(_ radius: Float, count: Int) -> [SIMD3<Float>] {
    (0..<count).map { index in
      let y = 1 - 2 * (Float(index) + 0.5) / Float(count)
      let angle = Float(index) * 2.399_963_2
      let side = (1 - y * y).squareRoot()
      return radius * SIMD3(side * cos(angle), y, side * sin(angle))
    }
  }

  static func folder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "formcast-fit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }
}
