import Foundation
import Geometry
import Testing

@Suite("Depth and normal maps")
struct RenderMapTests {
  private let options = RenderOptions(width: 101, height: 101)

  private func camera(_ renderer: Renderer, _ view: ViewDirection) throws -> Camera {
    try Camera(framing: renderer.bounds, from: view, upAxis: renderer.upAxis, aspect: 1)
  }

  @Test("the middle of a ball is as far as the eye less its radius, with and without perspective")
  func ball() throws {
    let ball = RenderShapes.sphere(radius: 2, center: [5, -3, 1], rings: 64)
    let renderer = try Renderer(RenderScene([RenderObject(ball)]))
    for fieldOfView in [Float(30), nil] {
      var camera = try camera(renderer, ViewDirection(azimuth: 70, elevation: -15, fieldOfView: fieldOfView))
      // The framing balances the box; here the ball's middle is wanted in the picture's.
      camera.position = SIMD3(5, -3, 1) - camera.forward * 12
      let map = try renderer.depthMap(through: camera, options: options)
      let toCenter = (SIMD3<Float>(5, -3, 1) - camera.position) * camera.forward
      let middle = map.values[50 * 101 + 50]
      // A face of 2.8 degrees lies inside the ball by up to r (1 - cos 1.4 degrees squared) = 0.0012.
      #expect(abs(middle - (toCenter.sum() - 2)) < 0.0015)
      let range = try #require(map.range)
      #expect(abs(range.lowerBound - middle) < 0.002 && range.upperBound < toCenter.sum() + 0.05)
      #expect(map.values[0].isNaN && map.values[101 * 101 - 1].isNaN)
      // Every seen point of the ball's depth: back along the view, it lies on the ball.
      for (pixel, depth) in map.values.enumerated() where !depth.isNaN {
        let place = SIMD2(Float(pixel % 101) + 0.5, Float(pixel / 101) + 0.5) / 101
        let (x, y) = (place.x * 2 - 1, 1 - place.y * 2)
        var point = camera.position + camera.forward * depth
        switch camera.projection {
        case .perspective(let width, let height):
          point += (camera.right * (x * width) + camera.up * (y * height)) * depth
        case .orthographic(let width, let height): point += camera.right * (x * width) + camera.up * (y * height)
        }
        let offset = point - SIMD3(5, -3, 1)
        #expect(abs((offset * offset).sum().squareRoot() - 2) < 0.003)
      }
    }
  }

  @Test("a plane across the view has one depth")
  func plane() throws {
    let renderer = try Renderer(RenderScene([RenderObject(RenderShapes.square(z: 3))]))
    let camera = try camera(renderer, ViewDirection(azimuth: 0, elevation: 90, margin: 0.2))
    let map = try renderer.depthMap(through: camera, options: options)
    let seen = map.values.filter { !$0.isNaN }
    #expect(seen.count > 2000)
    #expect(seen.allSatisfy { abs($0 - (camera.position.z - 3)) < 1e-4 })
    let near = camera.position.z - 3
    let image = try renderer.depthImage(through: camera, range: near...near + 1, options: options)
    #expect(image[50, 50] == ColorMap.viridis(1).bytes.asArray && image[0, 0] == [255, 255, 255])
  }

  @Test("faces of a box have their normals as colours, turned towards the viewer")
  func box() throws {
    for isInsideOut in [false, true] {
      let box = isInsideOut ? RenderShapes.box().flipped() : RenderShapes.box()
      let renderer = try Renderer(RenderScene([RenderObject(box)]))
      let camera = try camera(renderer, ViewDirection(azimuth: 35, elevation: 30))
      let image = try renderer.normalImage(through: camera, options: options)
      for normal in [SIMD3<Float>(1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, 1)] {
        let place = try #require(camera.project(normal))
        let (x, y) = (Int((place.x + 1) / 2 * 101), Int((1 - place.y) / 2 * 101))
        #expect(image[x, y] == (normal * 127.5 + 128).asBytes, "\(normal)")
      }
      #expect(image[0, 0] == [255, 255, 255])
    }
    #expect(Color(normal: [1, 0, 0]).bytes == [255, 128, 128])
  }

  @Test("a transparent map has opacity where the surface is")
  func transparent() throws {
    let renderer = try Renderer(RenderScene([RenderObject(RenderShapes.sphere())]))
    var options = options
    options.background = .transparent
    let camera = try camera(renderer, ViewDirection(fieldOfView: nil))
    let image = try renderer.normalImage(through: camera, options: options)
    #expect(image.hasAlpha && image[0, 0] == [0, 0, 0, 0] && image[50, 50][3] == 255)
    guard case .orthographic(let half, _) = camera.projection else { return }
    let radius = Double(101 / 2 / half)
    #expect(abs(image.coveredArea / (.pi * radius * radius) - 1) < 0.01)
    options.threadCount = 1
    #expect(try renderer.normalImage(through: camera, options: options) == image)
  }
}

extension SIMD3<UInt8> {
  var asArray: [UInt8] { [x, y, z] }
}

extension SIMD3<Float> {
  var asBytes: [UInt8] { [UInt8(x), UInt8(y), UInt8(z)] }
}

extension RenderShapes {
  /// A box of half edges 1 round the origin with shared corners, faces outward.
  static func box(half: Float = 1) -> Mesh {
    let positions = (0..<8).map { index in
      SIMD3<Float>(index & 1 == 0 ? -half : half, index & 2 == 0 ? -half : half, index & 4 == 0 ? -half : half)
    }
    let quads: [[UInt32]] = [
      [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6],
    ]
    return Mesh(
      positions: positions,
      faces: quads.flatMap { [SIMD3($0[0], $0[1], $0[2]), SIMD3($0[0], $0[2], $0[3])] })
  }
}
