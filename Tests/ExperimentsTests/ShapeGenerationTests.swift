import Experiments
import Foundation
import Geometry
import Runs
import Testing
import Volumes

@Suite("Shapes of codes")
struct ShapeGenerationTests {
  private func options(_ folder: ResultFolder, _ source: CodeChoice.Source, out: String = "out")
    -> ShapeGeneration.Options
  {
    var options = ShapeGeneration.Options(out: folder.path(out), codes: CodeChoice(source, seed: 5))
    (options.resolution, options.portrait.side) = (24, 64)
    options.progress = ProgressMeter.Options(mode: .quiet)
    return options
  }

  @Test("surfaces, grids, codes, sheet and table are those of the codes")
  func files() throws {
    let folder = try ResultFolder()
    var options = options(folder, .random(count: 3))
    options.writesGrids = true
    let outcome = try ShapeGeneration(AnalyticShapes.space(), options: options)()
    #expect(
      try folder.names("out") == [
        "codes.npy", "shape_0000.npy", "shape_0000.stl", "shape_0001.npy", "shape_0001.stl", "shape_0002.npy",
        "shape_0002.stl", "shapes.json", "sheet.png",
      ])
    let codes = try CodeFile.read(folder.path("out/codes.npy"), latentSize: 2)
    #expect(codes.map(\.values) == AnalyticShapes.space().randomCodes(3, 5))
    for (index, code) in codes.enumerated() {
      let (radius, shift) = (code.values[0], code.values[1])
      let grid = try NpyFile.read(folder.path("out/shape_000\(index).npy"))
      #expect(grid.shape == [24, 24, 24] && grid.scalarType == .float32)
      let values = grid.floats()
      // Index order x, y, z at linspace(-1, 1, 24); distances are not clipped.
      for (i, j, k) in [(0, 0, 0), (5, 11, 20), (23, 1, 2), (12, 12, 12)] {
        let point = SIMD3(Float(i), Float(j), Float(k)) * (2 / 23) - 1
        let offset = point - SIMD3(shift, 0, 0)
        #expect(abs(values[(i * 24 + j) * 24 + k] - ((offset * offset).sum().squareRoot() - radius)) < 1e-6)
      }
      let surface = outcome.shapes[index].surface
      let ball = 4 / 3 * Double.pi * pow(Double(radius) + 0.04, 3)
      // Flat faces lie inside by at most (2/23)^2 / (8 r) = 0.003 of a radius of 0.34 and more.
      #expect(surface.euler == 2 && surface.closed && surface.volume < ball && surface.volume > 0.96 * ball)
      let mesh = try Mesh(contentsOf: folder.url.appending(path: "out/shape_000\(index).stl"))
      #expect(mesh.faces.count == surface.faces && MeshTopology(mesh).eulerNumber == 2)
      #expect(outcome.shapes[index].range.lower < -0.1, "the middle of the ball was asked for")
    }
    #expect(outcome.level == 0.04 && outcome.resolution == 24 && outcome.emptyCount == 0)
  }

  @Test("the same seed gives the same files, another seed others")
  func determinism() throws {
    let folder = try ResultFolder()
    for name in ["a", "b"] {
      _ = try ShapeGeneration(AnalyticShapes.space(), options: options(folder, .random(count: 2), out: name))()
    }
    for name in try folder.names("a") where name != "shapes.json" {
      #expect(try folder.data("a/\(name)") == folder.data("b/\(name)"), "\(name)")
    }
    var other = options(folder, .random(count: 2), out: "c")
    other.codes.seed = 6
    _ = try ShapeGeneration(AnalyticShapes.space(), options: other)()
    #expect(try folder.data("a/shape_0000.stl") != folder.data("c/shape_0000.stl"))
  }

  @Test("every format is read back as the same surface", arguments: ["stl", "glb", "ply", "obj", "off"])
  func formats(name: String) throws {
    let folder = try ResultFolder()
    var options = options(folder, .random(count: 1))
    options.format = try #require(MeshFormat(rawValue: name))
    let outcome = try ShapeGeneration(AnalyticShapes.space(), options: options)()
    let mesh = try Mesh(contentsOf: folder.url.appending(path: "out/shape_0000.\(name)"))
    #expect(mesh.faces.count == outcome.shapes[0].surface.faces)
  }

  @Test("trained codes are found by id and by number")
  func trained() throws {
    let space = AnalyticShapes.space(trained: AnalyticShapes.three)
    #expect(try CodeChoice(.ids(["large", "small"])).codes(of: space).map(\.values) == [[0.5, 0.1], [0.2, 0]])
    #expect(try CodeChoice(.indices([2])).codes(of: space) == [AnalyticShapes.three[2]])
    #expect(try CodeChoice(.trained(count: 2)).codes(of: space) == Array(AnalyticShapes.three.prefix(2)))
    #expect(try CodeChoice(.trained(count: nil)).codes(of: space) == AnalyticShapes.three)
    let drawn = try CodeChoice(.drawn(count: 6), seed: 3).codes(of: space)
    #expect(Set(drawn.map(\.name)).count == 3)
    #expect(try CodeChoice(.drawn(count: 6), seed: 3).codes(of: space) == drawn)
    #expect { try CodeChoice(.ids(["huge"])).codes(of: space) } throws: {
      "\($0)".contains("huge") && "\($0)".contains("small")
    }
    #expect { try CodeChoice(.indices([3])).codes(of: space) } throws: { "\($0)".contains("0 to 2") }
    #expect { try CodeChoice(.trained(count: nil)).codes(of: AnalyticShapes.space()) } throws: {
      "\($0)".contains("--count")
    }
  }

  @Test("a code without a surface is told; if there is none at all, nothing is written")
  func empty() throws {
    let folder = try ResultFolder()
    let codes = [NamedCode("", values: [-0.5, 0]), NamedCode("", values: [0.4, 0])]
    try CodeFile.write(codes, to: folder.url.appending(path: "some.npy"))
    try CodeFile.write([codes[0]], to: folder.url.appending(path: "none.npy"))
    var options = options(folder, .file(folder.path("some.npy")))
    options.writesGrids = true
    let outcome = try ShapeGeneration(AnalyticShapes.space(), options: options)()
    #expect(outcome.emptyCount == 1 && outcome.shapes[0].mesh == nil && outcome.shapes[1].mesh == "shape_0001.stl")
    #expect(try folder.names("out").contains("shape_0000.npy"), "the grid of an empty shape is there all the same")
    #expect {
      try ShapeGeneration(
        AnalyticShapes.space(), options: self.options(folder, .file(folder.path("none.npy")), out: "no"))()
    } throws: { error in
      // Distances from the origin to the corner of the cube, plus 0.5.
      "\(error)".contains("never crossed") && "\(error)".contains("0.5 and 2.232")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("no")))
  }

  @Test("a second call leaves none of the first one's shapes, and nobody else's files are touched")
  func again() throws {
    let folder = try ResultFolder()
    _ = try ShapeGeneration(AnalyticShapes.space(), options: options(folder, .random(count: 3)))()
    try Data([1]).write(to: folder.url.appending(path: "out/mine.stl"))
    _ = try ShapeGeneration(AnalyticShapes.space(), options: options(folder, .random(count: 1)))()
    #expect(try folder.names("out") == ["codes.npy", "mine.stl", "shape_0000.stl", "shapes.json", "sheet.png"])
    try FileManager.default.createDirectory(atPath: folder.path("other"), withIntermediateDirectories: true)
    try Data([1]).write(to: folder.url.appending(path: "other/mine.stl"))
    #expect {
      try ShapeGeneration(AnalyticShapes.space(), options: options(folder, .random(count: 1), out: "other"))()
    } throws: { "\($0)".contains("--force") }
  }

  @Test("levels that were never learned, and resolutions that do not fit, are refused before anything is tried")
  func limits() throws {
    let folder = try ResultFolder()
    func fails(_ words: [String], _ change: (inout ShapeGeneration.Options) -> Void) {
      var options = options(folder, .random(count: 1))
      change(&options)
      #expect { try ShapeGeneration(AnalyticShapes.space(), options: options)() } throws: { error in
        words.allSatisfy { "\(error)".contains($0) }
      }
    }
    fails(["0.2", "0.1", "unusable"]) { $0.level = 0.2 }
    fails(["-0.1", "unusable"]) { $0.level = -0.1 }
    fails(["not a finite"]) { $0.level = .nan }
    // 8 bytes for each of 16384^3 samples are 35 TB, which no machine has.
    fails(["resolution of 16384", "35184.4 GB", "--grids"]) { ($0.resolution, $0.writesGrids) = (16384, true) }
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
  }
}
