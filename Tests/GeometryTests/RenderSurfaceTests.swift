import Foundation
import Geometry
import Testing

@Suite struct RenderSurfaceTests {
  /// No ground and no background: opacity is the cover of the surfaces alone.
  private func bare(_ side: Int) -> RenderOptions {
    var options = RenderOptions(width: side, height: side)
    options.background = .transparent
    options.hasGround = false
    return options
  }

  @Test(arguments: [26, nil] as [Float?])
  func `The outline of a sphere has the area of the projected sphere`(fieldOfView: Float?) throws {
    let side = 400
    let renderer = try Renderer(RenderScene([RenderObject(RenderShapes.sphere(rings: 96))]))
    let view = ViewDirection(fieldOfView: fieldOfView)
    let camera = try Camera(framing: renderer.bounds, from: view, upAxis: .z, aspect: 1)
    let image = try renderer.image(through: camera, options: bare(side))
    let radius: Float
    switch camera.projection {
    case .orthographic(_, let halfHeight): radius = 1 / halfHeight
    case .perspective(_, let halfHeight):
      // The tangent cone: sin of its half angle is radius over distance. A framed box is symmetric about its centre
      // only nearly, so the outline is an ellipse stretched by the cosine of a small angle, below 0.1 % here.
      let distance = (camera.position * camera.position).sum().squareRoot()
      radius = tan(asin(1 / distance)) / halfHeight
    }
    let expected = Double.pi * pow(Double(radius) * Double(side) / 2, 2)
    // Chords of the mesh lose under 0.1 %; sampled outlines are unbiased to about the same.
    #expect(abs(image.coveredArea / expected - 1) < 0.004)
  }

  @Test func `Hits of a sphere have the distance and normal of the sphere`() throws {
    let center = SIMD3<Float>(3, -2, 1)
    let renderer = try Renderer(RenderScene([RenderObject(RenderShapes.sphere(radius: 2, center: center, rings: 96))]))
    var worst: (distance: Float, normal: Float) = (0, 0)
    var count = 0
    for step in 0..<400 {
      let (u, v) = (Float(step % 20) / 20 * 3.4 - 1.7, Float(step / 20) / 20 * 3.4 - 1.7)
      guard u * u + v * v < 3.4 else { continue }
      let origin = center + SIMD3(u, 10, v)
      let hit = try #require(renderer.firstSurface(from: origin, along: SIMD3(0, -1, 0)))
      let depth = (4 - u * u - v * v).squareRoot()
      worst.distance = max(worst.distance, abs(hit.distance - (10 - depth)))
      worst.normal = max(worst.normal, 1 - (hit.normal * SIMD3(u, depth, v)).sum() / 2)
      count += 1
    }
    #expect(count > 200)
    // The chord of a face of angle pi/96 is 2 (1 - cos(pi/192)) = 0.0003 inside the sphere; at grazing rays 2.5 times that.
    #expect(worst.distance < 0.002)
    #expect(worst.normal < 1e-4)
    #expect(renderer.firstSurface(from: center + SIMD3(0, 10, 2.1), along: SIMD3(0, -1, 0)) == nil)
  }

  @Test func `Flat surfaces have face normals and turn to the viewer from both sides`() throws {
    let renderer = try Renderer(RenderScene([RenderObject(RenderShapes.square(), shading: .flat)]))
    let above = try #require(renderer.firstSurface(from: SIMD3(0.3, 0.2, 5), along: SIMD3(0, 0, -1)))
    #expect(above.distance == 5 && above.normal == SIMD3(0, 0, 1))
    let below = try #require(renderer.firstSurface(from: SIMD3(0.3, 0.2, -5), along: SIMD3(0, 0, 1)))
    #expect(below.normal == SIMD3(0, 0, -1))
  }

  @Test func `Creases stay sharp and gentle bends become smooth, also across repeated vertices`() throws {
    for (rise, isSmooth) in [(0.3, true), (2.0, false)] as [(Float, Bool)] {
      // A roof of two rectangles whose ridge vertices are stored twice.
      let mesh = Mesh(
        positions: [
          SIMD3(-1, -1, 0), SIMD3(0, -1, rise), SIMD3(0, 1, rise), SIMD3(-1, 1, 0),
          SIMD3(0, -1, rise), SIMD3(1, -1, 0), SIMD3(1, 1, 0), SIMD3(0, 1, rise),
        ],
        faces: [SIMD3(0, 1, 2), SIMD3(0, 2, 3), SIMD3(4, 5, 6), SIMD3(4, 6, 7)])
      let renderer = try Renderer(RenderScene([RenderObject(mesh)]))
      let hit = try #require(renderer.firstSurface(from: SIMD3(-0.002, 0.1, 9), along: SIMD3(0, 0, -1)))
      #expect((abs(hit.normal.x) < 0.05) == isSmooth)
    }
  }

