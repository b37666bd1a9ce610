/// Files of one numpy array (versions 1 to 3).
public enum NpyFile {
  /// Reads an array; its header is held against the file's length before memory is taken.
  public static func read(_ path: String, limit: Int = FileLimits.maximumBytes) throws -> NpyArray {
    try array(from: InputFile(path), limit: limit)
  }

  /// Extents and element type, without the values.
  public static func header(of path: String) throws -> (shape: [Int], scalarType: NpyArray.ScalarType) {
    let header = try NpyHeader(from: InputFile(path), limit: .max)
    return (header.shape, header.scalarType)
  }

  /// Writes an array (version 1.0, little-endian, C order); the file appears when it is complete.
  public static func write(_ array: NpyArray, to path: String, replacing: Bool = true) throws {
    let file = try AtomicFile(path, replacing: replacing)
    try file.write(NpyHeader.bytes(for: array))
    try file.write(array.data)
    try file.commit()
  }

  static func array(from source: any ByteSource, limit: Int) throws -> NpyArray {
    let header = try NpyHeader(from: source, limit: limit)
    var data = try source.read(source.remaining)
    let size = header.scalarType.size
    if header.isBigEndian { swapBytes(&data, size: size) }
    if header.isFortranOrder && header.shape.count > 1 { data = rowMajor(data, shape: header.shape, size: size) }
    return NpyArray(shape: header.shape, scalarType: header.scalarType, data: data)
  }

  private static func swapBytes(_ data: inout [UInt8], size: Int) {
    guard size > 1 else { return }
    data.withUnsafeMutableBufferPointer { bytes in
      for start in stride(from: 0, to: bytes.count, by: size) {
        for index in 0..<size / 2 { bytes.swapAt(start + index, start + size - 1 - index) }
      }
    }
  }

  /// From Fortran (first index fastest) to C order (last index fastest).
  private static func rowMajor(_ data: [UInt8], shape: [Int], size: Int) -> [UInt8] {
    guard !data.isEmpty else { return data }
    var strides = [Int](repeating: size, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    let innerCount = shape[shape.count - 1], innerStride = strides[shape.count - 1]
    var index = [Int](repeating: 0, count: shape.count)
    return data.withUnsafeBytes { source in
      [UInt8](unsafeUninitializedCapacity: data.count) { buffer, initialized in
        var target = UnsafeMutableRawPointer(buffer.baseAddress!)
        let end = target + data.count
        while target < end {
          let start = source.baseAddress! + zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
          for inner in 0..<innerCount {
            target.copyMemory(from: start + inner * innerStride, byteCount: size)
            target += size
          }
          advance(&index, shape)
        }
        initialized = data.count
      }
    }
  }

  /// The next index of all axes but the last, in row-major order.
  private static func advance(_ index: inout [Int], _ shape: [Int]) {
    for axis in (0..<shape.count - 1).reversed() {
      index[axis] += 1
      if index[axis] < shape[axis] { return }
      index[axis] = 0
    }
  }
}
