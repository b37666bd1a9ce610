import Foundation
import Geometry
import Testing

@Suite("Rendering: fields by walking along rays")
struct RenderTraceTests {
  /// A sphere that says what a network might: values that are too large, and clipped.
  private struct Untrue: ScalarField {
    var sphere = SphereField(radius: 0.5)
    var factor: Float
    var clip: Float = .infinity

    func samples(at points: [SIMD3<Float>], withGradients: Bool) -> FieldSamples {
      var samples = sphere.samples(at: points, withGradients: withGradients)
      samples.distances = samples.distances.map { min(max($0 * factor, -clip), clip) }
      samples.gradients = samples.gradients?.map { $0 * factor }
      return samples
    }
  }

  private let center = SIMD3<Float>(0.1, -0.05, 0.2)

  /// Parallel rays towards the origin from -z, over a square of half side 0.8.
  private static let rays: (origins: [SIMD3<Float>], directions: [SIMD3<Float>]) = {
    let origins = (0..<81 * 81).map { SIMD3<Float>(Float($0 % 81) / 50 - 0.8, Float($0 / 81) / 50 - 0.8, -3) }
    return (origins, Array(repeating: [0, 0, 1], count: origins.count))
  }()

  private func length(_ vector: SIMD3<Float>) -> Float { (vector * vector).sum().squareRoot() }

  /// Rays meet the ball where geometry says so, and its normals are right.
  private func expectBall(_ field: some ScalarField, center: SIMD3<Float>, radius: Float, level: Float, within: Float)
    throws
  {
    var options = FieldTraceOptions(width: 16, height: 16)
    options.level = level
    let tracer = try FieldTracer(field, options: options)
    let hits = try tracer.hits(from: Self.rays.origins, along: Self.rays.directions)
    for (origin, hit) in zip(Self.rays.origins, hits) {
      let across = SIMD2(origin.x - center.x, origin.y - center.y)
      let off = (across * across).sum().squareRoot()
      // Rays that graze the ball may meet it as far off as a hit reaches.
      guard abs(off - radius) > 0.002 else { continue }
      #expect((hit != nil) == (off < radius), "\(origin)")
      guard let hit else { continue }
      let point = origin + SIMD3(0, 0, hit.distance)
      #expect(abs(length(point - center) - radius) < within)
      #expect(length(hit.normal - (point - center) / length(point - center)) < 1e-3)
      #expect(point.z < center.z)
    }
  }

  @Test("The silhouette and the normals of a ball are those of geometry")
  func ball() throws {
    try expectBall(SphereField(center: center, radius: 0.5), center: center, radius: 0.5, level: 0, within: 0.0006)
  }

  @Test("A level above zero lets the solid grow by as much")
  func level() throws {
    try expectBall(SphereField(center: center, radius: 0.4), center: center, radius: 0.5, level: 0.1, within: 0.0006)
  }

  @Test(
    "Values that are no distances end at the surface all the same",
    arguments: [(2.5, 100), (4, 0.1), (0.3, 0.1), (1, 0.02)] as [(Float, Float)])
  func untrue(factor: Float, clip: Float) throws {
    let field = Untrue(sphere: SphereField(center: center, radius: 0.5), factor: factor, clip: clip)
    try expectBall(field, center: center, radius: 0.5, level: 0, within: 0.0006 / min(factor, 1))
  }

  @Test("A solid that reaches out of the region is cut off flat")
  func border() throws {
    let tracer = try FieldTracer(
      SphereField(center: [0, 0, -1], radius: 0.5), options: FieldTraceOptions(width: 16, height: 16))
    let hit = try #require(try tracer.hits(from: [[0.1, 0.1, -4]], along: [[0, 0, 1]])[0])
    #expect(abs(hit.distance - 3) < 1e-5)
    #expect(hit.normal == [0, 0, -1])
  }

  @Test("The picture is that of the mesh but for edges", arguments: [ShapeFamily.gears, .tables])
  func likeMesh(family: ShapeFamily) throws {
    let shape = try family.shape(1, seed: 4)
    var options = FieldTraceOptions(width: 160, height: 160)
    options.look = .house
    let traced = try FieldTracer(shape.field, options: options).image()
    var mesh = RenderOptions(width: 160, height: 160)
    (mesh.hasAmbientOcclusion, mesh.shadow) = (false, .hard)
    let surface = try shape.surface(resolution: 192)
    let drawn = try Renderer(RenderScene([RenderObject(surface)], upAxis: .y)).image(options: mesh)
    let differing = zip(traced.bytes, drawn.bytes).count { abs(Int($0) - Int($1)) > 12 }
    #expect(Double(differing) / Double(traced.bytes.count) < 0.04, "\(differing) of \(traced.bytes.count)")
  }

  @Test("Shadows fall on the ground and on the solid, and can be left out")
  func shadows() throws {
    var options = FieldTraceOptions(width: 96, height: 96)
    func dark(_ options: FieldTraceOptions) throws -> Int {
      let image = try FieldTracer(SphereField(radius: 0.6), options: options).image()
      return stride(from: 0, to: image.bytes.count, by: 3).count { start in
        let (red, blue) = (image.bytes[start], image.bytes[start + 2])
        return red == blue && red < 200
      }
    }
    let shaded = try dark(options)
    options.hasGround = false
    #expect(try shaded > 100 && dark(options) == 0)
    (options.hasGround, options.hasShadows) = (true, false)
    #expect(try dark(options) == 0)
  }

  @Test("The picture does not depend on threads")
  func threads() throws {
    var options = FieldTraceOptions(width: 64, height: 48)
    options.threadCount = 1
    let one = try FieldTracer(TorusField(majorRadius: 0.6, minorRadius: 0.2), options: options).image()
    options.threadCount = 3
    #expect(try FieldTracer(TorusField(majorRadius: 0.6, minorRadius: 0.2), options: options).image() == one)
  }

  @Test("A level that is nowhere crossed says what there is, and options are checked")
  func errors() {
    var options = FieldTraceOptions(width: 64, height: 64)
    options.level = -3
    let error = #expect(throws: PictureError.self) { try FieldTracer(SphereField(radius: 0.5), options: options) }
    #expect(error?.description.contains("Nothing is solid at level -3.0: the field's values are from -0.4") ?? false)
    for change in [{ $0.supersampling = 9 }, { $0.level = .nan }, { $0.width = 0 }, { $0.hitDistance = 0 }]
      as [(inout FieldTraceOptions) -> Void]
    {
      var options = FieldTraceOptions(width: 64, height: 64)
      change(&options)
      #expect(throws: PictureError.self) { try FieldTracer(SphereField(radius: 0.5), options: options) }
    }
  }
}
