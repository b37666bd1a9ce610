import Foundation

/// glTF documents made by hand.
enum GLTFSamples {
  /// Positions of a square and a point above it as floats, then 16-bit corners, then bytes quantized, then a sparse part.
  static let buffer: [UInt8] = {
    var bytes: [UInt8] = []
    for value: Float in [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0.5, 0.5, 1] {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += Array($0) }
    }
    // 60: corners of a pyramid, 18 x 16 bit.
    for corner: UInt16 in [0, 2, 1, 0, 3, 2, 0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4] {
      withUnsafeBytes(of: corner.littleEndian) { bytes += Array($0) }
    }
    // 96: three positions of signed bytes, four bytes each.
    bytes += [0, 0, 0, 0, 127, 0, 0, 0, 0, 0x81, 0, 0]
    // 108: a strip of bytes, padded.
    bytes += [0, 1, 3, 2]
    // 112: one replaced value: its place, padded, then its value.
    bytes += [4, 0, 0, 0]
    for value: Float in [0.5, 0.5, 2] { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += Array($0) } }
    return bytes
  }()

  static func document(uri: String?, nodes: String = nodes) -> String {
    let place = uri.map { "\"uri\":\"\($0)\"," } ?? ""
    return """
      {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0,3]}],
      "nodes":\(nodes),
      "meshes":[
      {"name":"pyramid","primitives":[{"attributes":{"POSITION":0},"indices":1}]},
      {"name":"quantized","primitives":[{"attributes":{"POSITION":2}}]},
      {"name":"several","primitives":[{"attributes":{"POSITION":4},"indices":3,"mode":5},
      {"attributes":{"POSITION":4},"indices":3,"mode":6},{"attributes":{"POSITION":4},"mode":1},
      {"attributes":{"POSITION":0},"indices":1,"mode":4}]}],
      "accessors":[
      {"bufferView":0,"componentType":5126,"count":5,"type":"VEC3"},
      {"bufferView":1,"componentType":5123,"count":18,"type":"SCALAR"},
      {"bufferView":2,"componentType":5120,"normalized":true,"count":3,"type":"VEC3"},
      {"bufferView":3,"componentType":5121,"count":4,"type":"SCALAR"},
      {"bufferView":0,"componentType":5126,"count":5,"type":"VEC3","sparse":{"count":1,
      "indices":{"bufferView":4,"componentType":5121},"values":{"bufferView":4,"byteOffset":4}}}],
      "bufferViews":[{"buffer":0,"byteLength":60},{"buffer":0,"byteOffset":60,"byteLength":36},
      {"buffer":0,"byteOffset":96,"byteLength":12,"byteStride":4},{"buffer":0,"byteOffset":108,"byteLength":4},
      {"buffer":0,"byteOffset":112,"byteLength":16}],
      "buffers":[{\(place)"byteLength":128}]}
      """
  }

  /// A pyramid mirrored and moved twice over, bytes, and strips.
  static let nodes = """
    [{"name":"root","translation":[1,2,3],"children":[1,2]},
    {"name":"mirror","mesh":0,"scale":[-2,1,1]},
    {"mesh":1,"rotation":[0,0,0.7071067811865476,0.7071067811865476]},
    {"name":"strips","mesh":2,"matrix":[1,0,0,0,0,1,0,0,0,0,1,0,10,0,0,1]}]
    """

  static let scene = document(uri: "data:application/octet-stream;base64," + Data(buffer).base64EncodedString())

  static let binary: [UInt8] = container(json: document(uri: nil), buffer)

  /// A GLB file.
  static func container(json: String, _ buffer: [UInt8]) -> [UInt8] {
    var text = Array(json.utf8)
    while text.count % 4 != 0 { text.append(0x20) }
    let words = MATSamples.little
    return Array("glTF".utf8) + words(2) + words(UInt32(28 + text.count + buffer.count)) + words(UInt32(text.count))
      + Array("JSON".utf8) + text + words(UInt32(buffer.count)) + Array("BIN\0".utf8) + buffer
  }
}
