import Foundation
import Geometry
import Testing

@Suite("Mesh comparison")
struct MetricsMeshTests {
  private func options(
    samples: Int = 4000, volume: Int = 0, target: ComparisonOptions.Target = .surface
  ) -> ComparisonOptions {
    var options = ComparisonOptions()
    (options.sampleCount, options.volumeSampleCount, options.target) = (samples, volume, target)
    options.seed = 7
    return options
  }

  @Test("spheres of radius 1 and 1.1 are 0.1 apart everywhere and overlap by (1 / 1.1)^3")
  func spheres() throws {
    let (small, large) = (RenderShapes.sphere(rings: 24), RenderShapes.sphere(radius: 1.1, rings: 24))
    let told = try ShapeComparison(of: small, to: large, options: options(volume: 20_000))
    // Faces of 7.5 degrees are nearer than the corners by at most 1 - cos(3.75 degrees) squared = 0.4 %.
    for distance in [told.toReference, told.fromReference] {
      #expect((0.0994...0.1001).contains(distance.mean) && (0.0994...0.1001).contains(distance.median))
      #expect((0.0995...0.1003).contains(distance.maximum))
    }
    #expect(abs(told.chamfer.squared - 0.02) < 0.0003 && abs(told.chamfer.l1 - 0.1) < 0.0007)
    #expect(abs(told.chamfer.l1Sum - 0.2) < 0.0014)
    #expect(told.hausdorff.symmetric == max(told.toReference.maximum, told.fromReference.maximum))
    #expect(try #require(told.normalConsistency).mean > 0.997)
    let overlap = try #require(told.overlap)
    #expect(abs(overlap.iou - pow(1 / 1.1, 3)) < 4 * overlap.standardError)
    #expect((0.003...0.006).contains(overlap.standardError))
    // A ball fills pi / 6 of its box.
    #expect(abs(Double(overlap.insideEither) / 20_000 - .pi / 6) < 0.02)
    #expect(told.protocol.meshSign != nil && told.protocol.referenceSign != nil)
    #expect(abs(told.protocol.referenceDiagonal - 2.2 * 3.0.squareRoot()) < 1e-5)
  }

  @Test("planes at a distance of 0.05")
  func planes() throws {
    var options = options()
    options.thresholds = [0.049, 0.051]
    let told = try ShapeComparison(of: RenderShapes.square(z: 0.05), to: RenderShapes.square(), options: options)
    for distance in [told.toReference, told.fromReference] {
      #expect(abs(distance.mean - 0.05) < 1e-7 && abs(distance.maximum - 0.05) < 1e-7)
    }
    #expect(abs(told.chamfer.squared - 0.005) < 1e-8)
    #expect(try #require(told.normalConsistency).mean == 1)
    #expect(told.fScores.map(\.fScore) == [0, 1] && told.fScores.map(\.precision) == [0, 1])
    let upright = Mesh(
      positions: RenderShapes.square().positions.map { [$0.x, $0.z, $0.y] }, faces: [[0, 1, 2], [0, 2, 3]])
    let across = try ShapeComparison(of: upright, to: RenderShapes.square(), options: self.options(target: .points))
    #expect(try #require(across.normalConsistency).mean == 0)
  }

  @Test("a mesh against itself is as far as two samplings are, and overlaps wholly")
  func itself() throws {
    let sphere = RenderShapes.sphere(rings: 16)
    let told = try ShapeComparison(
      of: sphere, to: sphere, options: options(samples: 30_000, volume: 2000, target: .points))
    // Nearest of n random points per area: mean distance 1 / (2 sqrt n), mean square 1 / (pi n).
    let density = 30_000 / sphere.area
    #expect(abs(told.chamfer.l1 / (0.5 / density.squareRoot()) - 1) < 0.02)
    #expect(abs(told.chamfer.squared / (2 / (.pi * density)) - 1) < 0.03)
    let floor = try #require(told.chamferFloor)
    #expect(abs(floor.squared / told.chamfer.squared - 1) < 0.04 && floor != told.chamfer)
    #expect(told.overlap?.iou == 1 && told.overlap?.standardError == 0)
    #expect(told.fScores[0].fScore > 0.999 && told.normalConsistency.map { $0.mean > 0.98 } == true)
    let exact = try ShapeComparison(of: sphere, to: sphere, options: options())
    #expect(exact.chamfer.l1 < 1e-7 && exact.hausdorff.symmetric < 1e-6 && exact.chamferFloor == nil)
  }

