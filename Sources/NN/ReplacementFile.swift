import Foundation
import Synchronization

/// A file that takes its final name only when it is complete and synced.
final class ReplacementFile {
  private static let counter = Atomic<Int>(0)

  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32

  /// Opens a new file beside `path`.
  init(path: String) throws {
    self.path = path
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    var candidate = ""
    var opened: Int32 = -1
    repeat {
      let number = Self.counter.add(1, ordering: .relaxed).newValue
      candidate = "\(folder)/.\(url.lastPathComponent).\(getpid()).\(number).partial"
      opened = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    } while opened < 0 && errno == EEXIST
    (temporaryPath, descriptor) = (candidate, opened)
    guard opened >= 0 else { throw failure() }
  }

  func write(contentsOf bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let count = Foundation.write(descriptor, base + done, min(bytes.count - done, 1 << 30))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      done += count
    }
  }

  /// Syncs and renames; after that the file is there even if the machine stops.
  func commit() throws {
    guard fsync(descriptor) == 0 else { throw failure() }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, rename(temporaryPath, path) == 0 else { throw failure() }
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    // Not every file system syncs folders; the file itself is safe by now.
    _ = fsync(folder)
    close(folder)
  }

  /// Removes what was written so far.
  func discard() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    unlink(temporaryPath)
  }

  private func failure() -> StateFileError {
    StateFileError(path: path, problem: "cannot be written: \(String(cString: strerror(errno)))")
  }
}
