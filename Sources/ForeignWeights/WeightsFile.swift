import Foundation

/// Files of foreign weights, whoever wrote them.
public enum WeightsFile {
  /// Files are read whole, up to this many bytes.
  static let largest = 1 << 30

  /// What a file is, by its content; what it is called says nothing.
  public enum Kind: String, Sendable {
    /// HDF5, as Keras 2 and 3 write with `.h5`.
    case kerasHDF5 = "an HDF5 file"
    /// The `.keras` zip.
    case kerasArchive = "a .keras archive"
    /// `torch.save` since 1.6.
    case pyTorchArchive = "a PyTorch archive"
    /// `torch.save` before 1.6.
    case pyTorchLegacy = "a legacy PyTorch file"
    /// safetensors.
    case safetensors = "a safetensors file"

    /// The kind of a file.
    ///
    /// *Throws*: `ForeignWeightsError` if it is missing, too large, or none of these.
    public init(of file: URL) throws {
      try self.init(recognising: WeightsFile.read(file), name: file.lastPathComponent)
    }

    init(recognising bytes: Data, name: String) throws {
      if bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
        self = .kerasHDF5
      } else if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
        let entries = try ZipImage.list(bytes, name: name).keys
        if entries.contains(where: { $0.hasSuffix("/data.pkl") }) {
          self = .pyTorchArchive
        } else if entries.contains("config.json") {
          self = .kerasArchive
        } else {
          throw ForeignWeightsError(
            "\(name): a zip archive without the data.pkl of PyTorch or the config.json of Keras")
        }
      } else if bytes.count > 2, bytes.first == 0x80, bytes[bytes.startIndex + 1] <= 5 {
        self = .pyTorchLegacy
      } else if WeightsFile.isSafetensors(bytes) {
        self = .safetensors
      } else {
        throw ForeignWeightsError(
          "\(name): none of the weight files that are read: PyTorch (.pt, .pth), safetensors, Keras (.h5, .keras)")
      }
    }
  }

  /// The length of a JSON header that fits the file, then its first brace.
  private static func isSafetensors(_ bytes: Data) -> Bool {
    guard bytes.count >= 10 else { return false }
    let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    return length <= UInt64(bytes.count - 8) && bytes[bytes.startIndex + 8] == UInt8(ascii: "{")
  }

  static func read(_ file: URL) throws -> Data {
    let name = file.path
    let values = try? file.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
    guard let values, values.isRegularFile == true, let size = values.fileSize else {
      throw ForeignWeightsError("\(name): no such file; give a file of weights")
    }
    guard size <= largest else {
      throw ForeignWeightsError("\(name): \(size) bytes are more than the 1 GiB that are read")
    }
    do {
      return try Data(contentsOf: file)
    } catch {
      throw ForeignWeightsError("\(name): cannot be read: \(error.localizedDescription)")
    }
  }
}
