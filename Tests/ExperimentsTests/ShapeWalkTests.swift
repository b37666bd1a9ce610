import Experiments
import Foundation
import Geometry
import LatentSpace
import Runs
import Testing
import Volumes

@Suite("Walks through codes")
struct ShapeWalkTests {
  private func options(_ folder: ResultFolder, out: String = "out") -> ShapeWalk.Options {
    var options = ShapeWalk.Options(out: folder.path(out), codes: CodeChoice(.trained(count: nil)))
    (options.resolution, options.portrait.side, options.frameCount) = (20, 64, 7)
    options.progress = ProgressMeter.Options(mode: .quiet)
    options.searchPath = ""
    return options
  }

  @Test("every code is a frame where there are enough frames", arguments: CodeSpline.Kind.allCases, [3, 7, 12, 40])
  func stops(kind: CodeSpline.Kind, count: Int) throws {
    let plan = try WalkPlan(AnalyticShapes.three, options: .init(kind), frameCount: count)
    #expect(plan.frames.count == count)
    #expect(plan.stops.map { plan.frames[$0].from } == [0, 1, 2])
    for stop in plan.stops { #expect(plan.frames[stop].code == AnalyticShapes.three[plan.frames[stop].from].values) }
    #expect(plan.frames.allSatisfy { (0..<1).contains($0.share) && $0.code.count == 2 })
  }

  @Test("fewer frames than codes are spread over the walk; one frame is the first code")
  func few() throws {
    let plan = try WalkPlan(AnalyticShapes.three, options: .init(.linear), frameCount: 2)
    #expect(plan.frames.map(\.code) == [AnalyticShapes.three[0].values, AnalyticShapes.three[2].values])
    #expect(try WalkPlan(AnalyticShapes.three, options: .init(.periodicCubic), frameCount: 1).frames.map(\.from) == [0])
    let still = try WalkPlan([AnalyticShapes.three[1]], options: .init(.periodicCubic), frameCount: 3)
    #expect(still.frames.allSatisfy { $0.code == [0.5, 0.1] })
  }

  @Test("a walk leaves surfaces, pictures, codes and a page")
  func files() throws {
    let folder = try ResultFolder()
    let outcome = try ShapeWalk(AnalyticShapes.space(trained: AnalyticShapes.three), options: options(folder))()
    let frames = (0..<7).map { "frame_000\($0).glb" }
    #expect(
      try folder.names("out") == ["animation.png", "codes.npy"] + frames + [
        "frames.npy", "index.html", "strip.png", "walk.json",
      ])
    #expect(outcome.movie == nil && outcome.remarks.count == 1 && outcome.remarks[0].contains("ffmpeg"))
    let codes = try CodeFile.read(folder.path("out/frames.npy"), latentSize: 2)
    for (index, name) in frames.enumerated() {
      let mesh = try Mesh(contentsOf: folder.url.appending(path: "out/\(name)"))
      #expect(mesh.faces.count == outcome.frames[index].surface.faces)
      let bounds = try #require(mesh.bounds)
      // The ball of the frame's own code at the level of the space. Its pole lies up to h / sqrt 2 off the next grid line, with
      // cells of h = 2/19: h^2 / (4 r) = 0.012 for the smallest, and half as much again for flat faces.
      #expect(abs((bounds.upper.x - bounds.lower.x) / 2 - (codes[index].values[0] + 0.04)) < 0.02)
      #expect(abs(bounds.center.x - codes[index].values[1]) < 0.02)
    }
    let animation = try folder.data("out/animation.png")
    #expect(animation.range(of: Data("acTL".utf8)) != nil)
    #expect(try Image(pngData: try folder.data("out/strip.png")).width > 7 * 64)
  }

  @Test("the same seed and codes give the same files")
  func determinism() throws {
    let folder = try ResultFolder()
    for name in ["a", "b"] {
      _ = try ShapeWalk(AnalyticShapes.space(trained: AnalyticShapes.three), options: options(folder, out: name))()
    }
    for name in try folder.names("a") where name != "walk.json" {
      #expect(try folder.data("a/\(name)") == folder.data("b/\(name)"), "\(name)")
    }
  }

  @Test("surfaces stay away if not wanted, and those of an earlier walk vanish")
  func withoutMeshes() throws {
    let folder = try ResultFolder()
    let space = AnalyticShapes.space(trained: AnalyticShapes.three)
    _ = try ShapeWalk(space, options: options(folder))()
    var second = options(folder)
    second.keepsMeshes = false
    _ = try ShapeWalk(space, options: second)()
    #expect(try folder.names("out").allSatisfy { !$0.hasSuffix(".glb") })
  }

  @Test("frames without a surface are told, and a walk without any is an error that leaves nothing")
  func empty() throws {
    let folder = try ResultFolder()
    let mixed = [NamedCode("ball", values: [0.4, 0]), NamedCode("nothing", values: [-0.5, 0])]
    var options = options(folder)
    options.path = .init(.periodicLinear)
    let outcome = try ShapeWalk(AnalyticShapes.space(trained: mixed), options: options)()
    #expect(outcome.remarks.contains { $0.contains("do not cross the level") })
    var none = self.options(folder, out: "none")
    none.codes = CodeChoice(.ids(["nothing"]))
    #expect { try ShapeWalk(AnalyticShapes.space(trained: mixed), options: none)() } throws: {
      "\($0)".contains("never crossed") && "\($0)".contains("lie between")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("none")))
  }

  @Test("ffmpeg, where it is present, makes the film of all pictures; one that fails costs only the film")
  func film() throws {
    let folder = try ResultFolder()
    let space = AnalyticShapes.space(trained: AnalyticShapes.three)
    func program(_ text: String) throws -> String {
      let file = folder.path("ffmpeg")
      try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: file))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
      return folder.url.path
    }
    var options = options(folder)
    options.searchPath = try program("/bin/ls *.png > film.mp4; echo \"$@\" >> film.mp4")
    let outcome = try ShapeWalk(space, options: options)()
    #expect(outcome.movie == "animation.mp4" && outcome.remarks.isEmpty)
    let film = String(decoding: try folder.data("out/animation.mp4"), as: UTF8.self)
    #expect(
      film.hasPrefix("00000.png\n00001.png\n") && film.contains("00006.png\n-nostdin") && film.contains("libx264"))
    options.searchPath = try program("echo no such codec >&2; exit 3")
    let failed = try ShapeWalk(space, options: options)()
    #expect(failed.movie == nil && failed.remarks.contains { $0.contains("no such codec") })
    #expect(try !folder.names("out").contains("animation.mp4"), "an earlier film does not belong to this walk")
  }
}
