import Foundation

/// A report as one HTML file: style, pictures and tables are in it, so it can be mailed, archived and printed.
///
/// It needs no scripts and nothing from the network, and is well-formed as XML too.
public struct HTMLReport: Sendable {
  /// What the report says in one word at its top.
  public struct Verdict: Sendable, Equatable {
    /// Which colour the badge has.
    public enum Kind: String, Sendable, CaseIterable {
      /// The model is better than what it is held against.
      case good
      /// In some ways, or in none by much.
      case mixed
      /// It is not.
      case bad
    }

    /// Which colour the badge has.
    public var kind: Kind
    /// The word in the badge, such as `valid`.
    public var label: String
    /// A sentence beside it.
    public var explanation: String

    /// A badge with its explanation.
    public init(_ kind: Kind, label: String, explanation: String) {
      (self.kind, self.label, self.explanation) = (kind, label, explanation)
    }
  }

  /// A table with a heading row.
  public struct Table: Sendable, Equatable {
    /// What stands under it; empty for nothing.
    public var caption: String
    /// The headings.
    public var headings: [String]
    /// The rows; cells that are numbers stand to the right.
    public var rows: [[String]]
    /// Rows that stand out, by index.
    public var emphasizedRows: Set<Int> = []

    /// A table.
    public init(caption: String = "", headings: [String], rows: [[String]]) {
      (self.caption, self.headings, self.rows) = (caption, headings, rows)
    }
  }

  private let title: String
  private let subtitle: String
  private var sections: [(id: String, title: String)] = []
  private var body = ""
  private var figureCount = 0
  private var tableCount = 0

  /// An empty report.
  public init(title: String, subtitle: String = "") { (self.title, self.subtitle) = (title, subtitle) }

  /// Puts the verdict here.
  public mutating func add(_ verdict: Verdict) {
    body += """
      <div class="verdict \(verdict.kind.rawValue)"><span class="badge">\(text(verdict.label))</span>\
      <p>\(text(verdict.explanation))</p></div>

      """
  }

  /// Begins a section; the report's contents list it.
  public mutating func addSection(_ title: String) {
    let id = "section-\(sections.count + 1)"
    sections.append((id, title))
    body += "<h2 id=\"\(id)\">\(text(title))</h2>\n"
  }

  /// Begins a part of a section.
  public mutating func addHeading(_ title: String) { body += "<h3>\(text(title))</h3>\n" }

  /// Adds a paragraph.
  public mutating func addParagraph(_ content: String) { body += "<p>\(text(content))</p>\n" }

  /// Adds a remark set apart from the text.
  public mutating func addNote(_ content: String) { body += "<p class=\"note\">\(text(content))</p>\n" }

  /// Adds commands or other text that is kept as it is.
  public mutating func addCode(_ content: String) { body += "<pre><code>\(text(content))</code></pre>\n" }

  /// Adds a few large numbers in a row, each with what it is.
  public mutating func addKeyNumbers(_ numbers: [(value: String, label: String)]) {
    let cells = numbers.map { "<div><dd>\(text($0.value))</dd><dt>\(text($0.label))</dt></div>" }.joined()
    body += "<dl class=\"numbers\">\(cells)</dl>\n"
  }

  /// Adds names with their values, such as the properties of a run.
  public mutating func addProperties(_ properties: [(name: String, value: String)]) {
    let rows = properties.map { "<tr><th scope=\"row\">\(text($0.name))</th><td>\(text($0.value))</td></tr>" }.joined()
    body += "<table class=\"properties\"><tbody>\(rows)</tbody></table>\n"
  }

  /// Adds a table, numbered.
  public mutating func add(_ table: Table) {
    tableCount += 1
    let isNumeric = table.headings.indices.map { column in
      let cells = table.rows.compactMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }
      return !cells.isEmpty && cells.allSatisfy(Self.looksNumeric)
    }
    func cell(_ name: String, _ content: String, _ column: Int) -> String {
      let isRight = column < isNumeric.count && isNumeric[column]
      return
        "<\(name)\(isRight ? " class=\"number\"" : "")\(name == "th" ? " scope=\"col\"" : "")>\(text(content))</\(name)>"
    }
    let head = table.headings.enumerated().map { cell("th", $1, $0) }.joined()
    let rows = table.rows.enumerated().map { index, row in
      let cells = row.enumerated().map { cell("td", $1, $0) }.joined()
      return "<tr\(table.emphasizedRows.contains(index) ? " class=\"strong\"" : "")>\(cells)</tr>"
    }
    let caption =
      table.caption.isEmpty ? "" : "<figcaption><b>Table \(tableCount).</b> \(text(table.caption))</figcaption>"
    body += """
      <figure class="table"><div class="scroll"><table><thead><tr>\(head)</tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>\(caption)</figure>

      """
  }

  /// Adds a figure drawn by ``Figure/svgText()``.
  public mutating func addFigure(svg: String, caption: String) {
    let picture = SVGText.embedded(svg, prefix: "f\(figureCount + 1)-")
    addPicture(picture, caption: caption)
  }

  /// Adds a picture as the bytes of a PNG file, such as a rendering; `alternative` describes it for those who do not see it.
  public mutating func addImage(png: Data, caption: String, alternative: String) {
    let source = "data:image/png;base64,\(png.base64EncodedString())"
    addPicture("<img alt=\"\(text(alternative))\" src=\"\(source)\" />", caption: caption)
  }

  private mutating func addPicture(_ picture: String, caption: String) {
    figureCount += 1
    let line = caption.isEmpty ? "" : " \(text(caption))"
    body += """
      <figure><div class="picture">\(picture)</div>
      <figcaption><b>Figure \(figureCount).</b>\(line)</figcaption></figure>

      """
  }

  /// The whole file.
  public var html: String {
    let entries = sections.map { "<li><a href=\"#\($0.id)\">\(text($0.title))</a></li>" }.joined()
    let contents = sections.count > 2 ? "<nav aria-label=\"Contents\"><ol>\(entries)</ol></nav>\n" : ""
    let lead = subtitle.isEmpty ? "" : "<p class=\"lead\">\(text(subtitle))</p>\n"
    return """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>\(text(title))</title>
      <style>
      \(ReportStyle.css)
      </style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(text(title))</h1>
      \(lead)</header>
      \(contents)\(body)</main>
      </body>
      </html>

      """
  }

  /// Writes the report in one step.
  public func write(to url: URL) throws {
    do {
      try Data(html.utf8).write(to: url, options: .atomic)
    } catch {
      throw PlotError("cannot write \(url.path): \(error.localizedDescription)")
    }
  }

  private func text(_ content: String) -> String { MarkupText.escaped(content) }

  /// Numbers, also with a unit of percent, a deviation in brackets or after ±, or a dash for none.
  private static func looksNumeric(_ cell: String) -> Bool {
    cell.contains(where: \.isNumber) && cell.allSatisfy { $0.isNumber || "+-−±.,()% e–·×".contains($0) }
      || ["–", "-", "nan"].contains(cell)
  }
}
