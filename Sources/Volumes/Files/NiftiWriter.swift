import CNifti

/// The header of a NIfTI file, made by niftilib from the extents and the affine of a series.
enum NiftiWriter {
  private static let millimetres: Int32 = 2
  private static let seconds: Int32 = 8
  /// Aligned to some other image: all that is known of a forecast's space.
  private static let alignedCode: Int32 = 2

  /// Header and an empty extension flag: everything before the voxels of a single-file image.
  static func header(for series: Series) throws -> [UInt8] {
    nifti_set_debug_level(0)
    let shape = series.shape
    let dimensions: [Int64] = [4, shape.depth, shape.height, shape.width, shape.frameCount, 1, 1, 1].map { Int64($0) }
    let isByte = if case .uint8 = series.values { true } else { false }
    guard let image = nifti_make_new_nim(dimensions, isByte ? DT_UINT8 : DT_FLOAT32, 0) else {
      throw VolumeError(.wrongShape, series.name, "a series of \(shape.dimensions) cannot be written as NIfTI")
    }
    defer { nifti_image_free(image) }
    image.pointee.xyz_units = millimetres
    image.pointee.time_units = seconds
    setVoxelSizes(image, (1, 1, 1))
    if let affine = series.affine { setSpace(image, affine) }
    return bytes(of: image, needsWideDimensions: dimensions.contains { $0 > Int64(Int16.max) })
  }

  private static func setVoxelSizes(_ image: UnsafeMutablePointer<nifti_image>, _ sizes: (Double, Double, Double)) {
    (image.pointee.dx, image.pointee.dy, image.pointee.dz, image.pointee.dt) = (sizes.0, sizes.1, sizes.2, 1)
    image.pointee.pixdim = (0, sizes.0, sizes.1, sizes.2, 1, 1, 1, 1)
  }

  private static func setSpace(_ image: UnsafeMutablePointer<nifti_image>, _ affine: Affine) {
    var matrix = nifti_dmat44()
    withUnsafeMutableBytes(of: &matrix.m) { bytes in
      let values = bytes.bindMemory(to: Double.self)
      for row in 0..<3 {
        for column in 0..<4 { values[4 * row + column] = affine.rows[row][column] }
      }
      values[15] = 1
    }
    image.pointee.sto_xyz = matrix
    image.pointee.sform_code = alignedCode
    guard affine.isInvertible else { return }
    var (sizeI, sizeJ, sizeK) = (0.0, 0.0, 0.0)
    nifti_dmat44_to_quatern(
      matrix, &image.pointee.quatern_b, &image.pointee.quatern_c, &image.pointee.quatern_d,
      &image.pointee.qoffset_x, &image.pointee.qoffset_y, &image.pointee.qoffset_z,
      &sizeI, &sizeJ, &sizeK, &image.pointee.qfac)
    setVoxelSizes(image, (sizeI, sizeJ, sizeK))
    image.pointee.pixdim.0 = image.pointee.qfac
    image.pointee.qform_code = alignedCode
  }

  private static func bytes(of image: UnsafeMutablePointer<nifti_image>, needsWideDimensions: Bool) -> [UInt8] {
    // Type 1 is a single NIfTI-1 file, type 4 a single NIfTI-2 file; the extension flag makes voxels start at 352 or 544.
    let noExtensions: [UInt8] = [0, 0, 0, 0]
    if needsWideDimensions {
      image.pointee.nifti_type = 4
      image.pointee.iname_offset = 544
      var header = nifti_2_header()
      nifti_convert_nim2n2hdr(image, &header)
      return withUnsafeBytes(of: header) { Array($0) } + noExtensions
    }
    image.pointee.nifti_type = 1
    image.pointee.iname_offset = 352
    var header = nifti_1_header()
    nifti_convert_nim2n1hdr(image, &header)
    return withUnsafeBytes(of: header) { Array($0) } + noExtensions
  }
}
