import Experiments
import Foundation
import Geometry
import Testing

/// A folder of small meshes that goes away with the test.
final class ShapeFixtures {
  let url: URL

  /// An octahedron for each path, and files that are no meshes.
  init(_ paths: [String], broken: [String: String] = [:]) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "formcast-shapes-\(UUID().uuidString)")
    for (index, path) in paths.enumerated() {
      let shape = Self.octahedron(height: 1 + Float(index) / 4, shift: Float(10 * index))
      try write(path) { try shape.write(to: $0) }
    }
    for (path, text) in broken { try write(path) { try Data(text.utf8).write(to: $0) } }
  }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path): \(error)") }
  }

  var meshes: String { url.appending(path: "meshes").path }

  func file(_ name: String) -> URL { url.appending(path: name) }

  private func write(_ path: String, _ body: (URL) throws -> Void) throws {
    let file = url.appending(path: "meshes/\(path)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try body(file)
  }

  static func octahedron(height: Float, shift: Float) -> Mesh {
    Mesh(
      positions: [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, height], [0, 0, -height]].map { $0 + shift },
      faces: [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]])
  }

  /// Few voxels and points.
  static var settings: PreparationSettings {
    var settings = PreparationSettings()
    settings.voxels = [4, 8]
    settings.plans = [SamplePreset.shapegan.plan, SamplePreset.meshToSDF.plan]
    for index in settings.plans.indices { settings.plans[index].count = 200 }
    // Twelve uniform points would say nothing about what is inside.
    settings.plans[1].nearShare = 0.5
    return settings
  }

  func preparation(_ out: String = "out", categories: ShapeCategories = .folder) throws -> ShapePreparation {
    ShapePreparation(
      try ShapeFolder(meshes, categories: categories), settings: Self.settings, out: url.appending(path: out))
  }

  /// Everything that was written of shapes, without the page and the times.
  func contents(of out: String) throws -> [String: Data] {
    let folder = url.appending(path: out)
    var result: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let file = folder.appending(path: path)
      guard [".npy", ".npz", ".csv"].contains(where: path.hasSuffix) else { continue }
      result[path] = try Data(contentsOf: file)
    }
    return result
  }

  func manifest(of out: String) throws -> [ShapeRecord] {
    let text = try String(contentsOf: url.appending(path: "\(out)/manifest.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map { try JSONDecoder().decode(ShapeRecord.self, from: Data($0.utf8)) }
  }
}
