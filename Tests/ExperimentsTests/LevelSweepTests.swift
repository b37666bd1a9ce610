import Experiments
import Foundation
import Geometry
import Runs
import Testing

@Suite("Levels and resolutions of a code")
struct LevelSweepTests {
  private func sweep(_ folder: ResultFolder, levels: [Double]? = nil) -> LevelSweep.Options {
    var options = LevelSweep.Options(out: folder.path("out"), codes: CodeChoice(.ids(["small", "large"])))
    (options.levels, options.resolution, options.portrait.side) = (levels, 32, 64)
    options.progress = ProgressMeter.Options(mode: .quiet)
    return options
  }

  @Test("volumes grow with the level as those of the balls do, and the model's own level is marked")
  func volumes() throws {
    let folder = try ResultFolder()
    var options = sweep(folder)
    options.writesMeshes = true
    let outcome = try LevelSweep(AnalyticShapes.space(trained: AnalyticShapes.three), options: options)()
    #expect(outcome.clip == 0.1 && outcome.rows.map(\.code) == ["small", "large"])
    for (row, radius) in zip(outcome.rows, [0.2, 0.5]) {
      #expect(row.steps.map { ($0.level * 100).rounded() } == [-4, -2, 0, 2, 4, 6, 8])
      #expect(row.steps.filter(\.isRecommended).map(\.level) == [0.04])
      for step in row.steps {
        let ball = 4 / 3 * Double.pi * pow(radius + Double(step.level), 3)
        // Flat faces of cells of 2/31 take a tenth of the smallest ball, of radius 0.16, and less of all others.
        #expect(step.surface.volume < ball && step.surface.volume > 0.85 * ball && step.surface.euler == 2)
        let mesh = try Mesh(contentsOf: folder.url.appending(path: "out/\(try #require(step.mesh))"))
        #expect(mesh.faces.count == step.surface.faces)
      }
    }
    #expect(try folder.names("out").filter { !$0.hasSuffix(".glb") } == ["sweep.json", "sweep.png"])
  }

  @Test("levels come in order and once; those that the field does not cross are empty, not errors")
  func order() throws {
    let folder = try ResultFolder()
    var options = sweep(folder, levels: [0.04, -0.06, 0.04])
    options.codes = CodeChoice(.random(count: 1))
    var space = AnalyticShapes.space()
    space.field = { _ in SphereField(radius: 0.05) }
    let outcome = try LevelSweep(space, options: options)()
    #expect(outcome.rows[0].steps.map(\.level) == [-0.06, 0.04])
    #expect(outcome.rows[0].steps.map { $0.surface.faces > 0 } == [false, true])
  }

  @Test("levels beyond the clip are refused, and nothing is written", arguments: [0.1, -0.1, 0.5])
  func clip(level: Double) throws {
    let folder = try ResultFolder()
    let space = AnalyticShapes.space(trained: AnalyticShapes.three)
    #expect { try LevelSweep(space, options: sweep(folder, levels: [0, level]))() } throws: {
      "\($0)".contains("\(level) is unusable") && "\($0)".contains("±0.1")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
  }

  private func comparison(_ folder: ResultFolder) -> ResolutionComparison.Options {
    var options = ResolutionComparison.Options(out: folder.path("out"), codes: CodeChoice(.ids(["large"])))
    (options.raster, options.resolutions, options.portrait.side) = (8, [48, 24], 64)
    options.progress = ProgressMeter.Options(mode: .quiet)
    return options
  }

  @Test("the network's own samples are nearer to the finest surface than the raster, scaled up or not")
  func resolutions() throws {
    let folder = try ResultFolder()
    let space = AnalyticShapes.space(trained: AnalyticShapes.three)
    let ways = try ResolutionComparison(space, options: comparison(folder))().rows[0].ways
    #expect(ways.map(\.label) == ["raster 8^3", "raster scaled up to 24^3", "network at 24^3", "network at 48^3"])
    let distances = ways.compactMap { $0.toFinest?.chamfer.l1 }
    #expect(distances.count == 3 && distances[2] < 0.5 * distances[1] && distances[2] < 0.5 * distances[0])
    #expect(ways.allSatisfy { $0.surface.euler == 2 })
    #expect(try folder.names("out") == ["resolutions.json", "resolutions.png"])
  }

  @Test("resolutions must be finer than the raster")
  func coarse() throws {
    let folder = try ResultFolder()
    var options = comparison(folder)
    options.resolutions = [8]
    let space = AnalyticShapes.space(trained: AnalyticShapes.three)
    #expect { try ResolutionComparison(space, options: options)() } throws: { "\($0)".contains("raster of 8") }
  }
}
