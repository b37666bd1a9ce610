import CZip

/// Writes the original layout of a sample: the full hypervolume with its labels as npz, frame by frame.
///
/// `data` uint8 [grid, grid, grid, grid] with 1 = solid, `bettiNumbers` int64 [4], `objects` int64 [4, 2] with the number
/// of the kind in column 0 and the count in column 1. Only one frame is in memory at a time.
public enum CavityArchive {
  /// Writes a sample; the file appears when it is complete.
  public static func write(_ raster: CavityRaster, to path: String, replacing: Bool = true) throws {
    let composition = raster.sample.composition
    let grid = raster.sample.grid
    let objects = (0..<4).flatMap { [Int64($0), Int64(composition.counts[$0])] }
    let betti = NpyArray(shape: [4], composition.bettiNumbers.map(Int64.init))
    let counts = NpyArray(shape: [4, 2], objects)
    let text = NpyHeader.bytes(shape: [grid, grid, grid, grid], scalarType: .uint8)
    try AtomicFile.write(to: path, replacing: replacing) { temporaryPath in
      var code: Int32 = 0
      guard let archive = zip_open(temporaryPath, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
        throw VolumeError(.inputOutput, path, "cannot be created")
      }
      do {
        try add("data.npy", HypervolumeSource(raster, header: text), to: archive, path)
        try add(
          "bettiNumbers.npy", HypervolumeSource(header: NpyHeader.bytes(for: betti) + betti.data), to: archive, path)
        try add("objects.npy", HypervolumeSource(header: NpyHeader.bytes(for: counts) + counts.data), to: archive, path)
        guard zip_close(archive) == 0 else { throw failure(archive, path) }
      } catch {
        zip_discard(archive)
        throw error
      }
    }
  }

  private static func add(_ name: String, _ content: HypervolumeSource, to archive: OpaquePointer, _ path: String)
    throws
  {
    let context = Unmanaged.passRetained(content)
    guard let source = zip_source_function(archive, HypervolumeSource.answer, context.toOpaque()) else {
      context.release()
      throw failure(archive, path)
    }
    let index = zip_file_add(archive, name, source, UInt32(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      zip_source_free(source)
      throw failure(archive, path)
    }
    // The volumes are long runs of equal bytes: the fastest level is as small as any. The date is the oldest there is.
    guard zip_set_file_compression(archive, UInt64(index), ZIP_CM_DEFLATE, 1) == 0,
      zip_file_set_dostime(archive, UInt64(index), 0, 33, 0) == 0
    else { throw failure(archive, path) }
  }

  private static func failure(_ archive: OpaquePointer, _ path: String) -> VolumeError {
    VolumeError(.inputOutput, path, "cannot write: \(String(cString: zip_error_strerror(zip_get_error(archive))))")
  }
}

/// A header, then the frames of a raster, as libzip asks for them.
private final class HypervolumeSource {
  private let header: [UInt8]
  private let raster: CavityRaster?
  private let frameCount: Int
  private var chunk: [UInt8] = []
  private var position = 0
  private var nextFrame = 0
  private var error = zip_error_t()

  init(_ raster: CavityRaster? = nil, header: [UInt8]) {
    (self.raster, self.header) = (raster, header)
    frameCount = raster?.sample.grid ?? 0
    zip_error_init(&error)
  }

  private var length: Int { header.count + frameCount * frameCount * frameCount * frameCount }

  private func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    var done = 0
    while done < target.count {
      if position == chunk.count {
        guard let raster, nextFrame < frameCount else { break }
        chunk = raster.frame(nextFrame, solid: true)
        position = 0
        nextFrame += 1
      }
      let count = min(target.count - done, chunk.count - position)
      chunk.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(rebasing: target[done..<(done + count)])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position..<(position + count)]))
      }
      position += count
      done += count
    }
    return done
  }

  /// libzip's questions; `context` is a retained `HypervolumeSource`, given back on `ZIP_SOURCE_FREE`.
  static let answer: zip_source_callback = { context, data, length, command in
    guard let context else { return -1 }
    let reference = Unmanaged<HypervolumeSource>.fromOpaque(context)
    let source = reference.takeUnretainedValue()
    switch command {
    case ZIP_SOURCE_OPEN:
      (source.chunk, source.position, source.nextFrame) = (source.header, 0, 0)
      return 0
    case ZIP_SOURCE_READ:
      return Int64(source.read(into: UnsafeMutableRawBufferPointer(start: data, count: Int(length))))
    case ZIP_SOURCE_STAT:
      guard let status = data?.assumingMemoryBound(to: zip_stat_t.self) else { return -1 }
      zip_stat_init(status)
      status.pointee.size = UInt64(source.length)
      status.pointee.valid = UInt64(ZIP_STAT_SIZE)
      return Int64(MemoryLayout<zip_stat_t>.size)
    case ZIP_SOURCE_ERROR:
      return zip_error_to_data(&source.error, data, length)
    case ZIP_SOURCE_FREE:
      reference.release()
      return 0
    case ZIP_SOURCE_CLOSE:
      return 0
    case ZIP_SOURCE_SUPPORTS:
      // The commands up to ZIP_SOURCE_FREE: readable, not seekable.
      return 0b11_1111
    default:
      zip_error_set(&source.error, ZIP_ER_OPNOTSUPP, 0)
      return -1
    }
  }
}
