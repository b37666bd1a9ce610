import Foundation
import FoundationXML
import Plots
import Testing

/// A folder of its own for one test, removed with the value.
final class TemporaryFolder: Sendable {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("formcast-plots-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path)") }
  }
}

/// Collects the text of a document, and whether it is well-formed.
final class Outline: NSObject, XMLParserDelegate {
  private(set) var text = ""
  private(set) var elements: [String] = []
  private(set) var ids: [String] = []
  let isWellFormed: Bool

  static func read(_ markup: String) -> Outline { Outline(markup) }

  private init(_ markup: String) {
    let parser = XMLParser(data: Data(markup.utf8))
    let collector = Collector()
    parser.delegate = collector
    isWellFormed = parser.parse()
    (text, elements, ids) = (collector.text, collector.elements, collector.ids)
  }

  private final class Collector: NSObject, XMLParserDelegate {
    var text = ""
    var elements: [String] = []
    var ids: [String] = []

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(
      _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      elements.append(elementName)
      if let id = attributes["id"] { ids.append(id) }
    }
  }
}

enum Samples {
  static let wave = (0..<50).map { CurvePoint(x: Double($0), y: 1 / Double($0 + 1)) }

  static func figures(label: String) -> [Figure] {
    var curves = CurvePanel(
      title: label, xLabel: label, yLabel: label,
      curves: [
        Curve(name: label, role: .training, points: wave), Curve(name: "published", role: .published, points: wave),
      ])
    curves.references = [ReferenceLine(name: label, value: 0.5, role: .null)]
    curves.isLogarithmic = true
    let groups = [SeriesRole.target, .input, .null].enumerated().map { index, role in
      ValueGroup(name: label, role: role, values: (0..<200).map { Double(($0 * 7919) % 100 + 50 * index) / 250 })
    }
    let band = Band(name: label, role: .target, means: [0.1, 0.2, 0.4], deviations: [0.01, 0.02, 0.05])
    var bars = BarPanel(
      title: label, yLabel: label, categories: [label, "T80/4"],
      series: [.init(name: label, role: .other(1), bars: [Bar(value: 0.2, deviation: 0.1, marks: [0.3]), nil])])
    bars.marks = [.init(name: label, role: .null)]
    let cloud = CloudPanel(
      title: label,
      clouds: [PointCloud(name: label, points: wave.map { SIMD3($0.x, $0.y, 1) }), PointCloud(name: "b", points: [])])
    let panels: [FigurePanel] = [
      .curves(curves), .distribution(DistributionPanel(title: label, xLabel: label, groups: groups)),
      .bands(BandPanel(title: label, yLabel: label, bands: [band])), .bars(bars), .cloud(cloud),
    ]
    return panels.map { Figure(panels: [$0]) } + [Figure(title: label, panels: panels, columnCount: 2)]
  }

  static let empty: [FigurePanel] = [
    .curves(CurvePanel(xLabel: "", yLabel: "", curves: [])),
    .curves(
      CurvePanel(xLabel: "", yLabel: "", curves: [Curve(name: "n", role: .target, points: [CurvePoint(x: 1, y: .nan)])])
    ),
    .distribution(DistributionPanel(xLabel: "", groups: [ValueGroup(name: "n", role: .target, values: [.nan])])),
    .distribution(DistributionPanel(xLabel: "", groups: [ValueGroup(name: "n", role: .target, values: [3, 3, 3])])),
    .bands(BandPanel(yLabel: "", bands: [])),
    .bands(BandPanel(yLabel: "", bands: [Band(name: "one", role: .null, means: [1])])),
    .bars(BarPanel(yLabel: "", categories: [], series: [])),
    .bars(
      BarPanel(
        yLabel: "", categories: ["a"], series: [.init(name: "", role: .other(-1), bars: [Bar(value: .infinity)])])),
    .cloud(CloudPanel(clouds: [])),
    .scatter(ScatterPanel(groups: [])),
    .scatter(ScatterPanel(groups: [.init(name: "one", color: "#0072B2", points: [SIMD2(1, 1)])])),
    .scatter(ScatterPanel(groups: [.init(name: "none", color: "bad", points: [SIMD2(.nan, 1)])])),
    .cloud(CloudPanel(clouds: [PointCloud(points: [SIMD3(1, 1, 1)])])),
  ]
}

