import Experiments
import Foundation
import Testing
import Volumes

/// A folder of samples whose numbers say where they come from; it goes away with the test.
final class SampleFixtures {
  let url: URL
  var folder: String { url.path }

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "formcast-samples-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// Shapes by their ids, with so many samples outside and inside.
  convenience init(_ shapes: [(id: String, outside: Int, inside: Int)]) throws {
    try self.init()
    for shape in shapes { try add(shape.id, outside: shape.outside, inside: shape.inside) }
  }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path): \(error)") }
  }

  /// Row r of a shape is (key, r, 0) at the distance r + 1, negative inside; the key comes from the id.
  static func key(_ id: String) -> Float { Float(ShapeSeed.seed(0, for: id) % 100_003) }

  @discardableResult
  func add(_ id: String, outside: Int, inside: Int) throws -> String {
    let count = outside + inside
    var points: [Float] = []
    for row in 0..<count { points += [Self.key(id), Float(row), 0] }
    let distances = (0..<count).map { $0 < outside ? Float($0 + 1) : -Float($0 + 1) }
    return try write(id, points: NpyArray(shape: [count, 3], points), sdf: NpyArray(shape: [count], distances))
  }

  @discardableResult
  func write(_ id: String, points: NpyArray, sdf: NpyArray) throws -> String {
    try write(id, [("points", points), ("sdf", sdf)])
  }

  @discardableResult
  func write(_ id: String, _ arrays: [(name: String, array: NpyArray)]) throws -> String {
    let file = url.appending(path: "\(id).npz")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try NpzArchive.write(arrays, to: file.path, compressed: false)
    return file.path
  }

  func text(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: url.appending(path: name))
  }

  func pool(_ side: ShapeSide = .all, seed: UInt64 = 1, _ change: (inout SamplePoolOptions) -> Void = { _ in }) throws
    -> SamplePool
  {
    var options = SamplePoolOptions()
    options.side = side
    change(&options)
    return try SamplePool(directory: folder, options: options, seed: seed)
  }
}
