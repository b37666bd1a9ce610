import Foundation
import Geometry
import Testing

@Suite("Distance slices")
struct RenderSliceTests {
  private let ball = SphereField(center: [1, 2, 3], radius: 0.5)
  private let bounds = Bounds(lower: [0.5, 1.5, 2.5], upper: [1.5, 2.5, 3.5])

  private func brightness(_ image: Image, _ x: Int, _ y: Int) -> Int {
    image[x, y].prefix(3).reduce(0) { $0 + Int($1) }
  }

  @Test("values are the field's at the middle of each pixel", arguments: 0..<3)
  func values(axis: Int) throws {
    let plane = DistanceSlice.Plane(axis: axis, position: bounds.center[axis] + 0.1)
    let slice = try DistanceSlice(of: ball, on: plane, showing: bounds, width: 90, height: 60, margin: 0.1)
    // The box's side of 1 takes 80 % of the shorter side.
    #expect(abs(slice.pixelSize - 1 / 48) < 1e-7)
    let (right, up) = DistanceSlice.axes(axis)
    #expect(Set([axis, right, up]).count == 3 && right < up)
    for (x, y) in [(0, 0), (89, 59), (44, 10), (13, 57)] {
      var point = bounds.center
      point[axis] += 0.1
      point[right] += (Float(x) + 0.5 - 45) / 48
      point[up] -= (Float(y) + 0.5 - 30) / 48
      #expect(abs(slice.values[y * 90 + x] - ball.sample(at: point).distance) < 1e-6)
    }
    #expect(slice.range?.upperBound == slice.values.max() && slice.range?.lowerBound == slice.values.min())
  }

  @Test("the zero contour of a ball is a dark ring of the right radius, blue inside and orange outside")
  func ring() throws {
    for offset in [Float(0), 0.3] {
      let plane = DistanceSlice.Plane(axis: 2, position: 3 + offset)
      let slice = try DistanceSlice(of: ball, on: plane, showing: bounds, width: 301, height: 301)
      var painter = SlicePainter(for: [slice], textSize: nil)
      painter.contours = TickMarks(length: 100, atMost: 1)
      let image = try painter.image(of: slice)
      let radius = Double((0.25 - offset * offset).squareRoot() / slice.pixelSize)
      for angle in stride(from: 0.0, to: 6.28, by: 0.1) {
        // The middle of the dark stroke along a ray from the centre.
        let samples = stride(from: 20.0, to: 150, by: 0.25).map { distance in
          (distance, brightness(image, Int(150.5 + distance * cos(angle)), Int(150.5 - distance * sin(angle))))
        }
        let dark = samples.filter { $0.1 < 160 }.map(\.0)
        try #require(!dark.isEmpty)
        #expect(abs((dark[0] + dark[dark.count - 1]) / 2 - radius) < 0.8, "angle \(angle)")
        #expect(dark[dark.count - 1] - dark[0] < 4)
      }
      let (middle, corner) = (image[150, 150], image[2, 2])
      #expect(middle[2] > middle[0] + 40, "blue inside")
      #expect(corner[0] > corner[2] + 40, "orange outside")
    }
  }

