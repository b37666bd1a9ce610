import Experiments
import Foundation
import Geometry
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("The page of a map")
struct LatentPageTests {
  private func page(_ folder: ResultFolder) throws -> String {
    _ = try LatentMap(AnalyticShapes.space(trained: LatentMapTests.balls), options: LatentMapTests.options(folder))()
    return String(decoding: try folder.data("out/map.html"), as: UTF8.self)
  }

  /// Elements, ids and whether the markup is well-formed.
  private final class Outline: NSObject, XMLParserDelegate {
    var elements: [String] = []
    var ids: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      elements.append(elementName)
      if let id = attributes["id"] { ids.append(id) }
    }
  }

  private struct Content: Decodable {
    struct Category: Decodable { var name, color: String }
    struct Frame: Decodable {
      var label, picture: String
      var x, y: Double
    }
    struct Stop: Decodable { var index: Int }
    var names: [String]
    var places, categories, clusters, path: [Int]
    var palette: [Category]
    var stops: [Stop]
    var pictures: [String: String]
    var frames: [Frame]
    var framesPerSecond: Double
  }

  private func content(of page: String) throws -> Content {
    let start = try #require(page.range(of: "id=\"content\">"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    return try JSONDecoder().decode(Content.self, from: Data(page[start.upperBound..<end.lowerBound].utf8))
  }

  @Test("it is well-formed, and the program finds all elements that it asks for")
  func markup() throws {
    let page = try page(ResultFolder())
    let parser = XMLParser(data: Data(page.utf8))
    let outline = Outline()
    parser.delegate = outline
    #expect(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    #expect(outline.elements.filter { $0 == "script" }.count == 2 && outline.elements.contains("canvas"))
    #expect(Set(outline.ids).count == outline.ids.count)
    let asked =
      page.matches(of: /get\("([a-z]+)"\)/).map { String($0.output.1) } + ["map", "tip", "shape", "label", "frame"]
    #expect(Set(asked).isSubset(of: outline.ids) && asked.count > 10)
  }

  @Test("nothing in it asks for anything outside, and a policy forbids it")
  func selfContained() throws {
    let page = try page(ResultFolder())
    let outside = page.replacingOccurrences(of: "xmlns=\"http://www.w3.org/1999/xhtml\"", with: "")
    for word in [
      "http:", "https:", "//cdn", "href=", "@import", "url(", "fetch(", "XMLHttpRequest", "import(", "<link",
    ] {
      #expect(!outside.contains(word), "\(word)")
    }
    #expect(page.matches(of: /src="([^"]{0,5})/).allSatisfy { $0.output.1 == "data:" })
    #expect(page.contains("default-src 'none'"))
  }

  @Test("it holds every point, the pictures and the tour; names are only ever text")
  func everything() throws {
    let page = try page(ResultFolder())
    let content = try content(of: page)
    #expect(content.names == LatentMapTests.balls.map(\.name) && content.places.count == 48)
    #expect(content.categories.map { content.palette[$0].name } == LatentMapTests.balls.map(\.category))
    #expect(content.places.map(abs).max() == 10_000 && content.framesPerSecond == 15)
    for stop in content.stops {
      let picture = try Image(pngData: try #require(Data(base64Encoded: content.pictures["\(stop.index)"] ?? "")))
      #expect(picture.hasAlpha && picture.width == picture.height)
    }
    #expect(content.pictures.count >= content.stops.count && content.pictures.count <= content.stops.count + 4)
    #expect(content.frames.count == 6 && content.path.count == 2 * (24 * content.stops.count + 1))
    #expect(content.path.prefix(2) == content.path.suffix(2))
    // The first frame shows the first representative, and stands on its point.
    let first = try #require(content.stops.first).index
    #expect(content.frames[0].label == content.names[first])
    #expect(abs(content.frames[0].x * 1e4 - Double(content.places[2 * first])) < 2)
    #expect(try Image(pngData: try #require(Data(base64Encoded: content.frames[0].picture))).width == 64)
    #expect(!page.contains("large </script>"))
  }
}
