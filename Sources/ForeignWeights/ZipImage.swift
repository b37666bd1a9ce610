import CZip
import Foundation

/// Entries of a zip archive in memory.
enum ZipImage {
  /// Weights are stored without compression; more than this is no model but a trap for the memory.
  private static let highestRatio = 64
  /// More files than any model has.
  private static let mostEntries = 1 << 17

  /// Reads these entries; each at most as long as its limit, and never more than the archive can hold.
  static func read(_ entries: [String], limits: [Int], from bytes: Data, name: String) throws -> [Data] {
    try withArchive(bytes, name: name) { archive in
      try zip(entries, limits).map { entry, limit in
        try contents(of: entry, limit: limit, in: archive, length: bytes.count, name: name)
      }
    }
  }

  /// Names and sizes of all entries.
  ///
  /// *Throws*: `ForeignWeightsError` if two of them have the same name.
  static func list(_ bytes: Data, name: String) throws -> [String: Int] {
    try withArchive(bytes, name: name) { archive in
      let count = Int(zip_get_num_entries(archive, 0))
      guard 0...mostEntries ~= count else { throw ForeignWeightsError("\(name): holds \(count) files; it is no model") }
      var sizes: [String: Int] = [:]
      for index in 0..<count {
        var facts = zip_stat_t()
        zip_stat_init(&facts)
        guard zip_stat_index(archive, UInt64(index), 0, &facts) == 0, let text = facts.name,
          let size = Int(exactly: facts.size)
        else { throw damaged(name) }
        guard sizes.updateValue(size, forKey: String(cString: text)) == nil else { throw damaged(name) }
      }
      return sizes
    }
  }

  private static func damaged(_ name: String) -> ForeignWeightsError {
    ForeignWeightsError("\(name): a damaged or truncated zip archive; save the model again")
  }

  private static func withArchive<Result>(
    _ bytes: Data, name: String, _ body: (OpaquePointer) throws -> Result
  ) throws -> Result {
    try bytes.withUnsafeBytes { buffer in
      guard let source = zip_source_buffer_create(buffer.baseAddress, UInt64(buffer.count), 0, nil) else {
        throw ForeignWeightsError("\(name): cannot be read as a zip archive")
      }
      guard let archive = zip_open_from_source(source, ZIP_RDONLY, nil) else {
        zip_source_free(source)
        throw damaged(name)
      }
      defer { zip_discard(archive) }
      return try body(archive)
    }
  }

  private static func contents(
    of entry: String, limit: Int, in archive: OpaquePointer, length: Int, name: String
  ) throws -> Data {
    var facts = zip_stat_t()
    zip_stat_init(&facts)
    guard zip_stat(archive, entry, 0, &facts) == 0 else {
      throw ForeignWeightsError(
        "\(name): the archive has no \(entry); it is not a model of this kind, or a part of one")
    }
    let most = min(limit, length * highestRatio)
    guard facts.size <= UInt64(most) else {
      throw ForeignWeightsError("\(name): \(entry) claims \(facts.size) bytes, more than such an archive can hold")
    }
    guard let file = zip_fopen(archive, entry, 0) else {
      throw ForeignWeightsError("\(name): \(entry) cannot be unpacked; it is damaged or encrypted")
    }
    defer { zip_fclose(file) }
    var data = Data(count: Int(facts.size))
    let read = data.withUnsafeMutableBytes { zip_fread(file, $0.baseAddress, UInt64($0.count)) }
    // Only at the end of an entry does the library compare its checksum.
    var beyond: UInt8 = 0
    guard read == Int64(facts.size), zip_fread(file, &beyond, 1) == 0 else {
      throw ForeignWeightsError("\(name): \(entry) is damaged or truncated; save the model again")
    }
    return data
  }
}
