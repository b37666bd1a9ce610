import Experiments
import Foundation
import Geometry
import Randomness
import Testing
import Volumes

@Suite("Sample pools: folders")
struct SampleFolderTests {
  private static func many(_ count: Int) -> [(id: String, outside: Int, inside: Int)] {
    ["chairs", "tables"].flatMap { category in
      (0..<count).map { (id: "\(category)/\($0)", outside: 3, inside: 3) }
    }
  }

  private func error(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test("A seeded split holds out its share of each category, and both sides are all shapes")
  func seededSplit() throws {
    let fixtures = try SampleFixtures(Self.many(20))
    let (training, validation) = (try fixtures.pool(.training), try fixtures.pool(.validation))
    #expect(validation.entries.count { $0.category == "chairs" } == 2)
    #expect(validation.entries.count { $0.category == "tables" } == 2)
    let all = Set(training.entries.map(\.id)).union(validation.entries.map(\.id))
    #expect(training.entries.count == 36 && all.count == 40)
    #expect(try SampleFixtures(Self.many(20).reversed()).pool(.validation).entries == validation.entries)
    #expect(try fixtures.pool(.validation, seed: 2).entries != validation.entries)
    #expect(error { _ = try fixtures.pool(.test) }.contains("no shapes for test"))
    #expect(
      error { _ = try fixtures.pool(.validation) { $0.validationShare = 0 } }.contains("no shapes for validation"))
  }

  @Test("Lists of the folder decide, and errors name them")
  func lists() throws {
    let fixtures = try SampleFixtures(Self.many(3))
    try fixtures.text("train.txt", "chairs/0\nchairs/1.npz\r\n\n")
    try fixtures.text("val.txt", "tables/2\n")
    #expect(try fixtures.pool(.training).entries.map(\.id) == ["chairs/0", "chairs/1"])
    #expect(try fixtures.pool(.validation).entries.map(\.id) == ["tables/2"])
    #expect(try fixtures.pool(.all).entries.count == 6)
    try fixtures.text("val.txt", "tables/7\n")
    #expect(error { _ = try fixtures.pool(.training) }.contains("val.txt: names 'tables/7'"))
    try fixtures.text("val.txt", "chairs/0\n")
    #expect(error { _ = try fixtures.pool(.training) }.contains("val.txt: names 'chairs/0', as train.txt does"))
  }

