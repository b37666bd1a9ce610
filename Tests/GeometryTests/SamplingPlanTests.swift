import Foundation
import Geometry
import Testing

@Suite("Sampling: plans, frames and grids")
struct SamplingPlanTests {
  @Test("presets have the published numbers")
  func presets() {
    let plans = Dictionary(uniqueKeysWithValues: SamplePreset.allCases.map { ($0.rawValue, $0.plan) })
    #expect(Set(plans.keys) == ["deepsdf", "deepsdf-code", "mesh-to-sdf", "uniform", "shapegan"])
    for (name, variances) in [("deepsdf", [0.0025, 0.00025]), ("deepsdf-code", [0.005, 0.0005])] {
      let squares = plans[name]?.deviations.map { $0 * $0 } ?? []
      #expect(zip(squares, variances).allSatisfy { abs($0 / $1 - 1) < 1e-12 } && squares.count == 2)
      #expect(plans[name]?.margin == 1.03)
    }
    #expect(plans["mesh-to-sdf"]?.deviations == [0.0025, 0.00025])
    #expect(plans["shapegan"]?.pairedDeviation == 0.0025 && plans["shapegan"]?.count == 262_144)
    #expect(plans["deepsdf-code"]?.region == .cube && plans["deepsdf"]?.region == .ball)
    #expect(plans["uniform"]?.minimumInsideShare == 0.01 && plans["mesh-to-sdf"]?.minimumInsideShare == 0.015)
  }

  @Test(
    "47 of 50 points lie near the surface, in two halves of the same origins",
    arguments: [
      (500_000, 235_000), (250_000, 117_500), (200_000, 94_000), (50, 23), (51, 23), (1, 0), (100, 47),
    ])
  func counts(count: Int, origins: Int) {
    var plan = SamplePreset.meshToSDF.plan
    plan.count = count
    #expect(plan.originCount == origins)
    #expect(plan.nearCount == 2 * origins)
    #expect(plan.uniformCount == count - 2 * origins)
  }

  @Test("plans that cannot be are refused")
  func refusals() {
    let changes: [(inout SamplePlan) -> Void] = [
      { $0.count = 0 }, { $0.count = .max }, { $0.nearShare = 1.1 }, { $0.nearShare = .nan },
      { $0.deviations = [-1] }, { $0.deviations = [.infinity] }, { $0.deviations = [] }, { $0.radius = 0 },
      { $0.margin = .nan }, { $0.pairedDeviation = -0.1 },
    ]
    for change in changes {
      var plan = SamplePreset.deepsdf.plan
      change(&plan)
      #expect(throws: SamplingError.self) { try plan.validate() }
    }
  }

  /// A box from (1, 2, 3) to (3, 8, 7) and a vertex far away that no face has.
  private static var box: Mesh {
    var mesh = Mesh()
    for corner in 0..<8 {
      mesh.positions.append([corner & 1 == 0 ? 1 : 3, corner & 2 == 0 ? 2 : 8, corner & 4 == 0 ? 3 : 7])
    }
    mesh.positions.append([1e6, 0, 0])
    mesh.faces = [
      [0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4], [2, 6, 3], [3, 6, 7], [0, 4, 2], [2, 4, 6],
      [1, 3, 5], [3, 7, 5],
    ]
    return mesh
  }

  @Test("the box's centre, the farthest vertex at 1 or the longest side 2, and the way back")
  func normalization() throws {
    let sphere = try UnitFrame(of: Self.box, .sphere)
    #expect(sphere.center == [2, 5, 5])
    #expect(abs(sphere.unitLength - 14.0.squareRoot()) < 1e-12)
    let cube = try UnitFrame(of: Self.box, .cube)
    #expect(cube == UnitFrame(center: [2, 5, 5], unitLength: 3))
    #expect(try UnitFrame(of: Self.box, .cube, margin: 1.03).unitLength == 3 * 1.03)
    #expect(try UnitFrame(of: Self.box, .none) == .identity)
    #expect(cube.matrix == [3, 0, 0, 2, 0, 3, 0, 5, 0, 0, 3, 5, 0, 0, 0, 1])
    let point = SIMD3<Double>(0.3, -0.7, 0.1)
    let back = cube.inner(cube.outer(point)) - point
    #expect((back * back).sum().squareRoot() < 1e-15)
    let across = sphere.outer(cube.relative(to: sphere).outer(point)) - cube.outer(point)
    #expect((across * across).sum().squareRoot() < 1e-12)
  }

  @Test("the normalised mesh comes back to where it was")
  func roundTrip() throws {
    for normalization in MeshNormalization.allCases {
      let normalized = try NormalizedMesh(Self.box, normalization, margin: 1.03)
      for (inside, outside) in zip(normalized.mesh.positions, Self.box.positions).prefix(8) {
        let back = normalized.toMesh.outer(SIMD3<Double>(inside)) - SIMD3<Double>(outside)
        // Single precision of numbers up to 1, times the unit's length of at most 3.9.
        #expect((back * back).sum().squareRoot() < 5e-7)
      }
    }
    #expect(try NormalizedMesh(Self.box, .none).mesh == Self.box)
  }

