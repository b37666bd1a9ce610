import Foundation
import ForeignWeights
import Volumes

/// Files that the tests read, found from where this file lies.
enum Fixtures {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let folder = repository.appending(path: "Tests/Fixtures")
  /// The author's trained network; lies beside the repository where it is there at all.
  static let published = repository.appending(path: "../shared/data/weights/convlstm_t80.h5").standardizedFileURL
  static var hasPublished: Bool { FileManager.default.fileExists(atPath: published.path) }

  /// Published weights; lie beside the repository where they are there at all.
  static let weights = repository.appending(path: "../shared/data/weights").standardizedFileURL
  static var hasPublishedGenerators: Bool {
    ["voxel_generator_chairs.to", "point_generator_chairs.pt"].allSatisfy {
      FileManager.default.fileExists(atPath: weights.appending(path: $0).path)
    }
  }

  static func torch(_ name: String) -> URL { folder.appending(path: "torch/\(name)") }

  static func keras(_ name: String) -> URL { folder.appending(path: "keras_h5/\(name)") }

  /// Writes bytes to a file of their own for the time of `body`.
  static func withFile<Result>(
    _ bytes: Data, extension suffix: String = "h5", _ body: (URL) throws -> Result
  ) throws -> Result {
    let file = FileManager.default.temporaryDirectory.appending(path: "formcast-\(UUID().uuidString).\(suffix)")
    try bytes.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file)
  }
}

/// A small generator, so that damaged files are the same at every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
