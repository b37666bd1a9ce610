import Foundation
import Torch

/// An open safetensors file whose header has been checked.
///
/// Data are read with `pread` into buffers whose size was checked against the file. Nothing is mapped: a file that
/// another program cuts short while it is being read gives an error, not a signal.
final class StateFileReader {
  let header: StateFileHeader
  private let path: String
  private let descriptor: Int32
  private let dataStart: Int

  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw StateFileError(path: path, problem: String(cString: strerror(errno))) }
    do {
      (header, dataStart) = try Self.header(of: descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  private static func header(of descriptor: Int32, path: String) throws -> (StateFileHeader, dataStart: Int) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw StateFileError(path: path, problem: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw StateFileError(path: path, problem: "is not a regular file") }
    let size = Int(status.st_size)
    guard size >= 8 else {
      throw StateFileError(path: path, problem: "\(size) bytes are too few for a safetensors file")
    }
    var word: UInt64 = 0
    try withUnsafeMutableBytes(of: &word) { try fill($0, from: descriptor, at: 0, path: path) }
    let length = UInt64(littleEndian: word)
    guard length <= UInt64(size - 8) else {
      throw StateFileError(
        path: path, problem: "claims a header of \(length) bytes in a file of \(size); not safetensors, or cut short")
    }
    guard length <= UInt64(StateFileHeader.lengthLimit) else {
      throw StateFileError(path: path, problem: "a header of \(length) bytes is over the limit")
    }
    let text = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(length), alignment: 8)
    defer { text.deallocate() }
    try fill(text, from: descriptor, at: 8, path: path)
    let start = 8 + Int(length)
    do throws(StateFileProblem) {
      return (try StateFileHeader(parsing: UnsafeRawBufferPointer(text), dataCount: size - start), start)
    } catch {
      throw StateFileError(path: path, problem: error.text)
    }
  }

  /// Reads the bytes of one tensor.
  func tensor(_ entry: StateFileHeader.Entry) throws -> Tensor {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: entry.bytes.count, alignment: 64)
    defer { bytes.deallocate() }
    try Self.fill(bytes, from: descriptor, at: dataStart + entry.bytes.lowerBound, path: path)
    if entry.element == .bool, let odd = bytes.first(where: { $0 > 1 }) {
      throw StateFileError(path: path, problem: "tensor \"\(entry.name)\" holds the truth value \(odd)")
    }
    return Tensor(copying: UnsafeRawBufferPointer(bytes), shape: entry.shape, dtype: entry.element.dtype)
  }

  private static func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int, path: String
  ) throws {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let count = pread(descriptor, base + done, min(buffer.count - done, 1 << 30), off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw StateFileError(path: path, problem: String(cString: strerror(errno))) }
      guard count > 0 else { throw StateFileError(path: path, problem: "became shorter while it was read") }
      done += count
    }
  }
}