@Suite struct FigureTests {
  @Test(arguments: 0..<6) func `a figure is written as a picture of the right size and a well-formed vector file`(
    index: Int
  ) throws {
    let folder = try TemporaryFolder()
    let figure = Samples.figures(label: "Jaccard")[index]
    let files = try figure.write(to: folder.url.appendingPathComponent("a/figure.v1"))
    #expect(files.png.lastPathComponent == "figure.v1.png")
    let png = try Data(contentsOf: files.png)
    #expect(png.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    let width = png[16..<20].reduce(0) { $0 << 8 | Int($1) }, height = png[20..<24].reduce(0) { $0 << 8 | Int($1) }
    #expect(width == (index == 5 ? 2560 : 1280) && height == (index == 5 ? 2 * (3 * 380 + 34) : 760))
    let svg = Outline.read(try String(contentsOf: files.svg, encoding: .utf8))
    #expect(svg.isWellFormed && svg.elements.first == "svg" && svg.text.contains("Jaccard"))
    #expect(svg.elements.count > 40, "an empty drawing")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent("a").path)
    #expect(names.sorted() == ["figure.v1.png", "figure.v1.svg"])
  }

  @Test(arguments: [
    "it's", "'", "''", "'; system('touch PWNED') #", "\"; system(\"touch PWNED\")", "`touch PWNED`", "$(touch PWNED)",
    "a\nsystem('touch PWNED')\n", "a\r\nexit", "\\n \\\\ \\", "@macro %d %s %", "x_{1}^2 {/Bold b} &{a} ~a{b}",
    "<b>&amp;]]>",
    "\0\u{1}\u{7F}\u{2028}", "日本 é ü \u{1F600}", "EOD", String(repeating: "long ", count: 2000), "!touch PWNED",
  ])
  func `a label is only ever text`(label: String) throws {
    let folder = try TemporaryFolder()
    let figure = try #require(Samples.figures(label: label).last)
    let files = try figure.write(to: folder.url.appendingPathComponent("f"))
    let svg = Outline.read(try String(contentsOf: files.svg, encoding: .utf8))
    #expect(svg.isWellFormed)
    let shown = label.replacingOccurrences(of: "'", with: "\u{2019}").split(whereSeparator: {
      $0.isNewline || $0 == "\0"
    }).first
    if let shown, label.count < 60, !label.contains("\u{1}") {
      #expect(svg.text.contains(shown.trimmingCharacters(in: .whitespaces)), "\(shown)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("PWNED").path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 2)
  }

  @Test(arguments: Samples.empty.indices) func `nothing to show is no failure`(index: Int) throws {
    let pictures = try Figure(panels: [Samples.empty[index]]).pictures()
    #expect(Outline.read(pictures.svg).isWellFormed && pictures.png.count > 500)
  }

  @Test func `many figures at once are the same as one after the other`() throws {
    let figures = Samples.figures(label: "x").prefix(4)
    let alone = try figures.map { try $0.pictures() }
    let folder = try TemporaryFolder()
    DispatchQueue.concurrentPerform(iterations: 4) { index in
      do {
        try figures[index].write(to: folder.url.appendingPathComponent("\(index)"))
      } catch { Issue.record(error) }
    }
    for index in 0..<4 {
      #expect(try Data(contentsOf: folder.url.appendingPathComponent("\(index).png")) == alone[index].png)
      #expect(
        try String(contentsOf: folder.url.appendingPathComponent("\(index).svg"), encoding: .utf8) == alone[index].svg)
    }
  }

  @Test func `a figure that cannot be made says why`() throws {
    #expect(throws: PlotError("a figure without panels")) { try Figure(panels: []).svgText() }
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("file")
    try Data().write(to: file)
    #expect(throws: PlotError.self) {
      try Figure(panels: [Samples.empty[0]]).write(to: file.appendingPathComponent("x"))
    }
  }

  @Test func `without gnuplot the error says what to install`() async {
    await #expect(processExitsWith: .success) {
      setenv("PATH", "/nowhere", 1)
      do {
        _ = try Figure(panels: [.curves(CurvePanel(xLabel: "", yLabel: "", curves: []))]).svgText()
        exit(1)
      } catch {
        exit(String(describing: error).contains("apt-get install gnuplot-nox") ? 0 : 2)
      }
    }
  }
}