  @Test("meshes without extent, faces or finite numbers are refused")
  func degenerate() {
    let point = Mesh(positions: [[1, 1, 1], [1, 1, 1], [1, 1, 1]], faces: [[0, 1, 2]])
    #expect(throws: SamplingError.self) { try UnitFrame(of: point, .sphere) }
    #expect(throws: SamplingError.self) { try UnitFrame(of: Mesh(), .cube) }
    #expect(throws: MeshError.self) {
      try UnitFrame(of: Mesh(positions: [[.nan, 0, 0], [0, 1, 0], [1, 0, 0]], faces: [[0, 1, 2]]), .cube)
    }
    #expect(throws: SamplingError.self) { try UnitFrame(of: Self.box, .sphere, margin: 0) }
  }

  @Test("grids run along x, y, z from -1 to 1, clipped and padded as published")
  func grids() throws {
    let cube = try NormalizedMesh(Self.box, .cube)
    let field = try MeshDistanceField(cube.mesh)
    let side = 5
    let grid = try DistanceGridSampler(side: side).sample(field).grid
    #expect(grid.shape == ScalarGrid.Shape(cube: side))
    let exact = BoxField(halfExtents: [1.0 / 3, 1, 2.0 / 3])
    for i in 0..<side {
      for j in 0..<side {
        for k in 0..<side {
          let point = SIMD3<Float>(Float(i), Float(j), Float(k)) / 2 - 1
          #expect(abs(abs(grid[i, j, k]) - abs(exact.sample(at: point).distance)) < 2e-6)
        }
      }
    }
    #expect(grid[2, 0, 0] != grid[0, 0, 2], "the axes must not be exchanged")
    let clipped = grid.clipped(to: 0.1)
    #expect(clipped.values.max() == 0.1 && clipped.values.min() == -0.1)
    let padded = grid.padded()
    #expect(padded.shape == ScalarGrid.Shape(cube: side + 2))
    #expect(padded[0, 3, 3] == 1 && padded[6, 0, 1] == 1 && padded[1, 2, 3] == grid[0, 1, 2])
    #expect(padded.frame.position(of: [1, 1, 1]) == grid.frame.position(of: [0, 0, 0]))
  }

  @Test("one field serves grids in other frames")
  func placement() throws {
    let (cube, sphere) = (try NormalizedMesh(Self.box, .cube), try NormalizedMesh(Self.box, .sphere))
    let direct = try DistanceGridSampler(side: 7).sample(MeshDistanceField(cube.mesh)).grid
    let placement = cube.toMesh.relative(to: sphere.toMesh)
    let through = try DistanceGridSampler(side: 7, placement: placement).sample(MeshDistanceField(sphere.mesh)).grid
    #expect(zip(direct.values, through.values).allSatisfy { abs($0 - $1) < 2e-6 })
  }

  @Test("grids that cannot be are refused", arguments: [0, -1, 1025, .max])
  func absurdGrids(side: Int) throws {
    let field = try MeshDistanceField(Self.box)
    let sampler = DistanceGridSampler(ScalarGrid.Shape(1, 1, side), frame: .index)
    if side == 1025 {
      #expect(try sampler.sample(field).grid.values.count == 1025)
    } else {
      #expect(throws: SamplingError.self) { try sampler.sample(field) }
    }
  }

  @Test("true distances pass the continuity test, a wrong sign does not")
  func continuity() throws {
    let sphere = SphereField(radius: 0.7)
    var grid = try ScalarGrid(sampling: sphere, shape: .init(cube: 16), frame: .unitCube(count: 16))
    let honest = GridContinuity(grid)
    #expect(honest.passes && honest.jumpCount == 0)
    #expect(abs(honest.limit - 2.0 / 16 * 3.0.squareRoot() * 1.1) < 1e-15)
    #expect(honest.largestDrop <= 2.0 / 15 + 1e-6)
    grid[8, 8, 8] = 0.7
    let broken = GridContinuity(grid)
    #expect(!broken.passes && broken.jumpCount == 6)
    #expect(abs(broken.largestDrop - Double(grid[8, 8, 8] - grid[8, 8, 9])) < 0.1)
  }

  @Test("backs are seen of sheets and of meshes that look inward, not of closed ones")
  func backFaces() throws {
    let ball = RenderShapes.sphere(rings: 8)
    let good = try BackFaceViews(of: ball, viewCount: 20, side: 24)
    #expect(good.passes && good.backShare == 0 && good.doubleShare == 0 && good.viewCount == 20)
    let inward = try BackFaceViews(of: ball.flipped(), viewCount: 20, side: 24)
    #expect(!inward.passes && inward.backShare == 1 && inward.doubleShare == 0)
    let sheet = try BackFaceViews(of: RenderShapes.square(), viewCount: 20, side: 24, threadCount: 1)
    #expect(!sheet.passes && abs(sheet.backShare - 0.5) < 0.1 && sheet.doubleShare == 1)
    let again = try BackFaceViews(of: RenderShapes.square(), viewCount: 20, side: 24, threadCount: 2)
    #expect(sheet == again)
  }
}
