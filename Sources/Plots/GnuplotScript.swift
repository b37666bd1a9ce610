/// A gnuplot script under construction: the only place where text and numbers are turned into its language.
///
/// Every label goes through ``quoted(_:)``; nothing else of the caller's reaches the script as text.
struct GnuplotScript {
  private(set) var data: [String] = []
  private(set) var commands: [String] = []
  /// Size of the whole figure in points.
  let size: FigureSize

  init(size: FigureSize) { self.size = size }

  mutating func add(_ command: String) { commands.append(command) }

  /// Puts rows of numbers into the script; the result is the name to plot them by.
  mutating func addData(_ rows: [[Double]]) -> String {
    let name = "$data\(data.count)"
    let lines = rows.map { row in row.map(Self.number).joined(separator: " ") }
    // A block without rows would be an error of gnuplot's: one undefined point shows nothing.
    data.append("\(name) << EOD\n\((lines.isEmpty ? ["NaN NaN NaN NaN NaN NaN"] : lines).joined(separator: "\n"))\nEOD")
    return name
  }

  /// A string literal: within single quotes only the quote itself means anything to gnuplot.
  ///
  /// It becomes an apostrophe, since gnuplot 5.4 misreads a doubled one at the beginning of a literal.
  static func quoted(_ text: String) -> String {
    "'" + clean(text).replacingOccurrences(of: "'", with: "\u{2019}") + "'"
  }

  /// A string literal for tick marks, which are formats besides.
  static func quotedTick(_ text: String) -> String {
    quoted(text.replacingOccurrences(of: "%", with: "%%"))
  }

  static func number(_ value: Double) -> String { value.isFinite ? String(describing: value) : "NaN" }

  /// One line without control characters, and not too long for gnuplot's line buffer.
  private static func clean(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(300).map { scalar -> Character in
      let isControl = scalar.properties.generalCategory == .control || scalar.properties.isNoncharacterCodePoint
      let isBreak = scalar == "\u{2028}" || scalar == "\u{2029}"
      return isControl || isBreak ? " " : Character(scalar)
    }
    return String(scalars)
  }

  // MARK: Text and marks at points of the figure, y down from the top

  private func screen(_ x: Double, _ y: Double) -> String {
    "screen \(Self.number(x / size.width)),\(Self.number(1 - y / size.height))"
  }

  enum Alignment: String { case left, center, right }

  struct TextStyle {
    var size = FigureStyle.fontSize
    var color = FigureStyle.ink
    var isBold = false
    var alignment = Alignment.left
    var rotation = 0.0
  }

  mutating func text(_ text: String, x: Double, y: Double, style: TextStyle = TextStyle()) {
    let font = "\(FigureStyle.fontName)\(style.isBold ? ":Bold" : ""),\(style.size)"
    let rotation = style.rotation == 0 ? "" : " rotate by \(style.rotation)"
    add(
      "set label \(Self.quoted(text)) at \(screen(x, y)) \(style.alignment.rawValue)\(rotation) font '\(font)' "
        + "tc rgb '\(style.color)' front")
  }

  mutating func line(from start: (Double, Double), to end: (Double, Double), style: String) {
    add("set arrow from \(screen(start.0, start.1)) to \(screen(end.0, end.1)) nohead front \(style)")
  }

  mutating func rectangle(from start: (Double, Double), to end: (Double, Double), color: String) {
    add(
      "set object rectangle from \(screen(start.0, start.1)) to \(screen(end.0, end.1)) "
        + "fc rgb '\(color)' fs solid noborder front")
  }

  /// The whole script for one terminal.
  func text(terminal: String, output: String, replacesRareCharacters: Bool = false) -> String {
    let body = commands.joined(separator: "\n")
    let shown = replacesRareCharacters ? Self.replacingRareCharacters(in: body) : body
    return "set terminal \(terminal)\nset output '\(output)'\nset multiplot\n\(shown)\nunset multiplot\nset output\n"
  }

  /// Characters that the house's font lacks become a box: cairo draws its own mark for them over the whole picture.
  private static func replacingRareCharacters(in text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.value {
          case 0..<0x0700, 0x1E00..<0x27C0: scalar
          default: "\u{25A1}"
          }
        }))
  }
}
