import Geometry
import Testing

@Suite struct RenderCameraTests {
  static let boxes = [
    Bounds(lower: SIMD3(-1, -1, -1), upper: SIMD3(1, 1, 1)),
    Bounds(lower: SIMD3(100, -3, 5), upper: SIMD3(101, 40, 5.5)),
    Bounds(lower: SIMD3(0, 0, 0), upper: SIMD3(1e-4, 3e-4, 2e-4)),
    Bounds(lower: SIMD3(-1e6, 0, 0), upper: SIMD3(1e6, 1e5, 0)),
  ]

  static let views = [
    ViewDirection(), ViewDirection(azimuth: -140, elevation: -30), ViewDirection(azimuth: 0, elevation: 90),
    ViewDirection(azimuth: 75, elevation: 5, fieldOfView: nil),
    ViewDirection(azimuth: 10, elevation: 60, fieldOfView: 110),
    ViewDirection(azimuth: 200, elevation: -90, fieldOfView: nil, margin: 0.2),
  ]

  @Test(arguments: boxes, views)
  func `A framed camera holds all corners and wastes no room, whatever the ratio of the sides`(
    box: Bounds, view: ViewDirection
  ) throws {
    for aspect in [0.1, 0.5, 1, 1.7, 9] as [Float] {
      for upAxis in UpAxis.allCases {
        let camera = try Camera(framing: box, from: view, upAxis: upAxis, aspect: aspect)
        let places = try box.corners.map { try #require(camera.project($0)) }
        let reach = places.map { max(abs($0.x), abs($0.y)) }.max() ?? 0
        let room = 1 - 2 * view.margin
        #expect(reach <= room * 1.001)
        #expect(reach >= room * 0.99)
        // What is seen is in the middle along the direction that is not filled.
        for values in [places.map(\.x), places.map(\.y)] {
          #expect(abs((values.min() ?? 0) + (values.max() ?? 0)) < 0.01)
        }
      }
    }
  }

  @Test func `Azimuth 0 looks at the front with the up axis up`() throws {
    let box = Self.boxes[0]
    let view = ViewDirection(azimuth: 0, elevation: 0)
    let zUp = try Camera(framing: box, from: view, upAxis: .z, aspect: 1)
    #expect(zUp.forward == SIMD3(0, 1, 0))
    #expect(zUp.up == SIMD3(0, 0, 1))
    let yUp = try Camera(framing: box, from: view, upAxis: .y, aspect: 1)
    #expect(yUp.forward == SIMD3(0, 0, -1))
    #expect(yUp.up == SIMD3(0, 1, 0))
    #expect(yUp.right == SIMD3(1, 0, 0) && zUp.right == SIMD3(1, 0, 0))
    let turned = try Camera(framing: box, from: ViewDirection(azimuth: 90, elevation: 0), upAxis: .y, aspect: 1)
    #expect(turned.position.x > 1)
  }

  @Test func `Bounds without size can be framed`() throws {
    let point = Bounds(lower: SIMD3(5, 5, 5), upper: SIMD3(5, 5, 5))
    for view in Self.views {
      let camera = try Camera(framing: point, from: view, upAxis: .z, aspect: 1)
      let place = try #require(camera.project(point.lower))
      // The middle of a box is not the middle of its outline in perspective, but near it.
      #expect(abs(place.x) < 0.3 && abs(place.y) < 0.3)
    }
  }

  @Test func `Views and bounds out of range are errors`() {
    let box = Self.boxes[0]
    let views = [
      ViewDirection(azimuth: .nan), ViewDirection(elevation: .infinity), ViewDirection(fieldOfView: 0),
      ViewDirection(fieldOfView: 180), ViewDirection(margin: 0.5), ViewDirection(margin: -1),
    ]
    for view in views {
      #expect(throws: PictureError.self) { try Camera(framing: box, from: view, upAxis: .z, aspect: 1) }
    }
    let nan = Bounds(lower: SIMD3(.nan, 0, 0), upper: SIMD3(1, 1, 1))
    let inverted = Bounds(lower: SIMD3(1, 1, 1), upper: SIMD3(0, 2, 2))
    for bounds in [nan, inverted, Bounds(lower: SIMD3(repeating: -.infinity), upper: SIMD3(repeating: .infinity))] {
      #expect(throws: PictureError.self) { try Camera(framing: bounds, from: ViewDirection(), upAxis: .z, aspect: 1) }
    }
    for aspect in [0, -1, .nan, .infinity] as [Float] {
      #expect(throws: PictureError.self) { try Camera(framing: box, from: ViewDirection(), upAxis: .z, aspect: aspect) }
    }
  }
}
