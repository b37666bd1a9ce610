import Foundation
import NN
import Testing
import Torch

@Suite("What the planner remembers")
struct ConvolutionPlannerCacheTests {
  private static var call: ConvolutionCall {
    ConvolutionCall(batch: 2, inputChannels: 16, outputChannels: 16, extents: [6, 6, 6], kernel: [3, 3, 3])
  }

  private func cacheFile() throws -> (folder: TemporaryFolder, cache: ConvolutionCache) {
    let folder = try TemporaryFolder()
    return (folder, ConvolutionCache(url: URL(filePath: folder.path("deep/er/convolutions.json"))))
  }

  @Test("The next planner decides as the file says, even against the clock")
  func nextRun() throws {
    let (folder, cache) = try cacheFile()
    defer { withExtendedLifetime(folder) {} }
    let first = ConvolutionPlanner(cache: cache).choice(for: Self.call)
    var text = try String(contentsOf: cache.url, encoding: .utf8)
    #expect(ConvolutionPlanner(cache: cache).choice(for: Self.call) == first)
    // Nobody would measure this.
    text = text.replacingOccurrences(
      of: #"("method" : )\{[^}]*\}(\s*\})?"#, with: #"$1{"spectral":{"tiles":[2,1,2]}}"#, options: .regularExpression)
    try text.write(to: cache.url, atomically: true, encoding: .utf8)
    #expect(ConvolutionPlanner(cache: cache).method(for: Self.call) == .spectral(tiles: [2, 1, 2]))
  }

  @Test(
    "A file that is damaged, foreign, huge or hostile is as good as none",
    arguments: [
      "", "{", "[]", "{\"format\":\"other\",\"formatVersion\":1,\"entries\":[]}",
      "{\"format\":\"formcast-convolution-cache\",\"formatVersion\":9,\"entries\":[]}", "huge", "empty tiles",
      "far tiles",
    ])
  func damaged(content: String) throws {
    let (folder, cache) = try cacheFile()
    defer { withExtendedLifetime(folder) {} }
    let allowed = Set(Self.call.candidates)
    _ = ConvolutionPlanner(cache: cache).method(for: Self.call)
    var text = content == "huge" ? String(repeating: " ", count: 5 << 20) : content
    if content.hasSuffix("tiles") {
      let tiles = content == "empty tiles" ? "" : "9000000000000000000,-1,0"
      text = try String(contentsOf: cache.url, encoding: .utf8).replacingOccurrences(
        of: #"("method" : )\{[^}]*\}(\s*\})?"#, with: "$1{\"spectral\":{\"tiles\":[\(tiles)]}}",
        options: .regularExpression)
    }
    try text.write(to: cache.url, atomically: true, encoding: .utf8)
    let planner = ConvolutionPlanner(cache: cache)
    #expect(allowed.contains(planner.method(for: Self.call)))
    #expect(ConvolutionPlanner(cache: cache).method(for: Self.call) == planner.method(for: Self.call))
  }

  @Test("A place that cannot be written to is no error")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    try Data("a file".utf8).write(to: URL(filePath: folder.path("file")))
    let cache = ConvolutionCache(url: URL(filePath: folder.path("file/convolutions.json")))
    let planner = ConvolutionPlanner(cache: cache)
    #expect(Self.call.candidates.contains(planner.method(for: Self.call)))
    #expect(try String(contentsOf: URL(filePath: folder.path("file")), encoding: .utf8) == "a file")
  }

  @Test("The file lies where the system wants it")
  func place() {
    func path(_ environment: [String: String]) -> String? {
      ConvolutionCache.standard(environment: environment)?.url.path
    }
    #expect(path(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/formcast/convolutions.json")
    #expect(path(["HOME": "/h"]) == "/h/.cache/formcast/convolutions.json")
    #expect(path(["XDG_CACHE_HOME": "not/absolute", "HOME": "/h"]) == "/h/.cache/formcast/convolutions.json")
    #expect(path([:]) == nil)
  }

  @Test("Presets go before measurements and behind force, and one that does not fit is passed over")
  func presets() {
    let planner = ConvolutionPlanner()
    let before = planner.mark
    planner.preset([ConvolutionChoice(call: Self.call, method: .spectral(tiles: [1, 2, 2]), origin: .measured)])
    #expect(planner.choice(for: Self.call).method == .spectral(tiles: [1, 2, 2]))
    #expect(planner.choice(for: Self.call).origin == .preset)
    let record = planner.record(since: before)
    #expect(record.choices == [planner.choice(for: Self.call)] && record.isUnderstood)
    #expect(planner.record(since: planner.mark).choices.isEmpty)
    planner.policy = .direct
    #expect(planner.method(for: Self.call) == .direct)
    planner.policy = .model
    #expect(planner.method(for: Self.call) == .spectral(tiles: [1, 2, 2]))
    planner.forgetPresets()
    #expect(planner.choice(for: Self.call).origin == .model)
    planner.preset([ConvolutionChoice(call: Self.call, method: .spectral(tiles: [0, -4, 1 << 62]), origin: .measured)])
    #expect(planner.choice(for: Self.call).origin == .model)
  }

  @Test("A record survives its file")
  func record() throws {
    let planner = ConvolutionPlanner(policy: .model)
    _ = planner.method(for: Self.call)
    let record = planner.record()
    #expect(record.choices.count == 1)
    let data = try JSONEncoder().encode(record)
    #expect(try JSONDecoder().decode(ConvolutionRecord.self, from: data) == record)
  }
}
