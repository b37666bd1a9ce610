import CPng
import Foundation

extension Image {
  /// The picture as the bytes of a PNG file.
  public func pngData() throws(PictureError) -> Data {
    var header = png_image()
    header.version = UInt32(PNG_IMAGE_VERSION)
    (header.width, header.height) = (UInt32(width), UInt32(height))
    header.format = hasAlpha ? Self.rgba : Self.rgb
    defer { png_image_free(&header) }
    // zlib grows incompressible data by under 2 %, and every 8 KiB chunk has 12 bytes around it.
    let rawSize = height * (width * channelCount + 1)
    let bound = rawSize + rawSize / 32 + 4096
    var output = Data(count: bound)
    var size = bound
    let isWritten = output.withUnsafeMutableBytes { buffer in
      bytes.withUnsafeBytes {
        png_image_write_to_memory(&header, buffer.baseAddress, &size, 0, $0.baseAddress, 0, nil)
      }
    }
    guard isWritten != 0 else {
      throw PictureError("A picture of \(width) x \(height) pixels could not be encoded: \(Self.message(header))")
    }
    return output.prefix(size)
  }

  /// Writes the picture as a PNG file; the name appears only once the file is complete.
  public func writePNG(to path: String) throws(PictureError) {
    try Self.write(try pngData(), to: path)
  }

  /// Writes an encoded picture; the name appears only once the file is complete.
  static func write(_ data: Data, to path: String) throws(PictureError) {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw PictureError("\(path): the picture could not be written: \(Self.reason(error))")
    }
  }

  /// Reads a PNG file of any kind as 8-bit sRGB.
  ///
  /// *Throws*: if the file cannot be read, is no PNG, is damaged, or declares a size that its length cannot hold.
  public init(pngFile path: String) throws(PictureError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw PictureError("\(path): the picture could not be read: \(Self.reason(error))")
    }
    do {
      try self.init(pngData: data)
    } catch {
      throw PictureError("\(path): \(error.description)")
    }
  }

  /// Decodes the bytes of a PNG file.
  public init(pngData data: Data) throws(PictureError) {
    var header = png_image()
    header.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&header) }
    // The decoder keeps a pointer to the input between its two calls, so both happen inside one scope.
    let decoded = data.withUnsafeBytes { input -> Result<[UInt8], PictureError> in
      Result { () throws(PictureError) in try Self.decode(input, header: &header) }
    }
    let isTransparent = header.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0
    let bytes = try decoded.get()
    self.init(width: Int(header.width), height: Int(header.height), hasAlpha: isTransparent, bytes: bytes)
  }

  private static let rgb = UInt32(PNG_FORMAT_FLAG_COLOR)
  private static let rgba = UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_ALPHA)

  private static func decode(_ input: UnsafeRawBufferPointer, header: inout png_image) throws(PictureError) -> [UInt8] {
    guard !input.isEmpty, png_image_begin_read_from_memory(&header, input.baseAddress, input.count) != 0 else {
      throw PictureError(
        "not a readable PNG file (\(input.isEmpty ? "it is empty" : message(header))); use a PNG picture.")
    }
    let (width, height) = (Int(header.width), Int(header.height))
    try checkSize(width: width, height: height)
    // Deflate packs at most 1032:1, and a pixel takes at least one bit: more cannot be in the file.
    guard width * height <= input.count * 1032 * 8 else {
      throw PictureError(
        "declares \(width) x \(height) pixels, more than its \(input.count) bytes can hold; the file is damaged.")
    }
    header.format = header.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0 ? rgba : rgb
    var bytes = [UInt8](repeating: 0, count: width * height * (header.format == rgba ? 4 : 3))
    let isRead = bytes.withUnsafeMutableBytes { png_image_finish_read(&header, nil, $0.baseAddress, 0, nil) }
    // A warning at this stage is a bad checksum or missing data, which would show as a wrong picture.
    guard isRead != 0, header.warning_or_error == 0 else {
      throw PictureError("damaged PNG file (\(message(header))).")
    }
    return bytes
  }

  private static func message(_ header: png_image) -> String {
    withUnsafeBytes(of: header.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private static func reason(_ error: any Error) -> String {
    if let posix = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError, posix.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(posix.code)))
    }
    return (error as NSError).localizedDescription
  }
}
