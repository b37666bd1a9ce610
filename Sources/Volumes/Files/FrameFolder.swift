import Foundation

/// A folder of numbered frames: npy arrays or NIfTI images [D, H, W], one time point each.
///
/// The last run of digits in a name is the frame's number; frames are ordered by it (2 before 10). Numbers follow each
/// other without gaps from any start.
public enum FrameFolder {
  private enum Format {
    case npy, nifti
  }

  /// Reads the frames of a folder as one series.
  public static func read(_ path: String, limit: Int = FileLimits.maximumBytes) throws -> Series {
    let (files, format) = try frames(in: path)
    let shapes = try files.map { try frameShape(of: $0, format) }
    for (file, shape) in zip(files, shapes) where shape != shapes[0] {
      throw VolumeError(
        .mixedFrames, file,
        "is a frame of \(shape), the first frame (\(URL(fileURLWithPath: files[0]).lastPathComponent)) is \(shapes[0])")
    }
    guard let shape = Series.Shape([files.count] + shapes[0], count: ([files.count] + shapes[0]).reduce(1, *)) else {
      throw VolumeError(.wrongShape, files[0], "the shape \(shapes[0]) has no voxels")
    }
    guard shape.count <= limit / 4 else {
      throw VolumeError(.tooLarge, path, "\(shape.dimensions) voxels are more than \(limit) bytes, the limit")
    }
    return try series(files, format, shape: shape, name: SeriesFile.stem(of: path))
  }

  private static func series(_ files: [String], _ format: Format, shape: Series.Shape, name: String) throws -> Series {
    var bytes: [UInt8]? = [], floats: [Float] = []
    var affine: Affine?
    for (index, file) in files.enumerated() {
      let frame = try frame(file, format)
      if index == 0 {
        affine = frame.affine
      } else {
        try requireSameSpace(frame.affine, affine, file: file)
      }
      switch frame.values {
      case .uint8(let values):
        if bytes != nil {
          bytes!.append(contentsOf: values)
        } else {
          floats.append(contentsOf: values.lazy.map(Float.init))
        }
      case .float32(let values):
        // One frame of floats makes the series one of floats.
        if let earlier = bytes { floats = earlier.map(Float.init) }
        bytes = nil
        floats.append(contentsOf: values)
      }
    }
    return Series(name: name, shape: shape, values: bytes.map { .uint8($0) } ?? .float32(floats), affine: affine)
  }

  private static func requireSameSpace(_ affine: Affine?, _ first: Affine?, file: String) throws {
    guard let affine, let first else {
      guard affine == first else {
        throw VolumeError(.mixedFrames, file, "the frames do not lie in the same physical space")
      }
      return
    }
    let largest = zip(affine.rows, first.rows).map { abs(($0 - $1).max()) + abs(($0 - $1).min()) }.max() ?? 0
    guard largest < 1e-3 else {
      throw VolumeError(
        .mixedFrames, file, "lies elsewhere in physical space than the first frame; resample it onto that one")
    }
  }

  private static func frameShape(of file: String, _ format: Format) throws -> [Int] {
    switch format {
    case .npy:
      let shape = try NpyFile.header(of: file).shape
      guard shape.count == 3 else {
        throw VolumeError(.wrongShape, file, "has \(shape.count) axes \(shape); a frame has three, D H W")
      }
      return shape
    case .nifti:
      let shape = try NiftiFile.shape(of: file)
      guard shape.frameCount == 1 else {
        throw VolumeError(.wrongShape, file, "has \(shape.frameCount) time points; a frame in a folder has one")
      }
      return Array(shape.dimensions.dropFirst())
    }
  }

  private static func frame(_ file: String, _ format: Format) throws -> (values: Series.Values, affine: Affine?) {
    switch format {
    case .npy: return (try NumpySeries.values(of: NpyFile.read(file), path: file), nil)
    case .nifti:
      let image = try NiftiFile.read(file)
      return (image.values, image.affine)
    }
  }

  // MARK: Names

  private static func frames(in path: String) throws -> (files: [String], Format) {
    let names = try SeriesFile.fileNames(in: path)
    let npy = names.filter { $0.hasSuffix(".npy") }
    let nifti = names.filter { SeriesFile.isNiftiName($0) }
    guard npy.isEmpty || nifti.isEmpty else {
      throw VolumeError(.mixedFrames, path, "holds both npy and NIfTI files; keep one kind of frame in a folder")
    }
    guard !npy.isEmpty || !nifti.isEmpty else {
      throw VolumeError(names.isEmpty ? .empty : .unknownFormat, path, "holds no frames (.npy, .nii, .nii.gz)")
    }
    let ordered = try ordered(npy.isEmpty ? nifti : npy, path: path)
    return (ordered.map { "\(path)/\($0)" }, npy.isEmpty ? .nifti : .npy)
  }

  /// Names by number, which must be consecutive.
  static func ordered(_ names: [String], path: String) throws -> [String] {
    if names.count == 1 { return names }
    let numbered = try names.map { name -> (number: Int, name: String) in
      guard let number = number(in: name) else {
        throw VolumeError(.mixedFrames, "\(path)/\(name)", "has no number in its name; number the frames (frame_0001)")
      }
      return (number, name)
    }.sorted { $0.number < $1.number }
    for (before, after) in zip(numbered, numbered.dropFirst()) where after.number != before.number + 1 {
      let problem =
        after.number == before.number
        ? "the frames \(before.name) and \(after.name) have the same number"
        : "frame \(before.number + 1) is missing: \(after.name) follows \(before.name)"
      throw VolumeError(.mixedFrames, path, problem)
    }
    return numbered.map(\.name)
  }

  /// The last run of digits in a name without its extension.
  private static func number(in name: String) -> Int? {
    let stem = SeriesFile.pathWithoutExtension(name).utf8
    let isDigit = { (byte: UInt8) in byte >= 48 && byte <= 57 }
    guard let last = stem.lastIndex(where: isDigit) else { return nil }
    let digits = stem[...last].reversed().prefix(while: isDigit).reversed()
    return Int(String(decoding: Array(digits), as: UTF8.self))
  }
}
