import Experiments
import Foundation
import Geometry
import Runs
import Testing
import Volumes

@Suite("The page of a walk")
struct WalkPageTests {
  private func page(_ folder: ResultFolder) throws -> String {
    var options = ShapeWalk.Options(out: folder.path("out"), codes: CodeChoice(.trained(count: nil)))
    (options.resolution, options.portrait.side, options.frameCount) = (20, 64, 6)
    options.progress = ProgressMeter.Options(mode: .quiet)
    _ = try ShapeWalk(AnalyticShapes.space(trained: AnalyticShapes.three), options: options)()
    return String(decoding: try folder.data("out/index.html"), as: UTF8.self)
  }

  private struct Content: Decodable {
    struct Frame: Decodable { var label, picture, shape: String }
    struct Stop: Decodable {
      var name: String
      var frame: Int
    }
    var frames: [Frame]
    var stops: [Stop]
    var lower: [Float]
    var side: Float
  }

  private func content(of page: String) throws -> Content {
    let start = try #require(page.range(of: "id=\"walk\">"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    return try JSONDecoder().decode(Content.self, from: Data(page[start.upperBound..<end.lowerBound].utf8))
  }

  @Test("nothing in it asks for anything outside, and a policy forbids it")
  func selfContained() throws {
    let page = try page(ResultFolder())
    for word in [
      "http:", "https:", "//cdn", "href=", "@import", "url(", "fetch(", "XMLHttpRequest", "import(", "<link",
    ] {
      #expect(!page.contains(word), "\(word)")
    }
    let sources = page.matches(of: /src="([^"]{0,30})/).map { String($0.output.1) }
    #expect(sources.allSatisfy { $0.hasPrefix("data:image/png;base64,") } && !sources.isEmpty)
    #expect(page.contains("default-src 'none'"))
    #expect(page.matches(of: /<script/).count == 2, "a name cannot end the script")
  }

  @Test("it holds every frame: its name, its picture and its shape")
  func frames() throws {
    let folder = try ResultFolder()
    let content = try content(of: page(folder))
    #expect(content.frames.map(\.label)[0] == "small" && content.frames.count == 6)
    #expect(
      content.stops.map(\.name) == ["small", "large", "left</script>"] && content.stops.map(\.frame) == [0, 2, 4])
    for (index, frame) in content.frames.enumerated() {
      let picture = try Image(pngData: try #require(Data(base64Encoded: frame.picture)))
      #expect(picture.width == 64 && picture.height == 64)
      let packed = [UInt8](try #require(Data(base64Encoded: frame.shape)))
      let mesh = try unpacked(Gzip.decompress(packed, path: "frame"), content)
      let own = try Mesh(contentsOf: folder.url.appending(path: "out/frame_000\(index).glb"))
      let (a, b) = (try #require(mesh.bounds), try #require(own.bounds))
      // Vertices of one cell, a 64th of the side, became one.
      #expect((a.lower - b.lower).max() < content.side / 64 && (b.upper - a.upper).max() < content.side / 64)
      #expect(MeshTopology(mesh).isClosed)
      #expect(abs(mesh.signedVolume / own.signedVolume - 1) < 0.05, "faces look outward and enclose the same")
    }
  }

  /// What the page's program does with the bytes of a shape.
  private func unpacked(_ bytes: [UInt8], _ content: Content) throws -> Mesh {
    var place = 0
    func next<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
      defer { place += MemoryLayout<Value>.size }
      return bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: type)) }
    }
    let (vertexCount, faceCount) = (Int(next(UInt32.self)), Int(next(UInt32.self)))
    try #require(bytes.count == 8 + 6 * vertexCount + 12 * faceCount)
    var mesh = Mesh(
      positions: Array(repeating: .zero, count: vertexCount), faces: Array(repeating: .zero, count: faceCount))
    for axis in 0..<3 {
      var last: UInt16 = 0
      for vertex in 0..<vertexCount {
        last &+= next(UInt16.self)
        mesh.positions[vertex][axis] = content.lower[axis] + Float(last) / 65535 * content.side
      }
    }
    for corner in 0..<3 {
      var last: Int32 = 0
      for face in 0..<faceCount {
        last &+= next(Int32.self)
        mesh.faces[face][corner] = UInt32(bitPattern: last)
      }
    }
    return mesh
  }
}
