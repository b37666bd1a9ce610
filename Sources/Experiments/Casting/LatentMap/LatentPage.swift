import Foundation
import Plots

/// A page to explore a map: one file that holds everything and asks the network for nothing.
///
/// It is well-formed as XML too; what the script reads stands in it as JSON.
struct LatentPage {
  private let content: Content
  private let title: String, facts: [String]
  private let notes: [String]
  /// The first picture, for browsers without scripts.
  private let first: Data?

  /// More frames than these are thinned out.
  private struct Category: Encodable {
    var name: String
    var color: String
    var count: Int
  }

  private struct Stop: Encodable {
    var index: Int
    var cluster: Int
  }

  private struct Frame: Encodable {
    var label: String
    var x, y: Double
    var picture: String
  }

  private struct Content: Encodable {
    var names: [String]
    /// x and y in turn, in 10,000ths of the map's longer side around its middle.
    var places: [Int]
    /// Category and cluster of each point.
    var categories, clusters: [Int]
    var palette: [Category]
    var stops: [Stop]
    /// The tour's line, x and y in turn.
    var path: [Int]
    /// Pictures of some points, by index.
    var pictures: [String: String]
    var frames: [Frame]
    var framesPerSecond = 15.0
  }

  /// Every how manyth frame of the tour is shown.
  private let step: Int

  init(
    _ guide: LatentGuide, colors: CategoryColors, shapes: LatentShapes, film: LatentTour, name: String
  ) throws {
    let plane = UnitPlane(guide.layout.points)
    let palette = colors.names.map { name in
      Category(name: name, color: colors[name], count: guide.categories.count { $0 == name })
    }
    let ranks = Dictionary(uniqueKeysWithValues: colors.names.enumerated().map { ($1, $0) })
    step = WalkPage.step(frameCount: film.frames.count)
    let frames = stride(from: 0, to: film.frames.count, by: step).map { index in
      let (frame, place) = (film.frames[index], plane.place(of: film.frames[index].point))
      return Frame(
        label: LatentTour.label(frame, guide), x: place.x, y: place.y, picture: frame.picture.base64EncodedString())
    }
    content = Content(
      names: guide.codes.map(\.name), places: guide.layout.points.flatMap(plane.numbers),
      categories: guide.categories.map { ranks[$0] ?? 0 }, clusters: guide.clusters.assignments, palette: palette,
      stops: guide.stops.map { Stop(index: $0.index, cluster: $0.cluster) },
      path: try LatentFigure.path(guide).flatMap(plane.numbers),
      pictures: Dictionary(
        uniqueKeysWithValues: shapes.pictures.map { ("\($0)", $1.base64EncodedString()) }), frames: frames)
    title = "Codes of \(name)"
    facts = Self.facts(guide)
    notes = step > 1 ? ["Every \(step)th frame of the tour's \(film.frames.count) is shown."] : []
    first = film.frames.first?.picture
  }

  /// What was measured, a line each.
  private static func facts(_ guide: LatentGuide) -> [String] {
    var lines = [
      "\(guide.codes.count) codes, \(guide.representatives.count) clusters; \(guide.layout.text)"
    ]
    for (name, measures) in [("Among the codes", guide.inCodes), ("In the map", guide.inMap)] {
      guard let measures else { continue }
      let silhouette = measures.silhouette.map { String(format: "; silhouette %.3f", $0) } ?? ""
      lines.append(
        String(
          format: "%@ the nearest neighbour is of the same category for %.1f %% (by chance %.1f %%)", name,
          100 * measures.purity, 100 * measures.chance) + silhouette)
    }
    if let trust = guide.trustworthiness {
      lines.append(String(format: "Trustworthiness of the map %.4f", trust))
    }
    return lines
  }

  /// The page.
  func html(framesPerSecond: Int) throws -> String {
    var content = content
    content.framesPerSecond = Double(framesPerSecond) / Double(step)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(content), as: UTF8.self)
      .replacing("<", with: "\\u003c").replacing(">", with: "\\u003e").replacing("&", with: "\\u0026")
    let picture = first.map { "data:image/png;base64,\($0.base64EncodedString())" } ?? Self.blank
    let lines = (facts + notes).map { "<p class=\"facts\">\(MarkupText.escaped($0))</p>" }.joined(separator: "\n")
    return """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)" />
      <title>\(MarkupText.escaped(title))</title>
      <style>
      \(LatentPageParts.style)
      </style>
      </head>
      <body>
      <main>
      <h1>\(MarkupText.escaped(title))</h1>
      \(lines)
      \(LatentPageParts.stage(picture: picture))
      <noscript><p class="facts">The map needs scripts; map.svg and tour.png beside this page do without.</p></noscript>
      </main>
      <script type="application/json" id="content">\(json)</script>
      <script>
      //<![CDATA[
      \(LatentPageScript.text)
      //]]>
      </script>
      </body>
      </html>

      """
  }

  private static let policy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

  /// One transparent pixel.
  private static let blank = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
}

/// A map around the origin, its longer side from -1 to 1.
private struct UnitPlane {
  private let center: SIMD2<Double>
  private let half: Double

  init(_ points: [SIMD2<Double>]) {
    let first = points.first ?? SIMD2()
    let low = points.reduce(first) { pointwiseMin($0, $1) }
    let high = points.reduce(first) { pointwiseMax($0, $1) }
    center = (low + high) / 2
    half = max((high - low).max() / 2, 1e-9)
  }

  func place(of point: SIMD2<Double>) -> SIMD2<Double> {
    let place = (point - center) / half
    return SIMD2((place.x * 1e4).rounded() / 1e4, (place.y * 1e4).rounded() / 1e4)
  }

  func numbers(of point: SIMD2<Double>) -> [Int] {
    let place = (point - center) / half * 1e4
    return [Int(place.x.rounded()), Int(place.y.rounded())]
  }
}
