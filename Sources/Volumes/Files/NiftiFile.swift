import Foundation

/// NIfTI-1 and NIfTI-2 images with three spatial axes and optionally time: .nii, .nii.gz and .hdr with .img.
///
/// *Units and frame*: the spatial axes D, H, W of the series are NIfTI's i, j, k in this order, as `image[i, j, k]` in
/// nibabel; so the columns of the file's affine are the columns of `Series.affine`. In the file i runs fastest, in the
/// series k does: values are reordered on the way, in both directions.
public enum NiftiFile {
  /// Extents of an image, without its voxels.
  public static func shape(of path: String) throws -> Series.Shape {
    try header(of: headerPath(path)).shape
  }

  /// Reads an image; a three-dimensional one is a series of one frame.
  ///
  /// Unscaled bytes stay bytes, everything else becomes float32 with slope and intercept applied. Physical space comes
  /// from the sform, else from the qform, else from the voxel sizes.
  ///
  /// *Throws*: `VolumeError`; header and lengths are checked before memory for voxels is taken.
  public static func read(_ path: String, limit: Int = FileLimits.maximumBytes) throws -> Series {
    let path = headerPath(path)
    let header = try header(of: path)
    let voxelPath = header.isPair ? try imagePath(path) : path
    guard header.shape.count <= limit / max(4, header.bytesPerVoxel) else {
      throw VolumeError(.tooLarge, path, "\(header.shape.dimensions) voxels are more than \(limit) bytes, the limit")
    }
    let bytes = try voxelBytes(of: voxelPath, header: header)
    let values = bytes.withUnsafeBytes { file in
      let start = header.voxelOffset
      return NiftiVoxels(
        header: header, bytes: UnsafeRawBufferPointer(rebasing: file[start..<start + header.voxelBytes])
      ).values
    }
    try values.requireFinite(shape: header.shape.dimensions, path: path)
    let name = SeriesFile.stem(of: path)
    return Series(name: name, shape: header.shape, values: values, affine: header.affine)
  }

  /// `.img` stands for the header beside it.
  private static func headerPath(_ path: String) -> String {
    if path.hasSuffix(".img") { return path.dropLast(4) + ".hdr" }
    if path.hasSuffix(".img.gz") { return path.dropLast(7) + ".hdr.gz" }
    return path
  }

  private static func imagePath(_ headerPath: String) throws -> String {
    let stem = SeriesFile.pathWithoutExtension(headerPath)
    for candidate in [stem + ".img", stem + ".img.gz"] where FileManager.default.fileExists(atPath: candidate) {
      return candidate
    }
    throw VolumeError(.missing, stem + ".img", "the header \(headerPath) has no image file beside it")
  }

  private static func header(of path: String) throws -> NiftiHeader {
    let start = try InputFile.prefix(of: path, count: 1 << 16)
    guard Gzip.begins(start) else { return try NiftiHeader(start, path: path) }
    do {
      return try NiftiHeader(Gzip.prefix(of: start, count: NiftiHeader.largestSize, path: path), path: path)
    } catch let error as VolumeError where error.problem == .corrupt && start.count == 1 << 16 {
      // A member name or block table longer than the first piece; rare enough to read everything.
      let all = try InputFile.bytes(of: path)
      return try NiftiHeader(Gzip.prefix(of: all, count: NiftiHeader.largestSize, path: path), path: path)
    }
  }

  /// The whole file that holds the voxels, decompressed and long enough.
  private static func voxelBytes(of path: String, header: NiftiHeader) throws -> [UInt8] {
    let needed = header.voxelOffset + header.voxelBytes
    let file = try InputFile(path)
    let isCompressed = try Gzip.begins(InputFile.prefix(of: path, count: 3))
    // Some writers leave a little padding at the end.
    let limit = needed + (1 << 20)
    let available = isCompressed ? file.length.multipliedReportingOverflow(by: 1032).partialValue : file.length
    guard needed <= available else { throw cutOff(path, needed: needed, available: available) }
    guard isCompressed else { return try file.read(needed) }
    let bytes = try Gzip.decompress(file.read(file.length), path: path, limit: limit)
    guard needed <= bytes.count else { throw cutOff(path, needed: needed, available: bytes.count) }
    return bytes
  }

  private static func cutOff(_ path: String, needed: Int, available: Int) -> VolumeError {
    VolumeError(
      .corrupt, path, "the NIfTI header needs \(needed) bytes, the file has at most \(available): it is cut off")
  }

  /// Writes a series as a four-dimensional image, .nii or .nii.gz by name; bytes as uint8, floats as float32.
  ///
  /// NIfTI-1 unless an extent is beyond its 32767, then NIfTI-2. The affine goes into the sform and, as far as a
  /// rotation and voxel sizes can express it, into the qform.
  public static func write(_ series: Series, to path: String, replacing: Bool = true) throws {
    let bytes = try NiftiWriter.header(for: series) + NiftiVoxels.fileOrder(of: series)
    try AtomicFile.write(path.hasSuffix(".gz") ? Gzip.compress(bytes) : bytes, to: path, replacing: replacing)
  }
}
