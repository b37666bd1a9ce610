import Foundation

/// The parts of glTF's JSON that say where triangles are.
///
/// *Reference*: Khronos Group, "glTF 2.0 Specification", 2021.
struct GLTFDocument: Decodable {
  struct Asset: Decodable {
    var version: String
  }

  struct Scene: Decodable {
    var nodes: [Int]?
  }

  struct Node: Decodable {
    var name: String?
    var mesh: Int?
    var children: [Int]?
    var matrix: [Double]?
    var translation: [Double]?
    var rotation: [Double]?
    var scale: [Double]?
    var extensions: Extensions?
  }

  struct Primitive: Decodable {
    var attributes: [String: Int]
    var indices: Int?
    var mode: Int?
    var extensions: Extensions?
  }

  struct Shape: Decodable {
    var name: String?
    var primitives: [Primitive]
  }

  struct Accessor: Decodable {
    var bufferView: Int?
    var byteOffset: Int?
    var componentType: Int
    var normalized: Bool?
    var count: Int
    var type: String
    var sparse: Sparse?
  }

  struct Sparse: Decodable {
    var count: Int
    var indices: Part
    var values: Part
  }

  struct Part: Decodable {
    var bufferView: Int
    var byteOffset: Int?
    var componentType: Int?
  }

  struct View: Decodable {
    var buffer: Int
    var byteOffset: Int?
    var byteLength: Int
    var byteStride: Int?
    var extensions: Extensions?
  }

  struct Buffer: Decodable {
    var uri: String?
    var byteLength: Int
  }

  /// Names of extensions; what they hold is of no interest.
  struct Extensions: Decodable {
    private struct Name: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    var names: Set<String>

    init(from decoder: Decoder) throws {
      names = Set(try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue))
    }
  }

  var asset: Asset
  var scene: Int?
  var scenes: [Scene]?
  var nodes: [Node]?
  var meshes: [Shape]?
  var accessors: [Accessor]?
  var bufferViews: [View]?
  var buffers: [Buffer]?
  var extensionsRequired: [String]?

  /// Reads the JSON, whose brackets must not nest deeper than 64, so that no reader runs out of stack.
  init(json: UnsafeRawBufferPointer, file: String) throws {
    guard Self.depth(of: json) <= 64 else { throw MeshFileError(file, nil, "its JSON nests deeper than 64 levels") }
    do {
      self = try JSONDecoder().decode(GLTFDocument.self, from: Data(json))
    } catch let error as DecodingError {
      throw MeshFileError(file, Self.place(of: error), "the JSON is broken or not that of glTF 2.0")
    } catch {
      throw MeshFileError(file, nil, "the JSON is broken")
    }
    guard asset.version.hasPrefix("2.") else {
      throw MeshFileError(file, nil, "glTF \"\(asset.version.prefix(10))\" is not read; convert it to glTF 2.0")
    }
    for name in extensionsRequired ?? [] where !Self.isHarmless(name) {
      throw MeshFileError(file, nil, Self.refusal(of: name))
    }
  }

  /// Extensions that may be required without a change of the triangles: how they look, and quantized positions, which
  /// are read.
  private static func isHarmless(_ name: String) -> Bool {
    let prefixes = ["KHR_materials_", "KHR_texture_", "EXT_texture_", "MSFT_texture_", "KHR_lights_"]
    return name == "KHR_mesh_quantization" || prefixes.contains { name.hasPrefix($0) }
  }

  static func refusal(of name: String) -> String {
    let advice =
      name.lowercased().contains("draco") || name.contains("meshopt")
      ? "compressed meshes are not read; save it without compression" : "which is not read; save it without"
    return "needs the extension \"\(name.prefix(60).filter { !$0.isNewline })\": \(advice)"
  }

  /// How deep brackets nest outside of strings.
  private static func depth(of json: UnsafeRawBufferPointer) -> Int {
    var (depth, deepest) = (0, 0)
    var (isString, isEscaped) = (false, false)
    for byte in json {
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == 0x22 {
          isString = false
        }
        continue
      }
      switch byte {
      case 0x22: isString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        deepest = max(deepest, depth)
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
    }
    return deepest
  }

  private static func place(of error: DecodingError) -> String? {
    let path: [any CodingKey] =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        context.codingPath
      case .keyNotFound(let key, let context): context.codingPath + [key]
      @unknown default: []
      }
    let names = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
    // Keys come from the file and may hold anything.
    let text = names.joined(separator: ".").prefix(80).filter { !$0.isNewline }
    return text.isEmpty ? nil : String(text)
  }
}
