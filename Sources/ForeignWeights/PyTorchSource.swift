import Foundation

/// Where the bytes of storages are: entries of an archive, or parts of a legacy file.
struct PyTorchSource: Sendable {
  /// The longest pickle that is read out of an archive.
  private static let longestPickle = 1 << 26
  /// 0x1950a86a20f9469cfc6c, as the first pickle of a legacy file has it.
  private static let magicNumber: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  private static let legacyProtocol = 1001

  private enum Place: Sendable {
    case entry(String, byteCount: Int)
    case range(Range<Int>)
  }

  private let bytes: Data
  private let places: [String: Place]

  /// The bytes of a storage.
  func storage(_ key: String, file: String) throws -> Data {
    switch places[key] {
    case .range(let range): return bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
    case .entry(let entry, let byteCount):
      return try ZipImage.read([entry], limits: [byteCount], from: bytes, name: file)[0]
    case nil: throw ForeignWeightsError("\(file): storage \(key) is missing; the file is damaged")
    }
  }

  /// The zip form: `NAME/data.pkl` and an entry `NAME/data/KEY` per storage.
  static func archive(_ bytes: Data, name: String) throws -> (PyTorchSource, PyTorchContent) {
    let sizes = try ZipImage.list(bytes, name: name)
    guard let pickle = sizes.keys.first(where: { $0.hasSuffix("/data.pkl") }) else {
      throw ForeignWeightsError("\(name): the archive has no data.pkl; torch.save did not write it")
    }
    let prefix = pickle.dropLast("data.pkl".count)
    if sizes["\(prefix)constants.pkl"] != nil || sizes.keys.contains(where: { $0.hasPrefix("\(prefix)code/") }) {
      throw ForeignWeightsError(
        "\(name): is a TorchScript program; nothing was run. Save model.state_dict() with torch.save")
    }
    if sizes["\(prefix)byteorder"] != nil {
      let order = try ZipImage.read(["\(prefix)byteorder"], limits: [16], from: bytes, name: name)[0]
      guard order.elementsEqual("little".utf8) else { throw bigEndian(name) }
    }
    let stream = try ZipImage.read([pickle], limits: [longestPickle], from: bytes, name: name)[0]
    let content = try stream.withUnsafeBytes { buffer in
      var machine = PickleMachine(buffer, at: 0, name: name)
      let root = try machine.run()
      guard machine.position == buffer.count else {
        throw ForeignWeightsError("\(name): bytes follow the pickle; the file is damaged")
      }
      return PyTorchContent(root: root, objects: machine.objects)
    }
    var places: [String: Place] = [:]
    for (key, storage) in try content.storages(file: name) {
      let (byteCount, isTooMany) = storage.count.multipliedReportingOverflow(by: storage.element.byteCount)
      let entry = "\(prefix)data/\(key)"
      guard let size = sizes[entry] else {
        throw ForeignWeightsError("\(name): the archive has no \(entry); the file is damaged")
      }
      guard !isTooMany, size == byteCount else {
        throw ForeignWeightsError(
          "\(name): \(entry) has \(size) bytes, not \(storage.count) elements of \(storage.element.byteCount) bytes")
      }
      places[key] = .entry(entry, byteCount: byteCount)
    }
    return (PyTorchSource(bytes: bytes, places: places), content)
  }

  /// The legacy form: pickles of a magic number, a protocol, the system, the object and the keys of the storages, then for
  /// each key a count and the elements.
  static func legacy(_ bytes: Data, name: String) throws -> (PyTorchSource, PyTorchContent) {
    try bytes.withUnsafeBytes { buffer in
      var position = 0
      func next() throws -> PyTorchContent {
        var machine = PickleMachine(buffer, at: position, name: name)
        let root = try machine.run()
        position = machine.position
        return PyTorchContent(root: root, objects: machine.objects)
      }
      guard try next().root == .hugeInteger(magicNumber), try next().root == .integer(legacyProtocol) else {
        throw ForeignWeightsError("\(name): is a pickle, but torch.save did not write it")
      }
      guard isLittleEndian(try next()) else { throw bigEndian(name) }
      let content = try next()
      let keyList = try next()
      var keys: [String] = []
      for value in keyList.objects.elements(of: keyList.root) ?? [] {
        guard case .text(let key) = value else {
          throw ForeignWeightsError("\(name): the list of storages is damaged")
        }
        keys.append(key)
      }
      let places = try ranges(of: keys, in: buffer, at: position, of: content.storages(file: name), name: name)
      return (PyTorchSource(bytes: bytes, places: places), content)
    }
  }

  private static func isLittleEndian(_ system: PyTorchContent) -> Bool {
    guard case .dictionary(let index) = system.root else { return false }
    return system.objects.dictionaries[index].contains { $0.key == .text("little_endian") && $0.value == .flag(true) }
  }

  private static func ranges(
    of keys: [String], in buffer: UnsafeRawBufferPointer, at start: Int, of storages: [String: PickleObjects.Storage],
    name: String
  ) throws -> [String: Place] {
    var (position, places) = (start, [String: Place]())
    for key in keys {
      guard let storage = storages[key], places[key] == nil else {
        throw ForeignWeightsError("\(name): storage \(key.prefix(64)) belongs to no tensor; the file is damaged")
      }
      guard buffer.count - position >= 8 else { throw truncated(name, key) }
      let count = Int64(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: Int64.self))
      position += 8
      guard count == storage.count else {
        throw ForeignWeightsError("\(name): storage \(key) has \(count) elements where \(storage.count) were announced")
      }
      guard storage.count <= (buffer.count - position) / storage.element.byteCount else { throw truncated(name, key) }
      let end = position + storage.count * storage.element.byteCount
      places[key] = .range(position..<end)
      position = end
    }
    if let missing = storages.keys.filter({ places[$0] == nil }).min() {
      throw ForeignWeightsError("\(name): storage \(missing) is missing; the file is damaged")
    }
    guard position == buffer.count else {
      throw ForeignWeightsError(
        "\(name): \(buffer.count - position) bytes follow the last storage; the file is damaged")
    }
    return places
  }

  private static func truncated(_ name: String, _ key: String) -> ForeignWeightsError {
    ForeignWeightsError("\(name): ends within storage \(key); it is truncated, fetch it again")
  }

  private static func bigEndian(_ name: String) -> ForeignWeightsError {
    ForeignWeightsError("\(name): was written on a big-endian machine; only little-endian files are read")
  }
}
