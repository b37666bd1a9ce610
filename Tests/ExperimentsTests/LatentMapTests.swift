import Experiments
import Foundation
import Geometry
import LatentSpace
import Runs
import Testing
import Volumes

@Suite("A map of codes")
struct LatentMapTests {
  /// Small balls and large ones, each along a line.
  static let balls = (0..<24).map { index in
    let share = Float(index / 2) / 12
    return index % 2 == 0
      ? NamedCode("small \(index)", category: "small", values: [0.15 + 0.02 * share, 0.4 * share - 0.2])
      : NamedCode("large </script>&\(index)", category: "large & round", values: [0.5 + 0.1 * share, 0.1 * share])
  }

  static func options(_ folder: ResultFolder, out: String = "out") -> LatentMap.Options {
    var options = LatentMap.Options(out: folder.path(out))
    (options.resolution, options.portrait.side, options.frameCount, options.pictureCount) = (16, 64, 6, 4)
    options.progress = ProgressMeter.Options(mode: .quiet)
    options.searchPath = ""
    return options
  }

  private struct Record: Decodable {
    struct Point: Decodable {
      var id, category: String
      var x, y: Double
      var cluster: Int
    }
    struct Cluster: Decodable {
      var representative, category: String
      var index, count: Int
      var share: Double
    }
    struct Tour: Decodable {
      var order: [String]
      var length: Double
    }
    struct Category: Decodable {
      var name, color: String
      var count: Int
    }
    struct Metrics: Decodable {
      var codes, map: CategoryMeasures?
      var trustworthiness: Double?
    }
    var method: String
    var divergence: Double?
    var points: [Point]
    var clusters: [Cluster]
    var tour: Tour
    var categories: [Category]
    var metrics: Metrics
    var remarks: [String]
  }

  private func record(_ folder: ResultFolder, out: String = "out") throws -> Record {
    try JSONDecoder().decode(Record.self, from: folder.data("\(out)/map.json"))
  }

