/// The instructions of a pickle that a state dict needs; every other one is refused by name.
///
/// *Reference*: CPython, `Lib/pickletools.py`.
enum PickleOpcode: UInt8 {
  case mark = 0x28
  case stop = 0x2E
  case binaryFloat = 0x47
  case binaryInteger = 0x4A
  case oneByteInteger = 0x4B
  case twoByteInteger = 0x4D
  case none = 0x4E
  case persistentIdentifier = 0x51
  case reduce = 0x52
  case string = 0x54
  case shortString = 0x55
  case unicode = 0x58
  case emptyList = 0x5D
  case append = 0x61
  case build = 0x62
  case global = 0x63
  case appendMany = 0x65
  case get = 0x68
  case longGet = 0x6A
  case put = 0x71
  case longPut = 0x72
  case setItem = 0x73
  case tuple = 0x74
  case setItems = 0x75
  case emptyDictionary = 0x7D
  case emptyTuple = 0x29
  case `protocol` = 0x80
  case tupleOfOne = 0x85
  case tupleOfTwo = 0x86
  case tupleOfThree = 0x87
  case yes = 0x88
  case no = 0x89
  case longInteger = 0x8A
  case shortUnicode = 0x8C
  case stackGlobal = 0x93
  case memoize = 0x94
  case frame = 0x95

  /// What Python calls the instruction of this byte.
  static func name(of byte: UInt8) -> String {
    names[byte] ?? "0x" + String(byte, radix: 16)
  }

  /// Those that are refused.
  private static let names: [UInt8: String] = [
    0x30: "POP", 0x31: "POP_MARK", 0x32: "DUP", 0x46: "FLOAT", 0x49: "INT", 0x4C: "LONG", 0x50: "PERSID",
    0x53: "STRING", 0x56: "UNICODE", 0x42: "BINBYTES", 0x43: "SHORT_BINBYTES", 0x64: "DICT", 0x67: "GET",
    0x69: "INST", 0x6C: "LIST", 0x6F: "OBJ", 0x70: "PUT", 0x81: "NEWOBJ", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4",
    0x8B: "LONG4", 0x8D: "BINUNICODE8", 0x8E: "BINBYTES8", 0x8F: "EMPTY_SET", 0x90: "ADDITEMS", 0x91: "FROZENSET",
    0x92: "NEWOBJ_EX", 0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
  ]
}
