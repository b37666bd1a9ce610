import Foundation

/// Files and folders that appear under their name only when they are complete and on the disk.
///
/// Content goes to a temporary name in the same folder, is synced, renamed, and the folder is synced: after a power cut or a
/// `kill -9` there is the old content or the new, never a mixture. What a killed process leaves has a name that
/// ``isTemporary(_:)`` knows.
public enum AtomicFile {
  private static let marker = ".formcast-tmp-"

  /// Writes `data` under the name `url`, replacing what is there in one step.
  ///
  /// *Throws*: `RunError` if the folder is missing or not writable or the disk is full; nothing is left behind then.
  public static func write(_ data: Data, to url: URL) throws {
    let temporary = temporaryURL(for: url)
    let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemError("cannot write \(url.path)") }
    do {
      do {
        defer { close(descriptor) }
        try writeAll(data, to: descriptor, name: url.path)
        guard fsync(descriptor) == 0 else { throw systemError("cannot write \(url.path)") }
      }
      try publish(temporary, as: url)
    } catch {
      unlink(temporary.path)
      throw error
    }
  }

  /// Writes `text` as UTF-8 under the name `url`, replacing what is there in one step.
  public static func write(_ text: String, to url: URL) throws {
    try write(Data(text.utf8), to: url)
  }

  /// Makes the folder `url` out of what `fill` writes into a temporary one; nothing may exist under that name yet.
  ///
  /// *Throws*: what `fill` throws, or `RunError`; the temporary folder is removed then.
  public static func makeDirectory(at url: URL, fill: (URL) throws -> Void) throws {
    let temporary = temporaryURL(for: url)
    do {
      guard mkdir(temporary.path, 0o755) == 0 else { throw systemError("cannot make \(url.path)") }
      try fill(temporary)
      try synchronizeTree(temporary)
      guard !FileManager.default.fileExists(atPath: url.path) else {
        throw RunError("\(url.path) exists already; it is not replaced")
      }
      try publish(temporary, as: url)
    } catch {
      removeTree(temporary)
      throw error
    }
  }

  /// Whether a file name is one that an interrupted write leaves behind.
  public static func isTemporary(_ name: String) -> Bool {
    guard name.hasPrefix("."), let range = name.range(of: marker, options: .backwards) else { return false }
    let suffix = name[range.upperBound...]
    return suffix.count == 16 && suffix.allSatisfy(\.isHexDigit)
  }

  /// Removes what interrupted writes left in a folder, and only that; the caller must be its one writer.
  ///
  /// *Returns*: the names removed.
  @discardableResult
  public static func removeLeftovers(in directory: URL) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter(isTemporary).sorted()
    for name in names { removeTree(directory.appendingPathComponent(name)) }
    return names
  }

  static func systemError(_ what: String) -> RunError {
    RunError("\(what): \(String(cString: strerror(errno)).lowercased())")
  }

  static func writeAll(_ data: Data, to descriptor: Int32, name: String) throws {
    try data.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let count = Foundation.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw systemError("cannot write \(name)") }
        offset += count
      }
    }
  }

  static func synchronizeDirectory(_ url: URL) throws {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError("cannot open \(url.path)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw systemError("cannot sync \(url.path)") }
  }

  /// Removes a file or folder that is ours; one that is gone already is no failure, and a rest keeps its temporary name.
  static func removeTree(_ url: URL) {
    do { try FileManager.default.removeItem(at: url) } catch { return }
  }

  private static func temporaryURL(for url: URL) -> URL {
    let random = String(UInt64.random(in: .min ... .max), radix: 16)
    let padded = String(repeating: "0", count: 16 - random.count) + random
    return url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent)\(marker)\(padded)")
  }

  private static func publish(_ temporary: URL, as url: URL) throws {
    guard rename(temporary.path, url.path) == 0 else { throw systemError("cannot write \(url.path)") }
    try synchronizeDirectory(url.deletingLastPathComponent())
  }

  private static func synchronizeTree(_ root: URL) throws {
    for name in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
      try synchronizeDirectory(root.appendingPathComponent(name))
    }
    try synchronizeDirectory(root)
  }
}
