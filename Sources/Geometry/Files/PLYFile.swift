extension Mesh {
  func plyBytes(_ encoding: MeshEncoding) -> [UInt8] {
    var output = MeshBytes(capacity: 300 + 40 * positions.count + 24 * faces.count)
    output.append("ply\nformat \(encoding == .binary ? "binary_little_endian" : "ascii") 1.0\n")
    output.append("comment written by formcast\nelement vertex \(positions.count)\n")
    for axis in ["x", "y", "z"] { output.append("property float \(axis)\n") }
    output.append("element face \(faces.count)\nproperty list uchar int vertex_indices\nend_header\n")
    if encoding == .ascii {
      for position in positions { output.appendLine("", position) }
      for face in faces { output.append("3 \(face.x) \(face.y) \(face.z)\n") }
    } else {
      for position in positions { output.append(position) }
      for face in faces {
        output.append(UInt8(3))
        output.append(face)
      }
    }
    return output.bytes
  }
}

/// The head of a PLY file: which elements follow, in which order, of which properties.
struct PLYHeader {
  enum Encoding: String {
    case ascii
    case littleEndian = "binary_little_endian"
    case bigEndian = "binary_big_endian"
  }

  enum Scalar {
    case int8, uint8, int16, uint16, int32, uint32, float32, float64

    init?(name: Substring) {
      switch name {
      case "char", "int8": self = .int8
      case "uchar", "uint8": self = .uint8
      case "short", "int16": self = .int16
      case "ushort", "uint16": self = .uint16
      case "int", "int32": self = .int32
      case "uint", "uint32": self = .uint32
      case "float", "float32": self = .float32
      case "double", "float64": self = .float64
      default: return nil
      }
    }

    var size: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float32: 4
      case .float64: 8
      }
    }
  }

  struct Property {
    var name: String
    var type: Scalar
    /// Type of the length in front, if the property is a list.
    var lengthType: Scalar?
  }

  struct Element {
    var name: String
    var count: Int
    var properties: [Property] = []

    /// Bytes that each takes at least; in text two for every number, the last line end aside.
    func smallestSize(_ encoding: Encoding) -> Int {
      properties.reduce(0) { $0 + (encoding == .ascii ? 2 : ($1.lengthType ?? $1.type).size) }
    }
  }

  private(set) var encoding = Encoding.ascii
  private(set) var elements: [Element] = []

  /// Reads up to the end of the header's last line; `scanner` then stands at the data.
  init(_ scanner: inout TextScanner) throws {
    guard scanner.word() == "ply" else { throw scanner.error("a PLY file begins with \"ply\"") }
    var isFormatKnown = false
    while scanner.nextLine() {
      switch scanner.word() {
      case "format":
        guard let name = scanner.word(), let encoding = Encoding(rawValue: String(name)) else {
          throw scanner.error("the format is neither ascii nor binary_little_endian nor binary_big_endian")
        }
        (self.encoding, isFormatKnown) = (encoding, true)
      case "element":
        guard let name = scanner.word(), elements.count < 64 else {
          throw scanner.error("too many or nameless elements")
        }
        let count = try scanner.integer("number of elements")
        guard count >= 0 else { throw scanner.error("a number of elements is negative") }
        elements.append(Element(name: String(name), count: count))
      case "property": try readProperty(&scanner)
      case "end_header":
        guard isFormatKnown else { throw scanner.error("the format line is missing") }
        guard scanner.nextLine() || elements.allSatisfy({ $0.count == 0 }) else {
          throw scanner.error("the file ends after its header; it is cut off")
        }
        return
      case nil, "comment", "obj_info": break
      case let other?: throw scanner.error("\"\(other.prefix(30))\" does not belong into a PLY header")
      }
    }
    throw scanner.error("the header does not end; the file is cut off")
  }

  private mutating func readProperty(_ scanner: inout TextScanner) throws {
    guard !elements.isEmpty, elements[elements.count - 1].properties.count < 256 else {
      throw scanner.error("a property without an element, or too many")
    }
    var typeName = scanner.word()
    var lengthType: Scalar?
    if typeName == "list" {
      lengthType = scanner.word().flatMap(Scalar.init(name:))
      guard let known = lengthType, known != .float32, known != .float64 else {
        throw scanner.error("the length of a list has no known type")
      }
      typeName = scanner.word()
    }
    guard let type = typeName.flatMap(Scalar.init(name:)), let name = scanner.word() else {
      throw scanner.error("a property has no known type or no name")
    }
    elements[elements.count - 1].properties.append(Property(name: String(name), type: type, lengthType: lengthType))
  }
}
