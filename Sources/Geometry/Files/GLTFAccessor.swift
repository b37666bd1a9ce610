import Foundation

/// Numbers of a glTF document, found through its accessors, views and buffers; every range is checked before it is used.
struct GLTFNumbers {
  private let document: GLTFDocument
  private let buffers: GLTFBuffers
  private let file: String
  /// Vertices, corners and faces that may still be made. A file can name the same numbers any number of times, so this
  /// is what keeps memory and time within a constant times its size.
  private(set) var budget: Int

  init(_ document: GLTFDocument, _ buffers: GLTFBuffers, file: String) {
    (self.document, self.buffers, self.file) = (document, buffers, file)
    budget = 16 * buffers.byteCount
  }

  /// Takes from the budget.
  mutating func spend(_ count: Int) throws {
    budget -= count
    guard budget >= 0 else {
      throw MeshFileError(
        file, nil, "it repeats its meshes so often that they have over 16 vertices and faces for every byte of the file"
      )
    }
  }

  /// A run of equal elements in a buffer.
  private struct Layout {
    var data: Data
    var start: Int
    var stride: Int
    var type: Int
  }

  /// Positions: floats, or quantized as whole numbers.
  mutating func positions(_ index: Int) throws -> [SIMD3<Float>] {
    let accessor = try accessor(index)
    guard accessor.type == "VEC3", [5120, 5121, 5122, 5123, 5126].contains(accessor.componentType) else {
      throw error("accessor \(index)", "positions are not three floats or short whole numbers")
    }
    try spend(accessor.count)
    let isNormalized = accessor.normalized == true
    var positions = [SIMD3<Float>](repeating: .zero, count: accessor.count)
    if let view = accessor.bufferView {
      let layout = try layout(view, accessor.byteOffset, accessor.componentType, width: 3, count: accessor.count)
      layout.data.withUnsafeBytes { bytes in
        for number in positions.indices { positions[number] = Self.vector(bytes, layout, number, isNormalized) }
      }
    } else if accessor.sparse == nil {
      throw error("accessor \(index)", "it has no data")
    }
    if let sparse = accessor.sparse {
      guard sparse.count >= 0, sparse.count <= accessor.count else {
        throw error("accessor \(index)", "\(sparse.count) of \(accessor.count) values are replaced")
      }
      let places = try wholeNumbers(sparse.indices, count: sparse.count)
      let layout = try layout(
        sparse.values.bufferView, sparse.values.byteOffset, accessor.componentType, width: 3, count: sparse.count)
      for (number, place) in places.enumerated() {
        guard place < accessor.count else { throw error("accessor \(index)", "value \(place) does not exist") }
        positions[Int(place)] = layout.data.withUnsafeBytes { Self.vector($0, layout, number, isNormalized) }
      }
    }
    return positions
  }

  /// Numbers of vertices.
  mutating func indices(_ index: Int) throws -> [UInt32] {
    let accessor = try accessor(index)
    guard accessor.type == "SCALAR", accessor.sparse == nil, accessor.normalized != true,
      let view = accessor.bufferView
    else { throw error("accessor \(index)", "vertex numbers are not a plain list of whole numbers") }
    let part = GLTFDocument.Part(
      bufferView: view, byteOffset: accessor.byteOffset, componentType: accessor.componentType)
    return try wholeNumbers(part, count: accessor.count)
  }

  private mutating func wholeNumbers(_ part: GLTFDocument.Part, count: Int) throws -> [UInt32] {
    guard let type = part.componentType, [5121, 5123, 5125].contains(type) else {
      throw error("buffer view \(part.bufferView)", "vertex numbers have none of the types 5121, 5123 and 5125")
    }
    try spend(count)
    let layout = try layout(part.bufferView, part.byteOffset, type, width: 1, count: count)
    return layout.data.withUnsafeBytes { bytes in
      (0..<count).map { number in
        let offset = layout.start + number * layout.stride
        switch type {
        case 5121: return UInt32(bytes[offset])
        case 5123: return UInt32(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        default: return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
      }
    }
  }

  private func accessor(_ index: Int) throws -> GLTFDocument.Accessor {
    guard let list = document.accessors, list.indices.contains(index) else {
      throw error("accessor \(index)", "it does not exist")
    }
    guard list[index].count >= 0, list[index].count <= budget else {
      throw error("accessor \(index)", "\(list[index].count) elements do not fit into the file")
    }
    return list[index]
  }

  /// Where elements lie, checked against view and buffer.
  private func layout(_ view: Int, _ offset: Int?, _ type: Int, width: Int, count: Int) throws -> Layout {
    let place = "buffer view \(view)"
    guard let views = document.bufferViews, views.indices.contains(view),
      buffers.buffers.indices.contains(views[view].buffer)
    else { throw error(place, "it or its buffer does not exist") }
    let entry = views[view]
    if let name = entry.extensions?.names.first(where: { $0.contains("meshopt") }) {
      throw error(place, GLTFDocument.refusal(of: name))
    }
    let data = buffers.buffers[entry.buffer]
    let size = width * Self.size(of: type)
    let (start, skipped, stride) = (entry.byteOffset ?? 0, offset ?? 0, entry.byteStride ?? size)
    guard start >= 0, start <= data.count, entry.byteLength >= 0, entry.byteLength <= data.count - start else {
      throw error(place, "it reaches beyond its buffer of \(data.count) bytes; the file is cut off or broken")
    }
    // The last element need not be followed by what lies between two.
    guard stride >= size, stride <= 252 || stride == size, skipped >= 0, skipped <= entry.byteLength,
      count == 0 || (count - 1) * stride + size <= entry.byteLength - skipped
    else { throw error(place, "\(count) elements do not fit into its \(entry.byteLength) bytes") }
    return Layout(data: data, start: start + skipped, stride: stride, type: type)
  }

  private static func size(of type: Int) -> Int {
    switch type {
    case 5120, 5121: 1
    case 5122, 5123: 2
    default: 4
    }
  }

  private static func vector(
    _ bytes: UnsafeRawBufferPointer, _ layout: Layout, _ number: Int, _ isNormalized: Bool
  ) -> SIMD3<Float> {
    var result = SIMD3<Float>.zero
    for axis in 0..<3 {
      let offset = layout.start + number * layout.stride + axis * size(of: layout.type)
      func half() -> UInt16 { UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }
      let (value, largest): (Float, Float) =
        switch layout.type {
        case 5120: (Float(Int8(bitPattern: bytes[offset])), 127)
        case 5121: (Float(bytes[offset]), 255)
        case 5122: (Float(Int16(bitPattern: half())), 32767)
        case 5123: (Float(half()), 65535)
        default:
          (
            Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))), 1
          )
        }
      result[axis] = isNormalized && layout.type != 5126 ? max(value / largest, -1) : value
    }
    return result
  }

  private func error(_ place: String, _ reason: String) -> MeshFileError { MeshFileError(file, place, reason) }
}