  @Test("contour lines stand at multiples of their distance")
  func contours() throws {
    let slice = try DistanceSlice(
      of: ball, on: .init(axis: 0, position: 1), showing: bounds, width: 401, height: 401, margin: 0.2)
    let painter = SlicePainter(for: [slice], textSize: nil)
    #expect(-painter.deepest == slice.range?.lowerBound && painter.farthest == slice.range?.upperBound)
    var plain = painter
    plain.contours = TickMarks(length: 100, atMost: 1)
    let (lined, clean) = (try painter.image(of: slice), try plain.image(of: slice))
    var lines = 0
    for x in 201..<401 {
      let distance = slice.values[200 * 401 + x]
      let nearest = (distance / painter.contours.step).rounded() * painter.contours.step
      guard abs(distance) > 4 * slice.pixelSize else { continue }
      let isDarker = brightness(lined, x, 200) < brightness(clean, x, 200) - 4
      if isDarker { lines += 1 }
      if abs(distance - nearest) < 0.4 * slice.pixelSize { #expect(isDarker) }
      if abs(distance - nearest) > 2 * slice.pixelSize { #expect(!isDarker) }
    }
    #expect(lines >= 6)
  }

  @Test("a jump of the sign draws no broad line, and values that are no numbers are grey")
  func jumps() throws {
    struct Jump: AnalyticField {
      func sample(at point: SIMD3<Float>) -> (distance: Float, gradient: SIMD3<Float>) {
        (point.x < 0 ? -1 - point.y * 0.1 : point.x > 0.8 ? .nan : 1 + point.x, [1, 0, 0])
      }
    }
    let slice = try DistanceSlice(
      of: Jump(), on: .init(axis: 2, position: 0), showing: Bounds(lower: -.one, upper: .one), width: 100, height: 100)
    let image = try SlicePainter(for: [slice], textSize: nil).image(of: slice)
    #expect(image.mean(x: 0..<100, y: 0..<100) > 60)
    #expect(Set(image[97, 50]).count <= 3 && image[97, 50].allSatisfy { (160...200).contains($0) })
  }

  @Test("text and legend are drawn inside their pictures")
  func labels() throws {
    let slice = try DistanceSlice(of: ball, on: .init(axis: 1, position: 2), showing: bounds, width: 240, height: 200)
    let painter = SlicePainter(for: [slice])
    let (bare, labelled) = (
      try SlicePainter(for: [slice], textSize: nil).image(of: slice), try painter.image(of: slice)
    )
    #expect(bare != labelled && bare[120, 20] == labelled[120, 20])
    let legend = try painter.legend(height: 200)
    #expect(legend.height == 200 && legend.width == ColorLegend.width(textSize: 13) && legend.inkCount > 1500)
    let both = try labelled.joined(withStrip: legend)
    #expect(both.width == 240 + legend.width && both[10, 100] == labelled[10, 100])
    #expect(
      try DistanceSlice(
        of: ball, on: .init(axis: 1, position: 2), showing: Bounds(lower: .zero, upper: .zero), width: 8, height: 8
      ).values.allSatisfy(\.isFinite))
  }

  @Test("planes and boxes out of range are errors")
  func errors() {
    for (axis, position) in [(3, Float(0)), (-1, 0), (0, .nan), (0, .infinity)] {
      #expect(throws: PictureError.self) {
        try DistanceSlice(of: ball, on: .init(axis: axis, position: position), showing: bounds, width: 9, height: 9)
      }
    }
    for (width, height) in [(0, 5), (5, -1), (1 << 20, 1 << 20)] {
      #expect(throws: PictureError.self) {
        try DistanceSlice(of: ball, on: .init(axis: 0, position: 0), showing: bounds, width: width, height: height)
      }
    }
  }

  @Test(
    "scales have round numbers",
    arguments: [
      (1.0, 10, "0.1", 0.1), (0.83, 8, "0.2", 0.2), (0.1, 5, "0.02", 0.02), (3, 2, "2", 2), (420, 6, "100", 100),
      (1e-7, 5, "2e-08", 2e-8), (7e8, 7, "1e+08", 1e8), (0, 5, "1", 1), (-.infinity, 5, "1", 1),
    ] as [(Double, Int, String, Double)])
  func marks(length: Double, count: Int, text: String, step: Double) {
    let marks = TickMarks(length: Float(length), atMost: count)
    #expect(abs(Double(marks.step) / step - 1) < 1e-6)
    #expect(marks.text(marks.step) == text)
    #expect(marks.text(0) == "0" && marks.text(-marks.step) == "-" + text)
    let range = -3.2 * marks.step...marks.step * 2
    #expect(marks.values(in: range).count == 6)
  }
}
