import Foundation

extension Mesh {
  /// glTF 2.0 as text: the same scene, with its buffer in base64.
  func gltfText() -> [UInt8] {
    guard !faces.isEmpty else { return Array(emptySceneJSON.utf8) }
    let data = Data(sceneBytes).base64EncodedString()
    return Array(sceneJSON(uri: #""uri":"data:application/octet-stream;base64,\#(data)","#).utf8)
  }

  /// Positions, normals and corners.
  private var sceneBytes: [UInt8] {
    var binary = MeshBytes(capacity: 24 * positions.count + 12 * faces.count)
    for position in positions { binary.append(position) }
    for normal in vertexNormals() { binary.append(normal) }
    for face in faces { binary.append(face) }
    return binary.bytes
  }

  /// Binary glTF 2.0: one node with one mesh of positions, normals and triangles; an empty scene for an empty mesh.
  ///
  /// *Units and frame*: positions are written as they are, though glTF calls y up and metres the unit.
  func glbBytes() -> [UInt8] {
    var json = MeshBytes(capacity: 2048)
    json.append(faces.isEmpty ? emptySceneJSON : sceneJSON(uri: ""))
    json.pad(with: 0x20)
    let binary = faces.isEmpty ? [] : sceneBytes
    let total = 12 + 8 + json.bytes.count + (binary.isEmpty ? 0 : 8 + binary.count)
    var output = MeshBytes(capacity: total)
    output.append("glTF")
    output.append(UInt32(2))
    output.append(UInt32(total))
    output.append(UInt32(json.bytes.count))
    output.append("JSON")
    var bytes = output.bytes + json.bytes
    if !binary.isEmpty {
      var head = MeshBytes(capacity: 8)
      head.append(UInt32(binary.count))
      head.append("BIN\0")
      bytes += head.bytes + binary
    }
    return bytes
  }

  private var assetJSON: String { #""asset":{"version":"2.0","generator":"formcast"},"scene":0"# }

  private var emptySceneJSON: String { "{\(assetJSON),\"scenes\":[{}]}" }

  private func sceneJSON(uri: String) -> String {
    let (vertexBytes, faceBytes) = (12 * positions.count, 12 * faces.count)
    let box = bounds ?? Bounds(lower: .zero, upper: .zero)
    func list(_ v: SIMD3<Float>) -> String { "[\(v.x),\(v.y),\(v.z)]" }
    // 34962 and 34963 are vertex and index buffers, 5126 and 5125 floats and 32-bit indices, mode 4 triangles.
    let views = [
      #"{"buffer":0,"byteOffset":0,"byteLength":\#(vertexBytes),"target":34962}"#,
      #"{"buffer":0,"byteOffset":\#(vertexBytes),"byteLength":\#(vertexBytes),"target":34962}"#,
      #"{"buffer":0,"byteOffset":\#(2 * vertexBytes),"byteLength":\#(faceBytes),"target":34963}"#,
    ]
    let vector = #""componentType":5126,"count":\#(positions.count),"type":"VEC3""#
    let accessors = [
      #"{"bufferView":0,\#(vector),"min":\#(list(box.lower)),"max":\#(list(box.upper))}"#,
      #"{"bufferView":1,\#(vector)}"#,
      #"{"bufferView":2,"componentType":5125,"count":\#(3 * faces.count),"type":"SCALAR"}"#,
    ]
    let primitive = #"{"attributes":{"POSITION":0,"NORMAL":1},"indices":2,"material":0,"mode":4}"#
    let surface = #"{"baseColorFactor":[0.8,0.8,0.8,1],"metallicFactor":0,"roughnessFactor":0.7}"#
    let parts = [
      assetJSON, #""scenes":[{"nodes":[0]}]"#, #""nodes":[{"mesh":0}]"#,
      #""meshes":[{"primitives":[\#(primitive)]}]"#,
      #""materials":[{"pbrMetallicRoughness":\#(surface)}]"#,
      #""accessors":[\#(accessors.joined(separator: ","))]"#,
      #""bufferViews":[\#(views.joined(separator: ","))]"#,
      #""buffers":[{\#(uri)"byteLength":\#(2 * vertexBytes + faceBytes)}]"#,
    ]
    return "{\(parts.joined(separator: ","))}"
  }
}
