import Foundation

/// Pickles written by hand, for files that PyTorch would never write.
struct PickleBytes {
  private(set) var bytes: [UInt8] = [0x80, 2]

  /// Raw instructions.
  func raw(_ more: [UInt8]) -> PickleBytes {
    var copy = self
    copy.bytes += more
    return copy
  }

  func raw(_ more: String) -> PickleBytes { raw(Array(more.utf8)) }

  func global(_ module: String, _ name: String) -> PickleBytes { raw("c\(module)\n\(name)\n") }

  func text(_ text: String) -> PickleBytes {
    raw([0x58] + Self.little(UInt32(text.utf8.count))).raw(text)
  }

  /// Up to eight bytes, signed.
  func integer(_ value: Int) -> PickleBytes { raw([0x8A, 8] + Self.little(Int64(value))) }

  func integers(_ values: [Int]) -> PickleBytes {
    values.reduce(raw("(")) { $0.integer($1) }.raw("t")
  }

  /// A persistent identifier of a storage.
  func storage(_ key: String, count: Int, kind: String = "FloatStorage", view: [Int]? = nil) -> PickleBytes {
    let head = raw("(").text("storage").global("torch", kind).text(key).text("cpu").integer(count)
    guard let view else { return head.raw("NtQ") }
    return head.raw("(").text("view").integer(view[0]).integer(view[1]).raw("ttQ")
  }

  /// A tensor in a storage of its own.
  func tensor(_ key: String, count: Int, offset: Int = 0, shape: [Int], strides: [Int]) -> PickleBytes {
    global("torch._utils", "_rebuild_tensor_v2").raw("(").storage(key, count: count).integer(offset)
      .integers(shape).integers(strides).raw([0x89]).raw("}tR")
  }

  var stopped: [UInt8] { bytes + [0x2E] }

  /// A legacy file around this object: keys of its storages, and what follows.
  func legacy(keys: [String] = [], storages: [UInt8] = [], isLittleEndian: Bool = true) -> Data {
    let magic = PickleBytes().raw([0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]).stopped
    let version = PickleBytes().integer(1001).stopped
    let system = PickleBytes().raw("}").text("little_endian").raw([isLittleEndian ? 0x88 : 0x89]).raw("s").stopped
    let list = keys.reduce(PickleBytes().raw("](")) { $0.text($1) }.raw("e").stopped
    return Data(magic + version + system + stopped + list + storages)
  }

  static func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

  /// A storage of floats as a legacy file has it.
  static func storage(count: Int, values: [Float]) -> [UInt8] {
    little(Int64(count)) + values.flatMap { little($0.bitPattern) }
  }
}
