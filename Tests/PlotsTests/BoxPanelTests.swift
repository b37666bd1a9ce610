import Foundation
import Plots
import Testing

@Suite("Box panels, and axes of samples")
struct BoxPanelTests {
  private static let values = (0..<60).map { Double(($0 * 7919) % 100) / 100 }

  private static func panel(_ values: [[Double]]) -> BoxPanel {
    BoxPanel(
      title: "boxes", yLabel: "distance", categories: ["first 50 %", "it's"],
      series: [.init(name: "target", role: .target, values: values), .init(name: "null", role: .null, values: values)])
  }

  @Test("Two boxes for each category, with names and legend; a line between groups adds to the picture")
  func boxes() throws {
    var panel = Self.panel([Self.values, Self.values.map { $0 / 2 } + [3]])
    let plain = try Figure(panels: [.boxes(panel)]).svgText()
    let outline = Outline.read(plain)
    #expect(outline.isWellFormed)
    for text in ["first 50 %", "it\u{2019}s", "target", "null", "distance"] { #expect(outline.text.contains(text)) }
    panel.separators = [0, 1, 7]
    let separated = try Figure(panels: [.boxes(panel)]).svgText()
    #expect(separated != plain && Outline.read(separated).isWellFormed)
  }

  @Test("Categories without values, panels without categories and values that are none leave room, and no error")
  func empty() throws {
    for values in [[], [[]], [[.nan], [1]], [[2, 2, 2], []]] as [[[Double]]] {
      #expect(try !Figure(panels: [.boxes(Self.panel(values))]).svgText().isEmpty)
    }
    let none = BoxPanel(yLabel: "", categories: [], series: [])
    #expect(try !Figure(panels: [.boxes(none)]).svgText().isEmpty)
  }

  @Test("A logarithmic axis across has ticks at powers of ten, and leaves out what is not positive")
  func logarithmicAcross() throws {
    let points = [0, 10, 100, 10_000].map { CurvePoint(x: $0, y: 1) }
    var panel = CurvePanel(xLabel: "samples", yLabel: "", curves: [Curve(name: "a", role: .target, points: points)])
    panel.isLogarithmicAcross = true
    let text = Outline.read(try Figure(panels: [.curves(panel)]).svgText()).text
    #expect(["10", "100", "1000", "10000"].allSatisfy(text.contains))
    panel.curves[0].points = [CurvePoint(x: 0, y: 1)]
    #expect(try !Figure(panels: [.curves(panel)]).svgText().isEmpty)
  }
}
