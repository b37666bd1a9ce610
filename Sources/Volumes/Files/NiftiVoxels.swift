import CNifti

/// Voxels between the order of a NIfTI file (i fastest) and that of a series (k fastest).
struct NiftiVoxels {
  let header: NiftiHeader
  let bytes: UnsafeRawBufferPointer

  /// The voxels in the order of a series, scaled.
  var values: Series.Values {
    let isScaled = header.slope != 1 || header.intercept != 0
    switch header.dataType {
    case DT_UINT8 where !isScaled: return .uint8(reordered(UInt8.self) { $0 })
    case DT_UINT8: return scaled(UInt8.self) { Double($0) }
    case DT_INT8: return scaled(UInt8.self) { Double(Int8(bitPattern: $0)) }
    case DT_INT16: return scaled(UInt16.self) { Double(Int16(bitPattern: $0)) }
    case DT_UINT16: return scaled(UInt16.self) { Double($0) }
    case DT_INT32: return scaled(UInt32.self) { Double(Int32(bitPattern: $0)) }
    case DT_UINT32: return scaled(UInt32.self) { Double($0) }
    case DT_INT64: return scaled(UInt64.self) { Double(Int64(bitPattern: $0)) }
    case DT_UINT64: return scaled(UInt64.self) { Double($0) }
    case DT_FLOAT32: return scaled(UInt32.self) { Double(Float(bitPattern: $0)) }
    default: return scaled(UInt64.self) { Double(bitPattern: $0) }
    }
  }

  private func scaled<Bits: FixedWidthInteger & BitwiseCopyable>(_ type: Bits.Type, _ number: (Bits) -> Double)
    -> Series.Values
  {
    let (slope, intercept) = (header.slope, header.intercept)
    return .float32(reordered(type) { Float(number($0) * slope + intercept) })
  }

  private func reordered<Bits: FixedWidthInteger & BitwiseCopyable, Value>(
    _ type: Bits.Type, _ convert: (Bits) -> Value
  ) -> [Value] {
    let shape = header.shape, isSwapped = header.isSwapped
    return [Value](unsafeUninitializedCapacity: shape.count) { buffer, initialized in
      for frame in 0..<shape.frameCount {
        let start = frame * shape.voxelsPerFrame
        Self.forEachVoxel(shape) { file, series in
          let stored = bytes.loadUnaligned(fromByteOffset: (start + file) * MemoryLayout<Bits>.size, as: Bits.self)
          buffer.initializeElement(at: start + series, to: convert(isSwapped ? stored.byteSwapped : stored))
        }
      }
      initialized = shape.count
    }
  }

  /// The values of a series as the bytes of a file.
  static func fileOrder(of series: Series) -> [UInt8] {
    switch series.values {
    case .uint8(let values): fileOrder(values, series.shape)
    case .float32(let values): fileOrder(values, series.shape)
    }
  }

  private static func fileOrder<Value: BitwiseCopyable>(_ values: [Value], _ shape: Series.Shape) -> [UInt8] {
    let size = MemoryLayout<Value>.size
    return values.withUnsafeBufferPointer { values in
      [UInt8](unsafeUninitializedCapacity: shape.count * size) { buffer, initialized in
        let target = UnsafeMutableRawBufferPointer(buffer)
        for frame in 0..<shape.frameCount {
          let start = frame * shape.voxelsPerFrame
          forEachVoxel(shape) { file, series in
            target.storeBytes(of: values[start + series], toByteOffset: (start + file) * size, as: Value.self)
          }
        }
        initialized = shape.count * size
      }
    }
  }

  /// Every voxel of a frame by its place in the file and in the series, in tiles that keep both sides in the cache.
  @inline(__always)
  private static func forEachVoxel(_ shape: Series.Shape, _ body: (_ file: Int, _ series: Int) -> Void) {
    let (d, h, w) = (shape.depth, shape.height, shape.width)
    let tile = 16
    for j in 0..<h {
      for firstK in stride(from: 0, to: w, by: tile) {
        for firstI in stride(from: 0, to: d, by: tile) {
          for k in firstK..<min(firstK + tile, w) {
            for i in firstI..<min(firstI + tile, d) { body(i + d * (j + h * k), (i * h + j) * w + k) }
          }
        }
      }
    }
  }
}
