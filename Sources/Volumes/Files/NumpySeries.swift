/// Series in npy and npz files.
///
/// npz: `frames` [T, D, H, W]; optionally `affine` [3 or 4, 4], `labelBetti` and `labelObjs` [4]. Also the original
/// layout of the cavity data: `data` [T, X, Y, Z] with 1 for solid (kept as stored), `bettiNumbers` [4] and
/// `objects` [4, columns], whose second column counts the cavities of each kind. npy: one array [T, D, H, W].
public enum NumpySeries {
  /// Reads the series of an npz file.
  public static func readArchive(_ path: String, limit: Int = FileLimits.maximumBytes) throws -> Series {
    let archive = try NpzArchive(path, limit: limit)
    guard !archive.names.isEmpty else { throw VolumeError(.empty, path, "holds no array") }
    guard let key = ["frames", "data"].first(where: archive.contains) else {
      throw VolumeError(
        .unsupported, path,
        "holds no array 'frames' or 'data' (it has: \(archive.names.joined(separator: ", "))); save the series as 'frames'"
      )
    }
    var series = try series(of: archive.array(key), name: SeriesFile.stem(of: path), path: "\(path)[\(key)]")
    series.affine = try affine(in: archive)
    series.labels = try key == "frames" ? labels(in: archive) : originalLabels(in: archive)
    return series
  }

  /// Reads a four-dimensional array from an npy file.
  public static func readArray(_ path: String, limit: Int = FileLimits.maximumBytes) throws -> Series {
    try series(of: NpyFile.read(path, limit: limit), name: SeriesFile.stem(of: path), path: path)
  }

  /// The series of an array [T, D, H, W].
  static func series(of array: NpyArray, name: String, path: String) throws -> Series {
    guard array.shape.count == 4 else {
      throw VolumeError(
        .wrongShape, path,
        "has \(array.shape.count) axes \(array.shape); a series has four, T D H W (frames may be numbered files in a folder)"
      )
    }
    guard let shape = Series.Shape(array.shape, count: array.count) else {
      throw VolumeError(.wrongShape, path, "the shape \(array.shape) has no voxels")
    }
    return try Series(name: name, shape: shape, values: values(of: array, path: path))
  }

  /// Booleans and bytes stay bytes, everything else becomes float32, which must be finite.
  static func values(of array: NpyArray, path: String) throws -> Series.Values {
    if array.scalarType == .uint8 || array.scalarType == .bool { return .uint8(array.data) }
    let values = Series.Values.float32(array.floats())
    try values.requireFinite(shape: array.shape, path: path)
    return values
  }

  private static func affine(in archive: NpzArchive) throws -> Affine? {
    guard archive.contains("affine") else { return nil }
    let array = try archive.array("affine")
    let values = array.doubles()
    guard array.shape == [3, 4] || array.shape == [4, 4], values.allSatisfy(\.isFinite) else {
      throw VolumeError(.wrongShape, archive.path, "'affine' must be a finite 3x4 or 4x4 matrix, is \(array.shape)")
    }
    return Affine(
      rows: (0..<3).map { SIMD4(values[4 * $0], values[4 * $0 + 1], values[4 * $0 + 2], values[4 * $0 + 3]) })
  }

  private static func labels(in archive: NpzArchive) throws -> CavityLabels? {
    guard archive.contains("labelBetti"), archive.contains("labelObjs") else { return nil }
    return try CavityLabels(
      bettiNumbers: fourBytes(archive.array("labelBetti"), "labelBetti", archive.path),
      objectCounts: fourBytes(archive.array("labelObjs"), "labelObjs", archive.path))
  }

  private static func originalLabels(in archive: NpzArchive) throws -> CavityLabels? {
    guard archive.contains("bettiNumbers"), archive.contains("objects") else { return nil }
    let objects = try archive.array("objects")
    guard objects.shape.count == 2, objects.shape[0] == 4, objects.shape[1] >= 2, let numbers = objects.int64s() else {
      throw VolumeError(.wrongShape, archive.path, "'objects' must be integers [4, 2], is \(objects.shape)")
    }
    let counts = (0..<4).map { numbers[$0 * objects.shape[1] + 1] }
    return try CavityLabels(
      bettiNumbers: fourBytes(archive.array("bettiNumbers"), "bettiNumbers", archive.path),
      objectCounts: fourBytes(NpyArray(shape: [4], counts), "objects", archive.path))
  }

  private static func fourBytes(_ array: NpyArray, _ name: String, _ path: String) throws -> [UInt8] {
    guard array.shape == [4], let bytes = array.bytes() else {
      throw VolumeError(.wrongShape, path, "'\(name)' must be four integers from 0 to 255, is \(array.shape)")
    }
    return bytes
  }

  /// The values of a series as an array [T, D, H, W].
  public static func array(of series: Series) -> NpyArray {
    switch series.values {
    case .uint8(let values): NpyArray(shape: series.shape.dimensions, values)
    case .float32(let values): NpyArray(shape: series.shape.dimensions, values)
    }
  }

  /// Writes a series as npz with `frames` and what else is known of it.
  public static func writeArchive(
    _ series: Series, to path: String, compressed: Bool = true, replacing: Bool = true
  ) throws {
    var arrays: [(name: String, array: NpyArray)] = [("frames", array(of: series))]
    if let affine = series.affine {
      arrays.append(("affine", NpyArray(shape: [3, 4], affine.rows.flatMap { [$0.x, $0.y, $0.z, $0.w] })))
    }
    if let labels = series.labels {
      arrays.append(("labelBetti", NpyArray(shape: [labels.bettiNumbers.count], labels.bettiNumbers)))
      arrays.append(("labelObjs", NpyArray(shape: [labels.objectCounts.count], labels.objectCounts)))
    }
    try NpzArchive.write(arrays, to: path, compressed: compressed, replacing: replacing)
  }
}
