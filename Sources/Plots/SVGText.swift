import Foundation

/// Finishing of gnuplot's SVG.
enum SVGText {
  /// Fonts that stand in where DejaVu Sans is not installed; a name and description; no tool's own names and tooltips.
  static func polished(_ svg: String, title: String) -> String {
    var text = svg
    text = text.replacingOccurrences(
      of: #"<title>gnuplot_plot_[0-9a-z]*</title>"#, with: "", options: .regularExpression)
    text = text.replacingOccurrences(of: #"<desc>[^<]*</desc>\s*"#, with: "", options: .regularExpression)
    // gnuplot escapes all but this, which may not stand in text.
    text = text.replacingOccurrences(of: "]]>", with: "]]&gt;")
    text = replacingFirst("<title>Gnuplot</title>", with: "<title>\(MarkupText.escaped(title))</title>", in: text)
    text = replacingFirst("<svg", with: "<svg role=\"img\"", in: text)
    let families = "\(FigureStyle.fontName), Verdana, sans-serif"
    // gnuplot writes the weight into the name, where no browser finds it.
    text = text.replacingOccurrences(
      of: "font-family=\"\(FigureStyle.fontName):Bold\"", with: "font-family=\"\(families)\" font-weight=\"bold\"")
    return text.replacingOccurrences(
      of: "font-family=\"\(FigureStyle.fontName)\"", with: "font-family=\"\(families)\"")
  }

  /// The `svg` element alone, with ids that no other picture of the same page has.
  static func embedded(_ svg: String, prefix: String) -> String {
    var text = svg
    if let start = text.range(of: "<svg") { text = String(text[start.lowerBound...]) }
    for (pattern, replacement) in [
      (#"\bid=(["'])"#, "id=$1\(prefix)"), (#"href=(["'])#"#, "href=$1#\(prefix)"), (#"url\(#"#, "url(#\(prefix)"),
    ] {
      text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func replacingFirst(_ part: String, with replacement: String, in text: String) -> String {
    guard let range = text.range(of: part) else { return text }
    return text.replacingCharacters(in: range, with: replacement)
  }
}

/// Text within HTML and XML.
package enum MarkupText {
  /// Safe as text and within quoted attributes; characters that XML does not allow become a replacement mark.
  package static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
