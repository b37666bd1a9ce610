import Foundation
import Geometry
import Randomness
import Testing

@Suite("Families: solids with exact distances")
struct FamilyTests {
  private static let places: [SIMD3<Float>] = {
    var generator = SeededGenerator(seed: 7)
    return (0..<3000).map { _ in
      SIMD3<Float>(
        SIMD3(generator.uniform(in: -1.2..<1.2), generator.uniform(in: -1.2..<1.2), generator.uniform(in: -1.2..<1.2)))
    }
  }()

  @Test("A step along the gradient ends on the surface, and gradients have length one", arguments: ShapeFamily.allCases)
  func gradientsLeadToTheSurface(family: ShapeFamily) throws {
    let shape = try family.shape(1, seed: 5)
    let samples = try shape.field.samples(at: Self.places, withGradients: true)
    let gradients = try #require(samples.gradients)
    let ends = Self.places.indices.map { Self.places[$0] - samples.distances[$0] * gradients[$0] }
    let rest = try shape.field.samples(at: ends, withGradients: false).distances
    #expect(rest.allSatisfy { abs($0) < 2e-6 })
    #expect(gradients.allSatisfy { abs(($0 * $0).sum() - 1) < 1e-5 })
  }

  @Test("No distance changes faster than its point", arguments: ShapeFamily.allCases)
  func isLipschitz(family: ShapeFamily) throws {
    let shape = try family.shape(2, seed: 5)
    let step = SIMD3<Float>(0.006, -0.004, 0.005)
    let here = try shape.field.samples(at: Self.places, withGradients: false).distances
    let there = try shape.field.samples(at: Self.places.map { $0 + step }, withGradients: false).distances
    let length = (step * step).sum().squareRoot()
    #expect(zip(here, there).allSatisfy { abs($0 - $1) <= length + 1e-6 })
    #expect(here.contains { $0 < 0 } && here.contains { $0 > 0 })
  }

  @Test("Shapes are centred, end where the margin says, and are closed", arguments: ShapeFamily.allCases)
  func isPlaced(family: ShapeFamily) throws {
    for margin in [1, 1.03] {
      let shape = try family.shape(4, seed: 1, margin: margin)
      let mesh = try shape.surface(resolution: 128)
      let bounds = try #require(mesh.bounds)
      let reach = mesh.positions.map { ($0 * $0).sum().squareRoot() }.max() ?? 0
      #expect((bounds.center * bounds.center).sum() < 0.012 * 0.012, "\(shape.id)")
      #expect(abs(Double(reach) - 1 / margin) < 0.03 && Double(reach) <= 1 / margin + 1e-5, "\(shape.id) \(reach)")
      #expect(MeshTopology(mesh).isClosed)
      #expect(mesh.signedVolume > 0)
    }
  }

  @Test("A shape depends on seed, family and number alone")
  func isDeterministic() throws {
    for family in ShapeFamily.allCases {
      let (first, again) = (try family.shape(5, seed: 9), try family.shape(5, seed: 9))
      #expect(first.solid == again.solid)
      #expect(first.id == "\(family.rawValue)/0005")
      #expect(try family.shape(6, seed: 9).solid != first.solid)
      #expect(try family.shape(5, seed: 10).solid != first.solid)
    }
  }

  /// Distances on a coarse grid: the nearest shape is of the same family far more often than chance would have it.
  @Test("Families can be told apart by their distances")
  func familiesDiffer() throws {
    let grid = (0..<512).map { index in
      let place = SIMD3<Float>(Float(index / 64), Float(index / 8 % 8), Float(index % 8))
      return place / 3.5 - 1
    }
    var shapes: [(family: ShapeFamily, values: [Float])] = []
    for family in ShapeFamily.allCases {
      for index in 0..<8 {
        let field = try family.shape(index, seed: 2).field
        shapes.append((family, try field.samples(at: grid, withGradients: false).distances))
      }
    }
    let right = shapes.indices.count { index in
      let nearest = shapes.indices.filter { $0 != index }.min { first, second in
        Self.difference(shapes[index].values, shapes[first].values)
          < Self.difference(shapes[index].values, shapes[second].values)
      }
      return nearest.map { shapes[$0].family } == shapes[index].family
    }
    #expect(Double(right) / Double(shapes.count) > 0.85, "\(right) of \(shapes.count)")
  }

