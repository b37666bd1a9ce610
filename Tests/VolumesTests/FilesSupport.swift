import Foundation
import Testing
import Volumes

/// Fixture files, and folders that vanish with the test.
enum Fixtures {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  static func file(_ name: String) -> String { "\(root)/files/\(name)" }
  static func record(_ name: String) -> String { "\(root)/tfrecord/\(name)" }
  static func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) }
}

final class VanishingFolder {
  let path = NSTemporaryDirectory() + "formcast-files-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }
  var contents: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

/// The error that reading gives, nil if it succeeds.
func problem<Result>(_ body: () throws -> Result) -> VolumeError.Problem? {
  do {
    _ = try body()
    return nil
  } catch let error as VolumeError {
    #expect(!error.description.contains("\n"), "an error is one line: \(error)")
    return error.problem
  } catch {
    Issue.record("not a VolumeError: \(error)")
    return nil
  }
}

/// A series of bytes whose values depend on every index.
func sampleSeries(_ extents: [Int] = [5, 4, 3, 6], name: String = "sample", labels: Bool = false) -> Series {
  let count = extents.reduce(1, *)
  return Series(
    name: name, shape: .init(frameCount: extents[0], depth: extents[1], height: extents[2], width: extents[3]),
    values: .uint8((0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 11) }),
    labels: labels ? CavityLabels(bettiNumbers: [1, 2, 3, 4], objectCounts: [0, 1, 2, 1]) : nil)
}

func floatSeries(_ extents: [Int] = [5, 4, 3, 6], affine: Affine? = nil) -> Series {
  let count = extents.reduce(1, *)
  return Series(
    name: "sample", shape: .init(frameCount: extents[0], depth: extents[1], height: extents[2], width: extents[3]),
    values: .float32((0..<count).map { Float($0) * 0.37 - 20 }), affine: affine)
}
