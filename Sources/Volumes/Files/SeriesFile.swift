import Foundation
import Records

/// Reading, writing and finding series, whatever their format.
public enum SeriesFile {
  /// Reads all series of a file or of a folder of frames; the format is found by content, helped by the name.
  ///
  /// Read are npz (`frames`, or the original cavity layout), npy [T, D, H, W], record files (gzip or plain), NIfTI
  /// (.nii, .nii.gz, .hdr with .img) and folders of numbered npy or NIfTI frames. Only record files can hold several.
  ///
  /// *Throws*: `VolumeError`; nothing is allocated in proportion to what a file merely claims.
  public static func read(_ path: String, limit: Int = FileLimits.maximumBytes) throws -> [Series] {
    if isRecordName(path), let series = try SeriesRecord.readIfRecords(path, limit: limit) { return series }
    if isDirectory(path) { return [try readFolder(path, limit: limit)] }
    let start = try InputFile.prefix(of: path, count: NiftiHeader.largestSize)
    guard !start.isEmpty else { throw VolumeError(.empty, path, "the file is empty") }
    if start.starts(with: NpyHeader.magic) { return [try NumpySeries.readArray(path, limit: limit)] }
    if start.starts(with: Array("PK".utf8)) { return [try NumpySeries.readArchive(path, limit: limit)] }
    if isNiftiName(path) || path.hasSuffix(".img") || path.hasSuffix(".img.gz") || NiftiHeader.begins(start) {
      return [try NiftiFile.read(path, limit: limit)]
    }
    if Gzip.begins(start) { return try readCompressed(path, limit: limit) }
    if isRecordName(path) || start.withUnsafeBytes(TFRecord.begins) { return try SeriesRecord.read(path, limit: limit) }
    throw unknown(path)
  }

  private static func readCompressed(_ path: String, limit: Int) throws -> [Series] {
    let file = try InputFile.bytes(of: path, limit: limit)
    let start = try Gzip.prefix(of: file, count: NiftiHeader.largestSize, path: path)
    if NiftiHeader.begins(start) { return [try NiftiFile.read(path, limit: limit)] }
    guard isRecordName(path) || start.withUnsafeBytes(TFRecord.begins) else { throw unknown(path) }
    return try SeriesRecord.series(in: file, path: path, limit: limit)
  }

  private static func readFolder(_ path: String, limit: Int) throws -> Series {
    let samples = try listSeries(in: path)
    guard samples == [path] else {
      throw VolumeError(
        .unsupported, path,
        "is a folder of \(samples.count) series, not of frames; name one of them, such as \(samples[0])")
    }
    return try FrameFolder.read(path, limit: limit)
  }

  private static func unknown(_ path: String) -> VolumeError {
    if path.hasSuffix(".npy") || path.hasSuffix(".npz") {
      return VolumeError(.corrupt, path, "is damaged: it does not begin as its name promises")
    }
    return VolumeError(
      .unknownFormat, path, "is none of npz, npy, TFRecord, NIfTI; see 'formcast data convert --help' for the layouts")
  }

  // MARK: Writing

  /// Writes a series in the format of the extension: npz, npy, tfrecord(s), nii or nii.gz.
  public static func write(_ series: Series, to path: String, replacing: Bool = true) throws {
    if isRecordName(path) {
      try SeriesRecord.write(series, to: path, replacing: replacing)
    } else if path.hasSuffix(".npz") {
      try NumpySeries.writeArchive(series, to: path, replacing: replacing)
    } else if path.hasSuffix(".npy") {
      try NpyFile.write(NumpySeries.array(of: series), to: path, replacing: replacing)
    } else if path.hasSuffix(".nii") || path.hasSuffix(".nii.gz") {
      try NiftiFile.write(series, to: path, replacing: replacing)
    } else {
      throw VolumeError(.unknownFormat, path, "cannot be written; use .npz, .npy, .tfrecords, .nii or .nii.gz")
    }
  }

  // MARK: Finding

  /// The paths of all series in a folder, in the order of their bytes; no voxel is read.
  ///
  /// Files of series and subfolders of frames count; a folder that itself consists of frames is its only series.
  ///
  /// *Throws*: `VolumeError` if there is no such folder or nothing in it.
  public static func listSeries(in directory: String) throws -> [String] {
    let names = try fileNames(in: directory)
    var found = names.filter { isRecordName($0) || $0.hasSuffix(".npz") }
    for arrays in [names.filter { $0.hasSuffix(".npy") }, names.filter(isNiftiName)] where !arrays.isEmpty {
      if found.isEmpty, try isFrame("\(directory)/\(arrays[0])") { return [directory] }
      found += arrays
    }
    found += try subfolders(in: directory).filter { try holdsFrames("\(directory)/\($0)") }
    guard !found.isEmpty else {
      throw VolumeError(
        .empty, directory, "holds no series (.tfrecords, .npz, .npy, .nii, .nii.gz or folders of frames)")
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { "\(directory)/\($0)" }
  }

  /// True if an npy or NIfTI file has no axis of time.
  private static func isFrame(_ path: String) throws -> Bool {
    if path.hasSuffix(".npy") { return try NpyFile.header(of: path).shape.count == 3 }
    return try NiftiFile.shape(of: path).frameCount == 1
  }

  private static func holdsFrames(_ directory: String) throws -> Bool {
    try fileNames(in: directory).contains { $0.hasSuffix(".npy") || isNiftiName($0) }
  }

  /// Visible files of a folder, in the order of their bytes.
  static func fileNames(in directory: String) throws -> [String] {
    try visibleNames(in: directory).filter { !isDirectory("\(directory)/\($0)") }
  }

  private static func subfolders(in directory: String) throws -> [String] {
    try visibleNames(in: directory).filter { isDirectory("\(directory)/\($0)") }
  }

  private static func visibleNames(in directory: String) throws -> [String] {
    guard isDirectory(directory) else {
      let exists = FileManager.default.fileExists(atPath: directory)
      throw VolumeError(
        exists ? .unsupported : .missing, directory,
        exists ? "is not a folder" : "no such file or folder; check the path")
    }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory).filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw VolumeError(.inputOutput, directory, "cannot be listed: \(error.localizedDescription)")
    }
  }

  // MARK: Names

  /// The last component of a path without the extension of a series file: what a series is called.
  public static func stem(of path: String) -> String {
    pathWithoutExtension(URL(fileURLWithPath: path).lastPathComponent)
  }

  static func pathWithoutExtension(_ path: String) -> String {
    let extensions = [
      ".nii.gz", ".hdr.gz", ".img.gz", ".tfrecords", ".tfrecord", ".nii", ".hdr", ".img", ".npz", ".npy", ".gz",
    ]
    guard let suffix = extensions.first(where: path.hasSuffix) else { return path }
    return String(path.dropLast(suffix.count))
  }

  static func isRecordName(_ name: String) -> Bool {
    [".tfrecords", ".tfrecord", ".tfrecords.gz", ".tfrecord.gz"].contains(where: name.hasSuffix)
  }

  /// Names of images; of a pair only the header counts.
  static func isNiftiName(_ name: String) -> Bool {
    [".nii", ".nii.gz", ".hdr", ".hdr.gz"].contains(where: name.hasSuffix)
  }

  private static func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
