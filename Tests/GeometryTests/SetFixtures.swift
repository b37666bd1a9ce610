import Foundation
import Geometry
import Randomness
import Testing
import Volumes

/// Clouds and figures that NumPy and SciPy computed in double precision.
struct SetFixtures {
  let generated, reference: [[SIMD3<Float>]]
  private let sets: NpzArchive

  init() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures")
    let clouds = try NpzArchive(folder.appendingPathComponent("metrics_clouds.npz").path)
    func read(_ name: String) throws -> [[SIMD3<Float>]] {
      let array = try clouds.array("clouds.\(name)")
      try #require(array.shape == [8, 256, 3])
      let values = array.floats()
      return (0..<8).map { cloud in
        (0..<256).map { point in
          let start = (cloud * 256 + point) * 3
          return SIMD3(values[start], values[start + 1], values[start + 2])
        }
      }
    }
    (generated, reference) = (try read("generated"), try read("reference"))
    sets = try NpzArchive(folder.appendingPathComponent("metrics_sets.npz").path)
  }

  func numbers(_ name: String) throws -> [Double] { try sets.array(name).doubles() }

  func generatedSet() throws -> CloudSet { try CloudSet(generated, name: "generated") }
  func referenceSet() throws -> CloudSet { try CloudSet(reference, name: "reference") }
}

/// Clouds to measure: points of an ellipsoid's surface, or of the ball.
enum TestClouds {
  static func ellipsoid(_ count: Int, seed: UInt64) -> [SIMD3<Float>] {
    var generator = SeededGenerator(seed: seed)
    let axes = SIMD3<Float>(
      Float(generator.uniform(in: 0.2..<0.5)), Float(generator.uniform(in: 0.2..<0.5)),
      Float(generator.uniform(in: 0.2..<0.5)))
    return ball(count, seed: seed &+ 1000).map { $0 / max((($0 * $0).sum()).squareRoot(), 1e-3) * axes }
  }

  static func ball(_ count: Int, seed: UInt64) -> [SIMD3<Float>] {
    NoiseClouds(count: 1, pointCount: count, radius: 1, seed: seed).clouds()[0]
  }
}