  @Test func `Faces wound the other way do not spoil smooth normals`() throws {
    var mesh = RenderShapes.sphere()
    for index in stride(from: 0, to: mesh.faces.count, by: 3) {
      mesh.faces[index] = SIMD3(mesh.faces[index].y, mesh.faces[index].x, mesh.faces[index].z)
    }
    let renderer = try Renderer(RenderScene([RenderObject(mesh)]))
    let reference = try Renderer(RenderScene([RenderObject(RenderShapes.sphere())]))
    for step in 0..<50 {
      let origin = SIMD3<Float>(cos(Float(step)), sin(Float(step)), 0.01 * Float(step)) * 4
      let direction = -origin / (origin * origin).sum().squareRoot()
      let hit = try #require(renderer.firstSurface(from: origin, along: direction))
      let expected = try #require(reference.firstSurface(from: origin, along: direction))
      #expect((hit.normal * expected.normal).sum() > 0.9999)
    }
  }

  @Test func `Faces that cannot be drawn are left out and counted`() throws {
    var mesh = RenderShapes.sphere()
    let good = mesh.faces.count
    mesh.positions += [
      SIMD3(.nan, 0, 0), SIMD3(0, .infinity, 0), SIMD3(1e30, 0, 0), SIMD3(0, 0, 0), SIMD3(1, 1, 1), SIMD3(2, 2, 2),
    ]
    let first = UInt32(mesh.positions.count - 6)
    mesh.faces += [
      SIMD3(first, 0, 1), SIMD3(1, first + 1, 0), SIMD3(0, 1, first + 2), SIMD3(5, 5, 5), SIMD3(0, 1, 1),
      SIMD3(first + 3, first + 4, first + 5),
    ]
    let renderer = try Renderer(RenderScene([RenderObject(mesh)]))
    #expect(renderer.skippedFaceCount == 6)
    #expect(mesh.faces.count == good + 6)
    #expect(renderer.bounds.upper.max() < 1.001)
    let clean = try Renderer(RenderScene([RenderObject(RenderShapes.sphere())]))
    let options = RenderOptions(width: 60, height: 60)
    #expect(try renderer.image(options: options) == clean.image(options: options))
  }

  @Test func `A mesh of nothing but bad vertices is drawn as empty`() throws {
    let bad = Mesh(
      positions: [SIMD3<Float>](repeating: SIMD3(repeating: .nan), count: 3000),
      faces: (0..<1000).map { SIMD3(3 * $0, 3 * $0 + 1, 3 * $0 + 2) })
    let renderer = try Renderer(RenderScene([RenderObject(bad)]))
    #expect(renderer.skippedFaceCount == 1000)
    #expect(try renderer.image(options: RenderOptions(width: 20, height: 20)).inkCount == 0)
  }

  @Test func `Wrong indices, colours and options are errors`() throws {
    let wrong = Mesh(positions: [.zero, .one, SIMD3(1, 0, 0)], faces: [SIMD3(0, 1, 3)])
    #expect(throws: PictureError.self) { try Renderer(RenderScene([RenderObject(wrong)])) }
    #expect(throws: PictureError.self) {
      try Renderer(RenderScene([RenderObject(RenderShapes.square(), vertexColors: [.white])]))
    }
    let renderer = try Renderer(RenderScene([RenderObject(RenderShapes.square())]))
    for (width, height) in [(0, 10), (10, -1), (1 << 20, 1 << 20), (Int.max, 2)] {
      #expect(throws: PictureError.self) { try renderer.image(options: RenderOptions(width: width, height: height)) }
    }
    var options = RenderOptions(width: 10, height: 10)
    for samples in [0, 17] {
      options.samplesPerPixel = samples
      #expect(throws: PictureError.self) { try renderer.image(options: options) }
    }
  }
}