  private static func difference(_ first: [Float], _ second: [Float]) -> Float {
    zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}

@Suite("Families: their parts")
struct FamilyPartTests {
  @Test("The distance of a square with a hole is known everywhere")
  func polygons() {
    let square: [SIMD2<Double>] = [[-2, -2], [2, -2], [2, 2], [-2, 2]]
    let hole: [SIMD2<Double>] = [[-1, -1], [-1, 1], [1, 1], [1, -1]]
    let region = PolygonDistance([square, hole])
    for (point, distance) in [
      ([0, 0], 1), ([0.25, 0], 0.75), ([1.5, 0], -0.5), ([1.75, 0.3], -0.25), ([3, 0], 1), ([5, 6], 5), ([2, 0], 0),
    ] as [(SIMD2<Double>, Double)] {
      #expect(abs(region.place(of: point).distance - distance) < 1e-12, "\(point)")
    }
    #expect(region.place(of: [2, 0.5]).gradient == [1, 0])
    #expect(region.place(of: [0, -1]).gradient == [0, 1])
  }

  @Test("A turned rectangle is a cylinder, a cut one a box")
  func cylinderAndBox() {
    let cylinder = TurnedField(profile: [[[0, -1], [1, -1], [1, 1], [0, 1]]])
    #expect(cylinder.sample(at: .zero).distance == -1)
    #expect(cylinder.sample(at: [0, 0.5, 0]).distance == -0.5)
    #expect(cylinder.sample(at: [0, 3, 0]).distance == 2)
    #expect(cylinder.sample(at: [3, 5, 4]).distance == (32 as Float).squareRoot())
    let cut = CutField(outline: [[[-1, -0.5], [1, -0.5], [1, 0.5], [-1, 0.5]]], halfDepth: 0.25)
    let box = BoxField(halfExtents: [1, 0.5, 0.25])
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<500 {
      let point = SIMD3<Float>(
        Float(generator.uniform(in: -2..<2)), Float(generator.uniform(in: -2..<2)), Float(generator.uniform(in: -2..<2))
      )
      let (found, expected) = (cut.sample(at: point), box.sample(at: point))
      #expect(abs(found.distance - expected.distance) < 1e-6)
    }
  }

  @Test("The surface of overlapping boxes is closed and has the volume and area of their union")
  func boxes() {
    let union = BoxUnion([
      .init([0, 0, 0], [2, 1, 1]), .init([1, 0.5, 0.25], [3, 2, 0.75]), .init([0.25, 0.25, 0.25], [0.5, 0.5, 0.5]),
    ])
    let mesh = union.mesh()
    let topology = MeshTopology(mesh)
    #expect(topology.isClosed && topology.isConsistentlyOriented && topology.componentCount == 1)
    #expect(abs(mesh.signedVolume - (2 + 1.5 - 0.25)) < 1e-6)
    // 10 and 9.5, less 0.75 of the first within the second and 1.75 of the second within the first.
    #expect(abs(mesh.area - 17) < 1e-6)
  }

  @Test("Samples of a solid are its exact distances, paired ones too")
  func samples() throws {
    let shape = try ShapeFamily.gears.shape(0, seed: 1)
    let surface = try shape.surface(resolution: 96)
    var plan = SamplePreset.deepsdf.plan
    plan.count = 4000
    let set = try shape.samples(plan, seed: 3, surface: surface)
    #expect(set.points.count == 4000 && set.report.nearCount == 3760)
    #expect(set.distances == (try shape.field.samples(at: set.points, withGradients: false).distances))
    #expect(set == (try shape.samples(plan, seed: 3, surface: surface)))
    var pairs = SamplePreset.shapegan.plan
    pairs.count = 2000
    let paired = try shape.samples(pairs, seed: 3, surface: surface)
    #expect(paired.pairedDistances.count == 2000)
    #expect(paired.pairedDistances.allSatisfy { abs($0) < 0.02 })
  }
}
