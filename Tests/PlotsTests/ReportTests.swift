import Foundation
import Plots
import Testing

@Suite struct ReportTests {
  private static let hostile = "<script>alert('x')</script> & \"q\" ]]> \u{0}\u{1B} é日本"

  private func report(_ label: String) throws -> HTMLReport {
    var report = HTMLReport(title: label, subtitle: label)
    for kind in HTMLReport.Verdict.Kind.allCases { report.add(.init(kind, label: label, explanation: label)) }
    report.addKeyNumbers([("0.188", label)])
    for index in 0..<3 { report.addSection("\(label) \(index)") }
    report.addHeading(label)
    report.addParagraph(label)
    report.addNote(label)
    report.addCode(label + "\n  indented")
    report.addProperties([(label, label)])
    var table = HTMLReport.Table(
      caption: label, headings: ["model", "Jaccard"],
      rows: [[label, "0.18 (0.03)"], ["b", "–"], ["c"], ["d", "1 %", "extra"]])
    table.emphasizedRows = [0, 99]
    report.add(table)
    let figures = Samples.figures(label: label).prefix(2)
    for figure in figures { report.addFigure(svg: try figure.svgText(), caption: label) }
    report.addImage(png: Data([0x89, 0x50]), caption: label, alternative: label)
    return report
  }

  @Test func `a report is well-formed and holds everything it was given`() throws {
    let html = try report("Name").html
    let outline = Outline.read(html)
    #expect(outline.isWellFormed)
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\""))
    for (element, count) in [
      ("h1", 1), ("h2", 3), ("h3", 1), ("svg", 2), ("img", 1), ("figure", 4), ("table", 2), ("pre", 1), ("nav", 1),
    ] {
      #expect(outline.elements.filter { $0 == element }.count == count, "\(element)")
    }
    for part in ["Figure 1.", "Figure 2.", "Figure 3.", "Table 1.", "0.18 (0.03)", "0.188", "  indented", "extra"] {
      #expect(outline.text.contains(part), "\(part)")
    }
    #expect(html.contains("<td class=\"number\">0.18 (0.03)</td>") && html.contains("<td>Name</td>"))
    #expect(html.contains("src=\"data:image/png;base64,iVA=\""))
    #expect(html.components(separatedBy: "class=\"verdict ").count == 4)
  }

  @Test func `hostile text stays text`() throws {
    let html = try report(Self.hostile).html
    let outline = Outline.read(html)
    #expect(outline.isWellFormed)
    #expect(!outline.elements.contains("script") && !html.contains("<script"))
    #expect(outline.text.contains("<script>alert('x')</script> & \"q\" ]]>"))
  }

  @Test func `a report needs nothing from outside and no two elements share an id`() throws {
    let html = try report("x").html
    let outline = Outline.read(html)
    #expect(
      Set(outline.ids).count == outline.ids.count && outline.ids.contains("f1-gpDot")
        && outline.ids.contains("f2-gpDot"))
    let links = html.components(separatedBy: "http").dropFirst().map { $0.prefix(40) }
    #expect(links.allSatisfy { $0.hasPrefix("://www.w3.org/") }, "only names of the languages")
    #expect(!html.contains("@import") && !html.contains("url(http"))
    let references = html.components(separatedBy: "href=").dropFirst().map {
      $0.dropFirst().prefix(while: { $0 != "'" && $0 != "\"" })
    }
    #expect(references.allSatisfy { $0.hasPrefix("#") && outline.ids.contains(String($0.dropFirst())) })
  }

  @Test func `a report is written in one step or not at all`() throws {
    let folder = try TemporaryFolder()
    try report("x").write(to: folder.url.appendingPathComponent("report.html"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["report.html"])
    #expect(throws: PlotError.self) { try report("x").write(to: folder.url.appendingPathComponent("no/report.html")) }
  }
}