  @Test("all of it is written, and says the same everywhere")
  func files() throws {
    let folder = try ResultFolder()
    let space = AnalyticShapes.space(trained: Self.balls)
    let outcome = try LatentMap(space, options: Self.options(folder))()
    let files = try folder.names("out")
    #expect(files == ["map.html", "map.json", "map.png", "map.svg", "tour.npy", "tour.png"])
    let record = try record(folder)
    #expect(record.points.map(\.id) == Self.balls.map(\.name) && record.method == "tsne")
    #expect(record.categories.map(\.name) == ["large & round", "small"] && record.categories.map(\.count) == [12, 12])
    #expect(record.metrics.codes?.purity == 1 && record.metrics.map?.purity == 1)
    #expect(abs((record.metrics.map?.chance ?? 0) - 11.0 / 23) < 1e-12)
    #expect(outcome.codes == 24 && outcome.categories == 2 && outcome.frames == 6)
    #expect(outcome.clusters == 8 && record.clusters.reduce(0) { $0 + $1.count } == 24)
    #expect(record.remarks.contains { $0.contains("ffmpeg") } && record.remarks.contains { $0.contains("perplexity") })
    for cluster in record.clusters {
      #expect(Self.balls[cluster.index].name == cluster.representative)
      #expect(Self.balls[cluster.index].category == cluster.category)
    }
    // The tour goes once through all representatives; its length is that of its legs in the map.
    #expect(record.tour.order.sorted() == record.clusters.map(\.representative).sorted())
    let places = record.tour.order.compactMap { name in record.points.first { $0.id == name } }
    let legs = places.indices.map { index in
      let next = places[(index + 1) % places.count]
      return hypot(next.x - places[index].x, next.y - places[index].y)
    }
    #expect(abs(legs.reduce(0, +) - record.tour.length) < 1e-9)
    let codes = try CodeFile.read(folder.path("out/tour.npy"), latentSize: 2)
    #expect(
      codes.map(\.values) == record.tour.order.compactMap { name in Self.balls.first { $0.name == name }?.values })
    let animation = try Image(pngData: folder.data("out/tour.png"))
    #expect(animation.width == 128 && animation.height == 64)
    #expect(outcome.text.contains("1-NN purity of the map 100.0 % (chance 47.8 %)"))
    // Again into the same folder, the same comes out.
    let before = try folder.data("out/map.json")
    _ = try LatentMap(space, options: Self.options(folder))()
    #expect(try folder.data("out/map.json") == before)
  }

  @Test("without categories there is one colour, and it says so")
  func noCategories() throws {
    let folder = try ResultFolder()
    let codes = Self.balls.map { NamedCode($0.name, values: $0.values) }
    let outcome = try LatentMap(AnalyticShapes.space(trained: codes), options: Self.options(folder))()
    #expect(outcome.inMap == nil && outcome.categories == 0)
    #expect(outcome.remarks.contains { $0.contains("no categories") && $0.contains("--labels") })
    let record = try record(folder)
    #expect(record.categories.count == 1 && record.metrics.codes == nil)
    let svg = String(decoding: try folder.data("out/map.svg"), as: UTF8.self)
    #expect(svg.contains("24 codes") && !svg.contains("no category"))
  }

  @Test("one, two, three and five codes have a map", arguments: [1, 2, 3, 5])
  func few(count: Int) throws {
    let folder = try ResultFolder()
    var options = Self.options(folder)
    options.clusterCount = 30
    let outcome = try LatentMap(AnalyticShapes.space(trained: Array(Self.balls.prefix(count))), options: options)()
    #expect(outcome.codes == count && outcome.clusters == count && outcome.tour.count == count)
    #expect(outcome.method == (count < 5 ? .pca : .tsne))
    #expect(outcome.remarks.contains { $0.contains("too few codes for t-SNE") } == (count < 5))
    #expect(try record(folder).points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
  }

  @Test("principal components, no tour, and more clusters than codes")
  func components() throws {
    let folder = try ResultFolder()
    var options = Self.options(folder)
    (options.method, options.frameCount, options.clusterCount, options.pictureCount) = (.pca, 0, 300, 0)
    let outcome = try LatentMap(AnalyticShapes.space(trained: Self.balls), options: options)()
    #expect(outcome.method == .pca && outcome.divergence == nil && outcome.clusters == 24 && outcome.frames == 0)
    #expect(try folder.names("out") == ["map.html", "map.json", "map.png", "map.svg", "tour.npy"])
    #expect(outcome.remarks.isEmpty)
    // The components of the codes themselves.
    let expected = try PrincipalComponents(Self.balls.map(\.values))
    for (point, code) in zip(try record(folder).points, Self.balls) {
      #expect(abs(point.x - expected.point(of: code.values).x) < 1e-12)
    }
  }

  @Test("categories from files")
  func labels() throws {
    let folder = try ResultFolder()
    let space = AnalyticShapes.space(trained: Array(Self.balls.prefix(6)))
    func categories(_ name: String, _ data: Data) throws -> ([String], [String]) {
      try data.write(to: URL(filePath: folder.path(name)))
      var options = Self.options(folder)
      (options.labels, options.frameCount) = (folder.path(name), 0)
      let outcome = try LatentMap(space, options: options)()
      return (try record(folder).points.map(\.category), outcome.remarks)
    }
    let lines = try categories("lines.txt", Data("# kinds\na\nb\r\n\na\nb\na\nb\n".utf8))
    #expect(lines.0 == ["a", "b", "a", "b", "a", "b"])
    let named = try categories("named.csv", Data("id,category\nsmall 4,\"x\"\nsmall 0, y\nelse,z\n".utf8))
    #expect(named.0 == ["y", "", "", "", "x", ""] && named.1.contains { $0.contains("no category for 4 of 6") })
    try NpyFile.write(NpyArray(shape: [6], [Float](arrayLiteral: 0, 1, 2, 0, 1, 2)), to: folder.path("n.npy"))
    let numbers = try categories("numbers.npy", try folder.data("n.npy"))
    #expect(numbers.0 == ["0", "1", "2", "0", "1", "2"])
  }

  @Test("what cannot be mapped is refused in a line, and nothing is written")
  func refusals() throws {
    let folder = try ResultFolder()
    func refusal(_ codes: [NamedCode], _ change: (inout LatentMap.Options) throws -> Void) throws -> String {
      var options = Self.options(folder)
      try change(&options)
      var message = ""
      do {
        _ = try LatentMap(AnalyticShapes.space(trained: codes), options: options)()
      } catch {
        message = "\(error)"
      }
      #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
      #expect(!message.contains("\n"))
      return message
    }
    #expect(try refusal([]) { _ in }.contains("formcast generate"))
    #expect(try refusal(Self.balls) { $0.level = 0.09 - 1 }.contains("level"))
    #expect(try refusal(Self.balls) { $0.labels = folder.path("none") }.contains("cannot be read"))
    for (text, fragment) in [
      ("a\nb\n", "2 categories for 24 codes"), ("x,a\n", "names none of the run's shapes"), ("", "0 categories for 24"),
    ] {
      let path = folder.path("labels.txt")
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(try refusal(Self.balls) { $0.labels = path }.contains(fragment))
    }
    let tiny = (0..<6).map { NamedCode("\($0)", values: [-0.5, 0.01 * Float($0)]) }
    #expect(try refusal(tiny) { _ in }.contains("level 0.04 is never crossed"))
  }
}
