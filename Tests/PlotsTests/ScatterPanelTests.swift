import Foundation
import Plots
import Testing

@Suite struct ScatterPanelTests {
  private static let colors = CategoryColors(["chair", "table", "lamp"])

  private static func disc(_ side: Int) -> [UInt8] {
    (0..<side * side).flatMap { place -> [UInt8] in
      let (x, y) = (place % side - side / 2, place / side - side / 2)
      return [200, UInt8(255 * (place / side) / side), 60, 4 * (x * x + y * y) < side * side ? 255 : 0]
    }
  }

  private static func panel(pictures: Int) -> ScatterPanel {
    let groups = colors.names.enumerated().map { index, name in
      let angle = Double(index) * 2
      let points = (0..<60).map { step -> SIMD2<Double> in
        let (turn, radius) = (Double(step) * 2.4, 0.28 * Double(step).squareRoot())
        return SIMD2(6 * cos(angle) + radius * cos(turn), 6 * sin(angle) + radius * sin(turn))
      }
      return ScatterPanel.Group(name: name, color: colors[name], points: points)
    }
    var panel = ScatterPanel(title: "A map", groups: groups)
    panel.remark = "t-SNE of 180 codes"
    panel.path = groups.map { $0.points[0] } + [groups[0].points[0]]
    panel.pictures = (0..<pictures).map {
      ScatterPanel.Picture(point: groups[$0 % 3].points[$0], width: 32, bytes: disc(32))
    }
    return panel
  }

  @Test func `a map has a mark for each point, its legend and its pictures`() throws {
    let size = FigureSize(width: 560, height: 600)
    let svg = try Figure(panels: [.scatter(Self.panel(pictures: 9))], panelSize: size).svgText()
    let outline = Outline.read(svg)
    #expect(outline.isWellFormed)
    #expect(outline.elements.filter { $0 == "image" }.count == 9)
    for part in ["A map", "t-SNE of 180 codes", "chair", "lamp", "table"] { #expect(outline.text.contains(part)) }
    let plain = try Figure(panels: [.scatter(Self.panel(pictures: 0))], panelSize: size).svgText()
    #expect(plain.components(separatedBy: "xlink:href='#gpPt6'").count == 181 && !plain.contains("<image"))
  }

  @Test func `pictures keep off each other and within the frame`() throws {
    var panel = Self.panel(pictures: 0)
    panel.pictures = (0..<12).map { _ in .init(point: SIMD2(6, 0), width: 16, bytes: Self.disc(16)) }
    let size = FigureSize(width: 560, height: 600)
    let svg = try Figure(panels: [.scatter(panel)], panelSize: size).svgText()
    let boxes = svg.matches(of: /<image x='([0-9.]+)' y='([0-9.]+)' width='([0-9.]+)' height='([0-9.]+)'/).map {
      match in
      [match.1, match.2, match.3, match.4].map { Double($0) ?? .nan }
    }
    #expect(boxes.count == 12)
    for (index, box) in boxes.enumerated() {
      #expect(box[0] >= 17 && box[1] >= 0 && box[0] + box[2] <= 543 && box[1] + box[3] <= 583)
      #expect(abs(box[2] - box[3]) < 0.6 && abs(box[2] - panel.pictureSize) < 1)
      for other in boxes[..<index] {
        let gap = max(abs(box[0] - other[0]) - box[2], abs(box[1] - other[1]) - box[3])
        #expect(gap > -3, "\(box) \(other)")
      }
    }
  }

  @Test func `a name keeps its colour when others come`() {
    let few = CategoryColors(["chair", "table"])
    let more = CategoryColors(["chair", "table", "zeppelin"])
    #expect(few["chair"] == more["chair"] && few["table"] == more["table"])
    #expect(few["unknown"] == CategoryColors.none && few[""] == CategoryColors.none)
    for count in [1, 7, 8, 14, 15, 55, 200] {
      let names = (0..<count).map { "category \($0)" }
      let colors = CategoryColors(names + names + [""])
      #expect(Set(names.map { colors[$0] }).count == count && colors.names.last == "")
      #expect(names.allSatisfy { colors[$0].wholeMatch(of: /#[0-9a-fA-F]{6}/) != nil })
      #expect(CategoryColors(names.reversed())["category 0"] == colors["category 0"])
    }
  }

  @Test func `draws a picture to look at`() throws {
    let folder = try TemporaryFolder()
    let size = FigureSize(width: 560, height: 600)
    let files = try Figure(panels: [.scatter(Self.panel(pictures: 9))], panelSize: size)
      .write(to: folder.url.appendingPathComponent("map"))
    let png = try Data(contentsOf: files.png)
    #expect(png[16..<20].reduce(0) { $0 << 8 | Int($1) } == 1120)
    if let keep = ProcessInfo.processInfo.environment["FORMCAST_KEEP_FIGURES"] {
      try png.write(to: URL(fileURLWithPath: keep).appendingPathComponent("scatter.png"))
    }
  }
}
