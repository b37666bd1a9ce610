import Foundation
import Synchronization

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a hidden temporary name beside the target; `commit` brings them to the disk and renames. Whatever fails
/// before that, a full disk included, is thrown and leaves the target as it was.
public final class AtomicFile {
  /// The name under which the file will appear.
  public let path: String
  private let temporaryPath: String
  private let replacing: Bool
  private var descriptor: Int32

  private static let counter = Atomic<Int>(0)

  /// Begins to write `path`; with `replacing` false an existing file stays and `commit` throws.
  public init(_ path: String, replacing: Bool = true) throws {
    temporaryPath = Self.temporaryName(for: path)
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.cannotCreate(path) }
    (self.path, self.replacing) = (path, replacing)
  }

  private static func cannotCreate(_ path: String) -> VolumeError {
    if errno == ENOENT { return VolumeError(.missing, path, "cannot be created: its folder does not exist") }
    return VolumeError.system(path, "cannot be created")
  }

  private static func temporaryName(for path: String) -> String {
    let url = URL(fileURLWithPath: path)
    let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
    return url.deletingLastPathComponent().path + "/.\(url.lastPathComponent).\(getpid())-\(number).part"
  }

  /// Appends bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    try Self.write(bytes, to: descriptor, path: path)
  }

  /// Appends bytes.
  public func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Writes all bytes to an open descriptor; `path` is for the message.
  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
    var done = 0
    while done < bytes.count {
      let count = Foundation.write(descriptor, bytes.baseAddress! + done, min(bytes.count - done, 1 << 30))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw VolumeError.system(path, "cannot write") }
      done += count
    }
  }

  /// Makes the file appear under its name.
  public func commit() throws {
    guard fsync(descriptor) == 0 else { throw VolumeError.system(path, "cannot write") }
    let status = close(descriptor)
    descriptor = -1
    guard status == 0 else { throw VolumeError.system(path, "cannot write") }
    try Self.publish(temporaryPath, as: path, replacing: replacing)
  }

  private static func publish(_ temporaryPath: String, as path: String, replacing: Bool) throws {
    if replacing {
      guard rename(temporaryPath, path) == 0 else { throw VolumeError.system(path, "cannot be replaced") }
    } else {
      // A hard link fails where the name exists, and does so atomically; rename would replace.
      guard link(temporaryPath, path) == 0 else {
        throw VolumeError.system(path, errno == EEXIST ? "exists already and is left alone" : "cannot be created")
      }
      unlink(temporaryPath)
    }
    // The new name itself is durable only when the folder is; some file systems cannot sync folders, and that is fine.
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    // After a commit the name is gone already.
    unlink(temporaryPath)
  }

  /// Writes a whole file at once.
  public static func write(_ bytes: [UInt8], to path: String, replacing: Bool = true) throws {
    let file = try AtomicFile(path, replacing: replacing)
    try file.write(bytes)
    try file.commit()
  }

  /// Lets `body` write a file under a temporary name with means of its own, then makes it appear as `path`.
  public static func write(to path: String, replacing: Bool = true, body: (_ temporaryPath: String) throws -> Void)
    throws
  {
    let temporaryPath = temporaryName(for: path)
    defer { unlink(temporaryPath) }
    try body(temporaryPath)
    let descriptor = open(temporaryPath, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw cannotCreate(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw VolumeError.system(path, "cannot write") }
    try publish(temporaryPath, as: path, replacing: replacing)
  }
}
