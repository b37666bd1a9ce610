import CNifti

/// What a NIfTI header says about voxels and space, checked before any voxel is read.
///
/// niftilib interprets the header (orientation above all); the bytes of voxels are read here, with bounds.
struct NiftiHeader {
  /// Extents i, j, k and number of time points.
  var extents: (Int, Int, Int)
  var frameCount: Int
  /// NIfTI's code of the voxel type.
  var dataType: Int32
  var bytesPerVoxel: Int
  /// Where the voxels begin in their file.
  var voxelOffset: Int
  /// Voxels lie in a second file.
  var isPair: Bool
  var isSwapped: Bool
  var slope: Double
  var intercept: Double
  var affine: Affine?

  static let largestSize = 544

  var shape: Series.Shape {
    Series.Shape(frameCount: frameCount, depth: extents.0, height: extents.1, width: extents.2)
  }
  var voxelBytes: Int { shape.count * bytesPerVoxel }

  /// True if the bytes begin like a NIfTI header of either version and byte order.
  static func begins(_ bytes: [UInt8]) -> Bool { version(bytes) != nil }

  private static func version(_ bytes: [UInt8]) -> (number: Int, isSwapped: Bool)? {
    guard bytes.count >= 348 else { return nil }
    let size = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
    for (number, length, place) in [(1, Int32(348), 344), (2, 540, 4)]
    where size == length || size == length.byteSwapped {
      guard bytes.count >= Int(length), bytes[place] == UInt8(ascii: "n"), bytes[place + 2] == UInt8(48 + number),
        bytes[place + 1] == UInt8(ascii: "+") || bytes[place + 1] == UInt8(ascii: "i")
      else { return nil }
      return (number, size != length)
    }
    return nil
  }

  /// Reads the header at the start of `bytes`.
  init(_ bytes: [UInt8], path: String) throws {
    guard let version = Self.version(bytes) else {
      throw VolumeError(.corrupt, path, "has no NIfTI header (Analyze 7.5 files must be converted to NIfTI first)")
    }
    // Messages belong into errors; niftilib would print them.
    nifti_set_debug_level(0)
    isSwapped = version.isSwapped
    let image: UnsafeMutablePointer<nifti_image>
    if version.number == 1 {
      var header = bytes.withUnsafeBytes { $0.loadUnaligned(as: nifti_1_header.self) }
      if isSwapped { nifti_swap_as_nifti1(&header) }
      isPair = header.magic.1 == CChar(UInt8(ascii: "i"))
      let dimensions = withUnsafeBytes(of: header.dim) { $0.bindMemory(to: Int16.self).map(Int.init) }
      (extents, frameCount) = try Self.extents(dimensions, path: path)
      bytesPerVoxel = try Self.voxelSize(Int32(header.datatype), path: path)
      voxelOffset = try Self.offset(Double(header.vox_offset), headerSize: isPair ? 0 : 348, path: path)
      image = try Self.interpreted(nifti_convert_n1hdr2nim(header, nil), path: path)
    } else {
      var header = bytes.withUnsafeBytes { $0.loadUnaligned(as: nifti_2_header.self) }
      if isSwapped { nifti_swap_as_nifti2(&header) }
      isPair = header.magic.1 == CChar(UInt8(ascii: "i"))
      let dimensions = withUnsafeBytes(of: header.dim) { $0.bindMemory(to: Int64.self).map(Int.init) }
      (extents, frameCount) = try Self.extents(dimensions, path: path)
      bytesPerVoxel = try Self.voxelSize(Int32(header.datatype), path: path)
      voxelOffset = try Self.offset(Double(header.vox_offset), headerSize: isPair ? 0 : 540, path: path)
      image = try Self.interpreted(nifti_convert_n2hdr2nim(header, nil), path: path)
    }
    defer { nifti_image_free(image) }
    dataType = image.pointee.datatype
    (slope, intercept) = (image.pointee.scl_slope, image.pointee.scl_inter)
    // A slope of zero means that there is no scaling.
    if slope == 0 { (slope, intercept) = (1, 0) }
    affine = Self.affine(of: image.pointee)
  }

  private static func interpreted(_ image: UnsafeMutablePointer<nifti_image>?, path: String) throws
    -> UnsafeMutablePointer<nifti_image>
  {
    guard let image else { throw VolumeError(.corrupt, path, "the NIfTI header contradicts itself") }
    return image
  }

  private static func extents(_ dimensions: [Int], path: String) throws -> ((Int, Int, Int), Int) {
    let rank = dimensions[0]
    guard (1...7).contains(rank), dimensions[1...rank].allSatisfy({ $0 > 0 }) else {
      throw VolumeError(.corrupt, path, "the NIfTI header has impossible dimensions \(dimensions)")
    }
    let used = dimensions[1...rank].map { $0 }
    guard rank >= 3, used.dropFirst(4).allSatisfy({ $0 == 1 }) else {
      throw VolumeError(.wrongShape, path, "has the axes \(used); 3 spatial axes and at most one of time are read")
    }
    var count = 1
    for extent in used {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product < 1 << 48 else {
        throw VolumeError(.corrupt, path, "the NIfTI header has impossible dimensions \(used)")
      }
      count = product
    }
    return ((used[0], used[1], used[2]), rank >= 4 ? used[3] : 1)
  }

  private static func voxelSize(_ dataType: Int32, path: String) throws -> Int {
    switch dataType {
    case DT_UINT8, DT_INT8: return 1
    case DT_INT16, DT_UINT16: return 2
    case DT_INT32, DT_UINT32, DT_FLOAT32: return 4
    case DT_INT64, DT_UINT64, DT_FLOAT64: return 8
    default:
      throw VolumeError(.unsupported, path, "NIfTI voxel type \(dataType) is not read; convert it to uint8 or float32")
    }
  }

  private static func offset(_ offset: Double, headerSize: Int, path: String) throws -> Int {
    guard offset.isFinite, offset >= 0, offset < 0x1p48 else {
      throw VolumeError(.corrupt, path, "the NIfTI header has an impossible voxel offset")
    }
    return max(Int(offset), headerSize)
  }

  /// sform if the file has one that can be inverted, else qform, else voxel sizes; nil if it says nothing at all.
  private static func affine(of image: nifti_image) -> Affine? {
    if image.sform_code > 0, let affine = Affine(image.sto_xyz), affine.isInvertible { return affine }
    guard let affine = Affine(image.qto_xyz), affine.isInvertible else { return nil }
    if image.qform_code <= 0 && image.dx == 1 && image.dy == 1 && image.dz == 1 { return nil }
    return affine
  }
}

extension Affine {
  /// The first three rows of a 4x4 matrix, nil if it is not finite.
  init?(_ matrix: nifti_dmat44) {
    let values = withUnsafeBytes(of: matrix.m) { Array($0.bindMemory(to: Double.self)) }
    guard values.allSatisfy(\.isFinite) else { return nil }
    self.init(rows: (0..<3).map { SIMD4(values[4 * $0], values[4 * $0 + 1], values[4 * $0 + 2], values[4 * $0 + 3]) })
  }

  /// Determinant of the linear part.
  var determinant: Double {
    let (a, b, c) = (rows[0], rows[1], rows[2])
    return a.x * (b.y * c.z - b.z * c.y) - a.y * (b.x * c.z - b.z * c.x) + a.z * (b.x * c.y - b.y * c.x)
  }

  var isInvertible: Bool { determinant.isFinite && abs(determinant) > 1e-30 }
}
