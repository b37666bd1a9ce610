import CZip

/// One file of a zip archive, read from front to back.
final class ZipEntry: ByteSource {
  let path: String
  private(set) var remaining: Int
  private let handle: OpaquePointer

  /// Deflate cannot expand by more than this factor; an entry that claims more is a lie.
  private static let largestRatio = 1032

  init(_ archive: OpaquePointer, index: UInt64, path: String, fileLength: Int) throws {
    var status = zip_stat_t()
    let needed = UInt64(ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD)
    guard zip_stat_index(archive, index, 0, &status) == 0, status.valid & needed == needed else {
      throw VolumeError(.corrupt, path, "the archive does not say how large this entry is")
    }
    let method = Int32(status.comp_method)
    guard method == ZIP_CM_STORE || method == ZIP_CM_DEFLATE else {
      throw VolumeError(.unsupported, path, "compression method \(method) is not read; save it again with numpy.savez")
    }
    let bound =
      method == ZIP_CM_STORE ? status.comp_size : (status.comp_size + 16).multipliedSafely(by: Self.largestRatio)
    guard status.comp_size <= UInt64(fileLength), status.size <= bound else {
      throw VolumeError(.corrupt, path, "the archive claims sizes that its bytes cannot have")
    }
    guard let handle = zip_fopen_index(archive, index, 0) else {
      throw VolumeError(.corrupt, path, String(cString: zip_error_strerror(zip_get_error(archive))))
    }
    (self.path, self.handle, remaining) = (path, handle, Int(status.size))
  }

  deinit { zip_fclose(handle) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < buffer.count {
      let count = Int(zip_fread(handle, buffer.baseAddress! + done, UInt64(min(buffer.count - done, 1 << 30))))
      guard count > 0 else { throw damaged() }
      done += count
    }
    remaining -= done
  }

  /// Verifies that the entry ends here; libzip compares the checksum when it sees the end.
  func finish() throws {
    var byte: UInt8 = 0
    guard remaining == 0, zip_fread(handle, &byte, 1) == 0 else { throw damaged() }
  }

  private func damaged() -> VolumeError {
    let reason = zip_error_strerror(zip_file_get_error(handle)).map { String(cString: $0) } ?? "unknown"
    return VolumeError(.corrupt, path, "the zip data are damaged or cut off (\(reason)); fetch the file again")
  }
}

extension UInt64 {
  fileprivate func multipliedSafely(by factor: Int) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: UInt64(factor))
    return overflow ? .max : product
  }
}

/// Writes zip archives.
enum ZipWriter {
  /// One file of an archive: its name and its bytes in two parts.
  typealias Content = (name: String, header: [UInt8], body: [UInt8])

  static func write(_ contents: [Content], to file: String, compressed: Bool, namedAs path: String) throws {
    var code: Int32 = 0
    guard let archive = zip_open(file, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      throw VolumeError(.inputOutput, path, "cannot be created")
    }
    do {
      try withBuffers(contents, from: 0) { buffers in
        for (content, fragments) in zip(contents, buffers) {
          try add(content.name, fragments, to: archive, compressed: compressed, path: path)
        }
        guard zip_close(archive) == 0 else { throw failure(archive, path) }
      }
    } catch {
      zip_discard(archive)
      throw error
    }
  }

  private static func add(
    _ name: String, _ fragments: [UnsafeRawBufferPointer], to archive: OpaquePointer, compressed: Bool, path: String
  ) throws {
    let parts = fragments.map {
      zip_buffer_fragment_t(
        data: UnsafeMutablePointer(mutating: $0.bindMemory(to: UInt8.self).baseAddress), length: UInt64($0.count))
    }
    guard let source = zip_source_buffer_fragment(archive, parts, UInt64(parts.count), 0) else {
      throw failure(archive, path)
    }
    let index = zip_file_add(archive, name, source, UInt32(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      zip_source_free(source)
      throw failure(archive, path)
    }
    let method = compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE
    // 1 January 1980, the oldest date that a zip file can hold.
    guard zip_set_file_compression(archive, UInt64(index), method, 6) == 0,
      zip_file_set_dostime(archive, UInt64(index), 0, 33, 0) == 0
    else { throw failure(archive, path) }
  }

  /// libzip reads the bytes only when it closes the archive, so all of them are held in place until then.
  private static func withBuffers(
    _ contents: [Content], from index: Int, _ buffers: [[UnsafeRawBufferPointer]] = [],
    body: ([[UnsafeRawBufferPointer]]) throws -> Void
  ) throws {
    guard index < contents.count else { return try body(buffers) }
    try contents[index].header.withUnsafeBytes { header in
      try contents[index].body.withUnsafeBytes { bytes in
        try withBuffers(contents, from: index + 1, buffers + [[header, bytes]], body: body)
      }
    }
  }

  private static func failure(_ archive: OpaquePointer, _ path: String) -> VolumeError {
    VolumeError(.inputOutput, path, "cannot write: \(String(cString: zip_error_strerror(zip_get_error(archive))))")
  }
}
