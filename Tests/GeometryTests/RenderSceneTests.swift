import Foundation
import Geometry
import Testing

@Suite struct RenderSceneTests {
  @Test func `The picture does not depend on the number of threads or on the run`() throws {
    let scene = RenderScene([
      RenderObject(RenderShapes.sphere(), color: .prediction),
      RenderObject(RenderShapes.sphere(radius: 0.6, center: SIMD3(1.1, 0.3, -0.4))),
    ])
    var options = RenderOptions(width: 97, height: 71, boxFrame: BoxFrame())
    options.threadCount = 1
    let reference = try Renderer(scene).image(options: options)
    for threads in [nil, 2, 3, 71, 200] as [Int?] {
      options.threadCount = threads
      #expect(try Renderer(scene).image(options: options) == reference)
    }
  }

  @Test func `A scene without surfaces is white, and its box can still be seen`() throws {
    let renderer = try Renderer(RenderScene([RenderObject(Mesh())]))
    #expect(try renderer.image(options: RenderOptions(width: 64, height: 64)).inkCount == 0)
    #expect(try Renderer(RenderScene([])).image(options: RenderOptions(width: 1, height: 1)).inkCount == 0)
    var options = RenderOptions(width: 64, height: 64, boxFrame: BoxFrame())
    let open = try renderer.image(options: options).inkCount
    #expect(open > 200)
    options.boxFrame?.hasNearEdges = true
    #expect(try renderer.image(options: options).inkCount > open + 60)
  }

  @Test func `Surfaces hide the edges behind them`() throws {
    let bounds = Bounds(lower: -.one, upper: .one)
    let view = ViewDirection(azimuth: 0, elevation: 0, fieldOfView: nil, margin: 0.1)
    let red = Color(hex: 0xFF0000)
    let wall = Mesh(
      positions: [SIMD3(-2, -1.5, -2), SIMD3(2, -1.5, -2), SIMD3(2, -1.5, 0), SIMD3(-2, -1.5, 0)],
      faces: [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
    var options = RenderOptions(width: 80, height: 80, boxFrame: BoxFrame(color: red, width: 0.05))
    options.hasGround = false
    let image = try Renderer(RenderScene([RenderObject(wall)], bounds: bounds)).image(from: view, options: options)
    let isRed: (Int, Int) -> Bool = { image[$0, $1] == [255, 0, 0] }
    #expect((0..<40).contains { y in (0..<80).contains { isRed($0, y) } })
    #expect(!(42..<80).contains { y in (0..<80).contains { isRed($0, y) } })
  }

  @Test func `Given bounds frame the picture, whatever is in them`() throws {
    let bounds = Bounds(lower: -.one * 3, upper: .one * 3)
    let small = try Renderer(RenderScene([RenderObject(RenderShapes.sphere(radius: 0.2))], bounds: bounds))
    var options = RenderOptions(width: 100, height: 100, boxFrame: BoxFrame())
    options.hasGround = false
    let image = try small.image(options: options)
    let empty = try Renderer(RenderScene([], bounds: bounds)).image(options: options)
    // The box is at the same place in both pictures.
    for x in 0..<100 { #expect(image[x, 3] == empty[x, 3]) }
    #expect(image.inkCount > empty.inkCount)
  }

  @Test func `The ground is not seen itself but darkens under a surface`() throws {
    let renderer = try Renderer(RenderScene([RenderObject(RenderShapes.sphere())]))
    var options = RenderOptions(width: 120, height: 120)
    var ink: [ShadowKind: Int] = [:]
    for shadow in ShadowKind.allCases {
      options.shadow = shadow
      let image = try renderer.image(options: options)
      ink[shadow] = image.inkCount
      #expect(image[0, 0] == [255, 255, 255])
      #expect(image[119, 0] == [255, 255, 255])
    }
    options.hasGround = false
    let alone = try renderer.image(options: options).inkCount
    options.hasGround = true
    options.shadow = .none
    options.hasAmbientOcclusion = false
    #expect(try renderer.image(options: options).inkCount == alone)
    #expect(try #require(ink[.soft]) > alone + 200)
    #expect(try #require(ink[.hard]) > alone + 200)
  }

  @Test func `A transparent picture over white equals the picture on white`() throws {
    let renderer = try Renderer(RenderScene([RenderObject(RenderShapes.sphere(), color: .prediction)]))
    var options = RenderOptions(width: 90, height: 90, boxFrame: BoxFrame())
    let white = try renderer.image(options: options)
    options.background = .transparent
    let clear = try renderer.image(options: options)
    #expect(clear.hasAlpha && !white.hasAlpha)
    let worst = zip(clear.flattened().bytes, white.bytes).map { abs(Int($0) - Int($1)) }.max()
    // Opacity has 255 steps, which in dark sRGB values spread to a few.
    #expect(try #require(worst) <= 4)
  }

  @Test func `Corners darken, open surfaces do not`() throws {
    let floor = RenderShapes.square(z: 0, half: 4)
    let wall = Mesh(
      positions: [SIMD3(-4, 0, 0), SIMD3(4, 0, 0), SIMD3(4, 0, 4), SIMD3(-4, 0, 4)],
      faces: [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
    let bounds = Bounds(lower: SIMD3(-2, -2, 0), upper: SIMD3(2, 0, 2))
    var options = RenderOptions(width: 80, height: 80)
    (options.shadow, options.hasGround) = (.none, false)
    let view = ViewDirection(azimuth: 0, elevation: 90, fieldOfView: nil)
    let renderer = try Renderer(RenderScene([RenderObject(floor), RenderObject(wall)], bounds: bounds))
    let image = try renderer.image(from: view, options: options)
    let (near, far) = (image.mean(x: 30..<50, y: 22..<24), image.mean(x: 30..<50, y: 74..<78))
    #expect(near < far - 8)
    options.hasAmbientOcclusion = false
    let flat = try renderer.image(from: view, options: options)
    #expect(abs(flat.mean(x: 30..<50, y: 22..<24) - flat.mean(x: 30..<50, y: 74..<78)) < 1.5)
  }

  @Test func `Colours per vertex and per object are seen where they belong`() throws {
    let colors = [Color(hex: 0xD00000), Color(hex: 0x00C000), Color(hex: 0x00C000), Color(hex: 0xD00000)]
    let scene = RenderScene([
      RenderObject(RenderShapes.square(), vertexColors: colors, shading: .flat),
      RenderObject(RenderShapes.square(z: 1, half: 0.2), color: Color(hex: 0x0000E0), shading: .flat),
    ])
    var options = RenderOptions(width: 60, height: 60)
    options.hasGround = false
    let view = ViewDirection(azimuth: 0, elevation: 90, fieldOfView: nil)
    let image = try Renderer(scene).image(from: view, options: options)
    let (left, right, middle) = (image[8, 30], image[52, 30], image[30, 30])
    #expect(left[0] > 2 * left[1] && left[0] > 2 * left[2])
    #expect(right[1] > 2 * right[0] && right[1] > 2 * right[2])
    #expect(middle[2] > 2 * middle[0] && middle[2] > 2 * middle[1])
  }
}