  @Test("numbers depend on the seed, not on the number of threads, and on both meshes alike")
  func determinism() throws {
    let (a, b) = (RenderShapes.sphere(rings: 8), RenderShapes.sphere(radius: 0.9, center: [0.1, 0, 0], rings: 8))
    var options = options(samples: 9000, volume: 9000, target: .points)
    let told = try ShapeComparison(of: a, to: b, options: options)
    options.threadCount = 1
    #expect(try ShapeComparison(of: a, to: b, options: options) == told)
    options.seed = 8
    let other = try ShapeComparison(of: a, to: b, options: options)
    #expect(other.chamfer != told.chamfer && other.overlap != told.overlap)
    #expect(abs(other.chamfer.l1 / told.chamfer.l1 - 1) < 0.05)
  }

  @Test(
    "normalization makes numbers independent of the units of the files", arguments: ComparisonNormalization.allCases)
  func normalization(_ rule: ComparisonNormalization) throws {
    // A stray vertex that no face uses must not count.
    var (mesh, reference) = (
      RenderShapes.sphere(radius: 3.3, center: [4, 5, 6], rings: 12), RenderShapes.square(half: 3)
    )
    reference = RenderShapes.sphere(radius: 3, center: [4, 5, 6], rings: 12)
    reference.positions.append([1000, 0, 0])
    mesh.positions.append([0, -1000, 0])
    var options = options(samples: 2000)
    options.normalization = rule
    let told = try ShapeComparison(of: mesh, to: reference, options: options)
    // Faces of 15 degrees are nearer than the corners by up to 1.7 %.
    #expect(abs(told.chamfer.l1 / (rule == .none ? 0.3 : 0.1) - 1) < 0.02)
    let diagonal = (rule == .none ? 6 : 2) * 3.0.squareRoot()
    #expect(abs(told.protocol.referenceDiagonal - diagonal) < 1e-5)
    #expect(told.protocol.thresholds == [told.protocol.referenceDiagonal / 100])
    #expect(told.protocol.normalization == rule)
  }

  @Test("what cannot be compared is an error in one line")
  func errors() throws {
    let sphere = RenderShapes.sphere(rings: 4)
    var wrong: [ComparisonOptions] = [.init(), .init(), .init(), .init()]
    wrong[0].sampleCount = 0
    wrong[1].volumeSampleCount = -1
    wrong[2].sampleCount = .max
    wrong[3].thresholds = [0]
    for options in wrong {
      #expect(throws: ComparisonError.self) { try ShapeComparison(of: sphere, to: sphere, options: options) }
    }
    let broken = [
      Mesh(), Mesh(positions: [.zero], faces: [[0, 0, 0]]), Mesh(positions: [.zero], faces: [[0, 1, 2]]),
      Mesh(positions: [.zero, .one, [.nan, 0, 0]], faces: [[0, 1, 2]]),
      Mesh(positions: [.zero, [1e30, 0, 0], [0, 1e30, 0]], faces: [[0, 1, 2]]),
    ]
    for mesh in broken {
      for rule in ComparisonNormalization.allCases {
        var options = options(samples: 10, volume: 10)
        options.normalization = rule
        for (a, b) in [(mesh, sphere), (sphere, mesh)] {
          let error = #expect(throws: (any Error).self) { try ShapeComparison(of: a, to: b, options: options) }
          #expect(error.map { !"\($0)".contains("\n") } == true)
        }
      }
    }
  }
}