  @Test("A split writes lists that a pool follows, and replaces them with force only")
  func writtenSplit() throws {
    let fixtures = try SampleFixtures(Self.many(10))
    let entries = try SampleFolder.entries(of: fixtures.folder)
    let split = ShapeSplit(entries, validation: 0.2, test: 0.1, seed: 3)
    #expect(
      try split.write(to: fixtures.folder, samples: fixtures.folder, force: false) == [
        .training: 14, .validation: 4, .test: 2,
      ])
    for side in [ShapeSide.training, .validation, .test] {
      #expect(try fixtures.pool(side).entries.allSatisfy { split.side(of: $0.id) == side })
    }
    #expect(
      error { _ = try split.write(to: fixtures.folder, samples: fixtures.folder, force: false) }.contains(
        "exists already"))
    let whole = ShapeSplit(entries, validation: 0.2, seed: 3)
    #expect(
      try whole.write(to: fixtures.folder, samples: fixtures.folder, force: true) == [.training: 16, .validation: 4])
    #expect(try fixtures.pool(.training).entries.count == 16)
  }

  @Test("A folder of lists stands for the samples it was made from")
  func listsElsewhere() throws {
    let fixtures = try SampleFixtures(Self.many(10))
    let lists = try SampleFixtures()
    let entries = try SampleFolder.entries(of: fixtures.folder)
    let split = ShapeSplit(entries, validation: 0.2, test: 0.1, seed: 3)
    _ = try split.write(to: lists.folder, samples: fixtures.folder, force: false)
    #expect(SampleFolder.holdsSamples(lists.folder))
    #expect(try SampleFolder.entries(of: lists.folder) == entries)
    for side in [ShapeSide.training, .validation, .test] {
      let pool = try lists.pool(side)
      #expect(!pool.entries.isEmpty && pool.entries.allSatisfy { split.side(of: $0.id) == side })
    }
  }

  @Test("A folder is searched through a link")
  func link() throws {
    let fixtures = try SampleFixtures(Self.many(2))
    let elsewhere = try SampleFixtures()
    let link = elsewhere.url.appending(path: "link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: fixtures.folder)
    #expect(try SampleFolder(link).entries == SampleFolder(fixtures.folder).entries)
    #expect(SampleFolder.holdsSamples(link))
  }

  @Test("A table of the folder knows categories better than names do")
  func tables() throws {
    let fixtures = try SampleFixtures(Self.many(2))
    try fixtures.text("shapes.csv", "id,category,parameters\nchairs/0,thrones,a=1;b=2\n")
    #expect(try fixtures.pool().entries.map(\.category) == ["thrones", "chairs", "tables", "tables"])
    try fixtures.text("more.csv", "1,ones\n")
    let pool = try fixtures.pool { $0.categories = fixtures.url.appending(path: "more.csv").path }
    #expect(pool.entries.map(\.category) == ["chairs", "ones", "tables", "ones"])
  }

  @Test("A prepared folder gives its point sets by name")
  func prepared() throws {
    let fixtures = try ShapeFixtures(["chairs/a.obj", "chairs/b.obj", "tables/a.obj"], broken: ["tables/b.obj": "v 1"])
    _ = try fixtures.preparation()()
    let folder = fixtures.file("out").path
    var options = SamplePoolOptions()
    options.side = .all
    #expect(
      error { _ = try SamplePool(directory: folder, options: options, seed: 1) }
        .contains("has the point sets mesh-to-sdf, shapegan"))
    options.pointSet = "mesh-to-sdf"
    let pool = try SamplePool(directory: folder, options: options, seed: 1)
    #expect(pool.entries.map(\.id) == ["chairs/a", "chairs/b", "tables/a"])
    #expect(pool.entries.map(\.category) == ["chairs", "chairs", "tables"])
    #expect(pool.sampleCount == 600)
    options.pointSet = "shapegan"
    #expect(try SamplePool(directory: folder, options: options, seed: 1).sampleCount == 1200, "with paired points")
    #expect(try SampleFolder.entries(of: folder) == pool.entries)
    options.pointSet = "other"
    #expect(error { _ = try SamplePool(directory: folder, options: options, seed: 1) }.contains("choose one"))
  }

  @Test("Generated families are a training folder")
  func families() throws {
    let fixtures = try SampleFixtures()
    var plan = SamplePlan(name: "test", near: 0.5, deviations: [0.05])
    plan.count = 400
    var export = FamilyExport([.tables, .rings], count: 2, plan: plan, seed: 1)
    export.resolution = 48
    try export.write(to: fixtures.folder)
    #expect(export.paths(in: fixtures.folder).allSatisfy { FileManager.default.fileExists(atPath: $0) })
    let pool = try fixtures.pool()
    #expect(pool.entries.map(\.id) == ["rings/0000", "rings/0001", "tables/0000", "tables/0001"])
    #expect(pool.entries.map(\.category) == ["rings", "rings", "tables", "tables"])
    let field = try ShapeFamily.rings.shape(1, seed: 1, margin: 1).field
    let samples = pool.samples(of: 1)
    #expect(try field.samples(at: samples.points, withGradients: false).distances == samples.distances)
    try Data("mine".utf8).write(to: URL(filePath: fixtures.folder + "/tables/mine.txt"))
    (export.families, export.count) = ([.tables], 1)
    try export.write(to: fixtures.folder)
    #expect(try fixtures.pool().entries.map(\.id) == ["tables/0000"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixtures.folder + "/rings").isEmpty)
    #expect(FileManager.default.fileExists(atPath: fixtures.folder + "/tables/mine.txt"))
  }
}
