import Foundation

/// The bytes that a glTF document names: in the GLB file itself, in base64, or in files of the same folder.
struct GLTFBuffers {
  /// One by one; a buffer may be longer than what the document says about it.
  let buffers: [Data]
  /// Bytes of the document and of all files it names, which bound what may be made of them.
  let byteCount: Int

  init(_ document: GLTFDocument, binary: Data?, _ input: MeshFileInput) throws {
    var files: [String: Data] = [:]
    var total = input.data.count
    buffers = try (document.buffers ?? []).enumerated().map { number, buffer in
      func error(_ reason: String) -> MeshFileError { MeshFileError(input.name, "buffer \(number)", reason) }
      let data: Data
      if let uri = buffer.uri {
        if uri.prefix(5).lowercased() == "data:" {
          guard let embedded = Self.embedded(uri) else { throw error("its data URI is not base64") }
          data = embedded
        } else {
          let url = try Self.location(uri, input, error)
          if files[url.path] == nil {
            files[url.path] = try Self.contents(url, input)
            total += files[url.path]?.count ?? 0
          }
          data = files[url.path] ?? Data()
        }
      } else {
        guard number == 0, let binary else { throw error("the file does not hold it") }
        data = binary
      }
      guard buffer.byteLength >= 0, buffer.byteLength <= data.count else {
        throw error("\(buffer.byteLength) bytes are announced, but there are \(data.count); the file is cut off")
      }
      return data
    }
    byteCount = total
  }

  private static func embedded(_ uri: String) -> Data? {
    guard let comma = uri.utf8.firstIndex(of: UInt8(ascii: ",")), uri[..<comma].lowercased().hasSuffix(";base64") else {
      return nil
    }
    return Data(base64Encoded: String(uri[uri.index(after: comma)...]))
  }

  /// A file beside the document or below its folder, never elsewhere, whatever the path or a link says.
  private static func location(
    _ uri: String, _ input: MeshFileInput, _ error: (String) -> MeshFileError
  ) throws -> URL {
    let shown = uri.prefix(60).filter { !$0.isNewline }
    guard let folder = input.folder else { throw error("it lies in the file \"\(shown)\", which is not at hand") }
    guard let path = uri.removingPercentEncoding, !path.isEmpty, path.utf8.count < 1024,
      !path.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: ":") }),
      !path.hasPrefix("/"), !path.split(separator: "/").contains("..")
    else { throw error("\"\(shown)\" does not name a file in the folder of the document") }
    let home = folder.resolvingSymlinksInPath().standardizedFileURL.path
    let url = folder.appendingPathComponent(path).resolvingSymlinksInPath().standardizedFileURL
    guard url.path.hasPrefix(home.hasSuffix("/") ? home : home + "/") else {
      throw error("\"\(shown)\" leads out of the folder of the document")
    }
    return url
  }

  private static func contents(_ url: URL, _ input: MeshFileInput) throws -> Data {
    do {
      return try MeshFileInput(url).data
    } catch {
      throw MeshFileError(input.name, nil, "its file \(url.lastPathComponent) cannot be read; it must lie beside it")
    }
  }
}
