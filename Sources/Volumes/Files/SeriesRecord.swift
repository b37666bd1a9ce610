import Foundation
import Records

/// Series as record files of `tf.train.Example`, usually one gzip-compressed record per file.
///
/// Features: `object4d`, the bytes [T, D, H, W]; `labelBetti` and `labelObjs`, four bytes each, if there are labels.
/// The layout has no extents: T is 128 and frames are cubes. Where that would be read wrongly, `shape` (four
/// integers) is added; readers of the plain layout ignore it.
public enum SeriesRecord {
  /// Number of frames of the layout.
  public static let frameCount = 128

  private static let voxels = "object4d", betti = "labelBetti", objects = "labelObjs", shape = "shape"

  /// Reads all records of a file, compressed or not.
  public static func read(_ path: String, limit: Int = FileLimits.maximumBytes) throws -> [Series] {
    try series(in: InputFile.bytes(of: path, limit: limit), path: path, limit: limit)
  }

  /// The series of a file that begins like gzip or records, nil for any other; one pass over the file.
  static func readIfRecords(_ path: String, limit: Int) throws -> [Series]? {
    let bytes = try InputFile.bytes(of: path, limit: limit)
    guard Gzip.begins(bytes) || bytes.withUnsafeBytes(TFRecord.begins) else { return nil }
    return try series(in: bytes, path: path, limit: limit)
  }

  /// The series of all records in the bytes of a file.
  static func series(in bytes: [UInt8], path: String, limit: Int) throws -> [Series] {
    if Gzip.begins(bytes) {
      return try Gzip.withDecompressed(bytes, path: path, limit: limit) { try series(in: $0, path: path) }
    }
    return try bytes.withUnsafeBytes { try series(in: $0, path: path) }
  }

  private static func series(in bytes: UnsafeRawBufferPointer, path: String) throws -> [Series] {
    do {
      let ranges = try TFRecord.payloadRanges(in: bytes, file: path)
      guard !ranges.isEmpty else { throw VolumeError(.empty, path, "holds no record") }
      let stem = SeriesFile.stem(of: path)
      return try ranges.enumerated().map { index, range in
        let payload = UnsafeRawBufferPointer(rebasing: bytes[range])
        let name = ranges.count == 1 ? stem : "\(stem)#\(index)"
        if let series = try plainSeries(in: payload, name: name, path: path) { return series }
        let example = try Example(parsing: payload, file: path, offset: range.lowerBound)
        return try series(of: example, name: name, path: path)
      }
    } catch let error as RecordError {
      throw VolumeError(error)
    }
  }

  /// The series of an example that has exactly the original features, copied once; nil for any other.
  private static func plainSeries(in payload: UnsafeRawBufferPointer, name: String, path: String) throws -> Series? {
    guard let ranges = ExampleBytes.ranges(in: payload), ranges.count == 3, let data = ranges[voxels],
      let numbers = ranges[betti], let counts = ranges[objects], numbers.count == 4, counts.count == 4,
      let shape = inferredShape(byteCount: data.count, path: path)
    else { return nil }
    let labels = CavityLabels(bettiNumbers: Array(payload[numbers]), objectCounts: Array(payload[counts]))
    return Series(name: name, shape: shape, values: .uint8(Array(payload[data])), labels: labels)
  }

  /// The series of one example.
  public static func series(of example: Example, name: String, path: String) throws -> Series {
    guard case .bytes(let values)? = example.features[voxels], values.count == 1 else {
      let known = example.features.keys.sorted().joined(separator: ", ")
      throw VolumeError(.unsupported, path, "the record has no feature '\(voxels)' of bytes (it has: \(known))")
    }
    let shape = try extents(of: example, byteCount: values[0].count, path: path)
    let labels = try labels(of: example, path: path)
    return Series(name: name, shape: shape, values: .uint8([UInt8](values[0])), labels: labels)
  }

  private static func extents(of example: Example, byteCount: Int, path: String) throws -> Series.Shape {
    if case .int64(let extents)? = example.features[shape] {
      let numbers = extents.map { Int(clamping: $0) }
      guard numbers.count == 4, numbers.allSatisfy({ $0 > 0 && $0 <= byteCount }),
        let shape = Series.Shape(numbers, count: byteCount)
      else { throw VolumeError(.wrongShape, path, "the record says shape \(extents) but holds \(byteCount) bytes") }
      return shape
    }
    guard let shape = inferredShape(byteCount: byteCount, path: path) else {
      throw VolumeError(
        .wrongShape, path,
        "\(byteCount) bytes are not \(frameCount) cubic frames; add a feature 'shape' or name the file _SIDE.tfrecords")
    }
    return shape
  }

  /// 128 cubes, or any number of cubes of the side that the file name ends in.
  private static func inferredShape(byteCount: Int, path: String) -> Series.Shape? {
    if byteCount > 0, byteCount % frameCount == 0 {
      let side = Int(cbrt(Double(byteCount / frameCount)).rounded())
      if side * side * side == byteCount / frameCount {
        return Series.Shape(frameCount: frameCount, depth: side, height: side, width: side)
      }
    }
    let stem = SeriesFile.stem(of: path)
    guard let digits = stem.split(separator: "_").last, let side = Int(digits), (1...4096).contains(side),
      byteCount > 0, byteCount % (side * side * side) == 0
    else { return nil }
    return Series.Shape(frameCount: byteCount / (side * side * side), depth: side, height: side, width: side)
  }

  private static func labels(of example: Example, path: String) throws -> CavityLabels? {
    guard case .bytes(let numbers)? = example.features[betti], case .bytes(let counts)? = example.features[objects]
    else {
      return nil
    }
    guard numbers.first?.count == 4, counts.first?.count == 4 else {
      throw VolumeError(.wrongShape, path, "'\(betti)' and '\(objects)' must be four bytes each")
    }
    return CavityLabels(bettiNumbers: [UInt8](numbers[0]), objectCounts: [UInt8](counts[0]))
  }

  /// The example of a series of bytes.
  ///
  /// *Throws*: `VolumeError` for a series of floats, which the layout cannot hold.
  public static func example(of series: Series, path: String) throws -> Example {
    guard case .uint8(let values) = series.values else {
      throw VolumeError(
        .unsupported, path, "records hold bytes, series \(series.name) has floats; write .npz or threshold it")
    }
    var features: [String: Example.Feature] = [voxels: .bytes([Data(values)])]
    if let labels = series.labels {
      features[betti] = .bytes([Data(labels.bettiNumbers)])
      features[objects] = .bytes([Data(labels.objectCounts)])
    }
    if inferredShape(byteCount: values.count, path: path) != series.shape {
      features[shape] = .int64(series.shape.dimensions.map(Int64.init))
    }
    return Example(features: features)
  }

  /// Writes one series as a file of one gzip-compressed record; the file appears when it is complete.
  public static func write(_ series: Series, to path: String, replacing: Bool = true) throws {
    let payload = try example(of: series, path: path).serialized()
    try AtomicFile.write(Gzip.compress(TFRecord.framed([payload])), to: path, replacing: replacing)
  }
}

extension Series.Shape {
  /// Four extents whose product is `count`, nil otherwise.
  init?(_ extents: [Int], count: Int) {
    guard extents.count == 4 else { return nil }
    var product = 1
    for extent in extents {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow, next <= count else { return nil }
      product = next
    }
    guard product == count else { return nil }
    self.init(frameCount: extents[0], depth: extents[1], height: extents[2], width: extents[3])
  }
}
