import Foundation

/// Bytes that are read from front to back, of known number.
protocol ByteSource: AnyObject {
  /// What error messages call it.
  var path: String { get }
  /// Bytes not yet read.
  var remaining: Int { get }
  /// Fills the buffer, or throws if that many bytes are not there.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws
}

extension ByteSource {
  /// The next `count` bytes; checked against what is left before anything is allocated.
  func read(_ count: Int) throws -> [UInt8] {
    guard count <= remaining else {
      throw VolumeError(.corrupt, path, "the file is cut off: \(count) bytes expected, \(remaining) left")
    }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      try read(into: UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
  }
}

/// A regular file opened for reading.
final class InputFile: ByteSource {
  let path: String
  /// Length when it was opened.
  let length: Int
  private(set) var remaining: Int
  private let descriptor: Int32

  init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw VolumeError(.missing, path, "no such file or folder; check the path") }
      throw VolumeError.system(path, "cannot open")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw VolumeError(.unsupported, path, "is not a regular file")
    }
    (self.path, self.descriptor, length) = (path, descriptor, Int(status.st_size))
    remaining = length
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < buffer.count {
      let count = Foundation.read(descriptor, buffer.baseAddress! + done, min(buffer.count - done, 1 << 30))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw VolumeError.system(path, "cannot read") }
      guard count > 0 else { throw VolumeError(.corrupt, path, "the file ended while it was being read") }
      done += count
    }
    remaining -= done
  }

  /// All bytes of a file of at most `limit` bytes.
  static func bytes(of path: String, limit: Int = FileLimits.maximumBytes) throws -> [UInt8] {
    let file = try InputFile(path)
    guard file.length <= limit else {
      throw VolumeError(.tooLarge, path, "\(file.length) bytes are more than the limit of \(limit)")
    }
    return try file.read(file.length)
  }

  /// The first bytes of a file, fewer if it is shorter.
  static func prefix(of path: String, count: Int) throws -> [UInt8] {
    let file = try InputFile(path)
    return try file.read(min(count, file.length))
  }
}
