import CZip
import Foundation

/// An npz file: a zip archive of named numpy arrays, stored or deflated, read one array at a time.
public final class NpzArchive: @unchecked Sendable {
  /// The file.
  public let path: String
  /// Names of the arrays, in the order of the archive.
  public let names: [String]
  private let indices: [String: UInt64]
  private let archive: OpaquePointer
  private let fileLength: Int
  private let limit: Int
  // libzip's handles are not meant for several threads at once.
  private let lock = NSLock()

  /// Opens an archive and reads its directory, no array.
  public init(_ path: String, limit: Int = FileLimits.maximumBytes) throws {
    fileLength = try InputFile(path).length
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      defer { zip_error_fini(&error) }
      throw VolumeError(.corrupt, path, "is no readable zip archive: \(String(cString: zip_error_strerror(&error)))")
    }
    var names: [String] = [], indices: [String: UInt64] = [:]
    for index in 0..<UInt64(max(0, zip_get_num_entries(archive, 0))) {
      guard let entry = zip_get_name(archive, index, 0).map({ String(cString: $0) }), entry.hasSuffix(".npy") else {
        continue
      }
      let name = String(entry.dropLast(4))
      if indices.updateValue(index, forKey: name) == nil { names.append(name) }
    }
    (self.path, self.names, self.indices, self.archive, self.limit) = (path, names, indices, archive, limit)
  }

  deinit { zip_discard(archive) }

  /// True if there is an array of this name.
  public func contains(_ name: String) -> Bool { indices[name] != nil }

  /// Reads one array and verifies its checksum.
  public func array(_ name: String) throws -> NpyArray {
    try lock.withLock {
      let entry = try entry(name)
      let array = try NpyFile.array(from: entry, limit: limit)
      try entry.finish()
      return array
    }
  }

  /// Extents and element type of one array, without its values.
  public func header(of name: String) throws -> (shape: [Int], scalarType: NpyArray.ScalarType) {
    try lock.withLock {
      let header = try NpyHeader(from: entry(name), limit: .max)
      return (header.shape, header.scalarType)
    }
  }

  /// Reads a single text, as numpy stores a string.
  public func text(_ name: String) throws -> String {
    try lock.withLock {
      let entry = try entry(name)
      let text = try NpyText.read(from: entry, limit: limit)
      try entry.finish()
      return text
    }
  }

  private func entry(_ name: String) throws -> ZipEntry {
    guard let index = indices[name] else {
      let known = names.isEmpty ? "no arrays" : names.joined(separator: ", ")
      throw VolumeError(.missing, path, "holds no array '\(name)'; it has \(known)")
    }
    return try ZipEntry(archive, index: index, path: "\(path)[\(name)]", fileLength: fileLength)
  }

  /// Writes arrays, and single texts behind them, under their names; the file appears when it is complete.
  ///
  /// Equal arrays give equal files: entries carry no time.
  public static func write(
    _ arrays: [(name: String, array: NpyArray)], texts: [(name: String, text: String)] = [], to path: String,
    compressed: Bool = true, replacing: Bool = true
  ) throws {
    try AtomicFile.write(to: path, replacing: replacing) { temporaryPath in
      let contents = arrays.map { ($0.name + ".npy", NpyHeader.bytes(for: $0.array), $0.array.data) }
      let strings = texts.map { ($0.name + ".npy", NpyText.header(for: $0.text), NpyText.bytes(of: $0.text)) }
      try ZipWriter.write(contents + strings, to: temporaryPath, compressed: compressed, namedAs: path)
    }
  }
}
