/// The bytes of a file in the making.
struct MeshBytes {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Little endian, whatever the machine's order.
  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ vector: SIMD3<Float>) {
    for axis in 0..<3 { append(vector[axis].bitPattern) }
  }

  mutating func append(_ indices: SIMD3<UInt32>) {
    for corner in 0..<3 { append(indices[corner]) }
  }

  /// Words between spaces and a line end; floats in the shortest form that reads back as the same value.
  mutating func appendLine(_ prefix: String, _ vector: SIMD3<Float>) {
    append("\(prefix)\(vector.x) \(vector.y) \(vector.z)\n")
  }

  /// Fills up to a multiple of four bytes, as chunks of glTF need.
  mutating func pad(with byte: UInt8) {
    while bytes.count % 4 != 0 { bytes.append(byte) }
  }
}
