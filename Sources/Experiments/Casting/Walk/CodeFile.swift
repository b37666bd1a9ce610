import Foundation
import Volumes

/// A code with the name that it goes by in files and pictures.
public struct NamedCode: Sendable, Equatable {
  /// The id of a trained shape, or `code 3` for one without.
  public var name: String
  /// The category of a trained shape; empty for none.
  public var category: String
  /// The code, [L].
  public var values: [Float]

  /// A code with its name.
  public init(_ name: String, category: String = "", values: [Float]) {
    (self.name, self.category, self.values) = (name, category, values)
  }
}

/// Codes of shapes on the disk: npy [N, L], or [L] for one code.
public enum CodeFile {
  /// More bytes than these are no table of codes.
  private static let largestSize = 1 << 30

  /// Reads codes of length L.
  ///
  /// *Throws*: `ExperimentError` for another length (both numbers), for numbers that are not finite (which row) and for a
  /// file without codes; `VolumeError` for a file that cannot be read.
  public static func read(_ path: String, latentSize: Int) throws -> [NamedCode] {
    let array = try NpyFile.read(path, limit: largestSize)
    guard (1...2).contains(array.shape.count) else {
      throw ExperimentError("\(path): has \(array.shape.count) axes; codes are [N, \(latentSize)], or [\(latentSize)]")
    }
    let length = array.shape[array.shape.count - 1]
    let count = array.shape.count == 1 ? 1 : array.shape[0]
    guard length == latentSize else {
      throw ExperimentError(
        "\(path): its codes have \(length) numbers, those of the model \(latentSize); give codes of this model")
    }
    guard count > 0 else { throw ExperimentError("\(path): holds no code") }
    let values = array.floats()
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw ExperimentError(
        "\(path): row \(place / latentSize) holds \(values[place]) (column \(place % latentSize)); codes are finite numbers"
      )
    }
    return (0..<count).map { row in
      NamedCode("code \(row)", values: Array(values[row * latentSize..<(row + 1) * latentSize]))
    }
  }

  /// Writes codes as [N, L]; the file appears when it is complete. Traps if their lengths differ.
  public static func write(_ codes: [NamedCode], to url: URL) throws {
    let length = codes.first?.values.count ?? 0
    precondition(codes.allSatisfy { $0.values.count == length }, "codes of different lengths")
    try NpyFile.write(NpyArray(shape: [codes.count, length], codes.flatMap(\.values)), to: url.path)
  }
}
