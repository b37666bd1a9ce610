import Foundation
import Synchronization

/// Rows of x, y, z and distance in a scratch file that is mapped into memory: as many shapes as the disk holds.
///
/// The file has no name once it is open, so nothing is left behind however the process ends. What is not in use stays on
/// the disk; the system takes pages back when memory is short.
final class SampleStore: @unchecked Sendable {
  /// The rows of a shape: those outside first, then those inside.
  struct Section: Sendable, Equatable {
    var start = 0
    var outsideCount = 0
    var insideCount = 0

    var count: Int { outsideCount + insideCount }
    var outside: Range<Int> { start..<start + outsideCount }
    var inside: Range<Int> { start + outsideCount..<start + count }
  }

  /// All rows; they never change once written.
  let rows: UnsafeBufferPointer<SIMD4<Float>>
  private let descriptor: Int32
  private static let rowBytes = MemoryLayout<SIMD4<Float>>.stride

  /// A store of so many rows, written by `fill`, which gets the number of a part and a way to write its rows.
  ///
  /// Parts are filled on several threads.
  /// *Throws*: what `fill` throws for the part of the lowest number, and `ExperimentError` where the disk is full.
  init(
    rowCount: Int, partCount: Int, folder: String = NSTemporaryDirectory(),
    fill: @Sendable (Int, (_ rows: [SIMD4<Float>], _ start: Int) throws -> Void) throws -> Void
  ) throws {
    let bytes = max(1, rowCount) * Self.rowBytes
    let descriptor = try Self.scratchFile(in: folder)
    do {
      // The blocks are taken now: a full disk would end the process later, while the map is read.
      guard posix_fallocate(descriptor, 0, off_t(bytes)) == 0 else {
        throw ExperimentError(
          "\(folder): has no room for \(bytes >> 20) MiB of samples; let TMPDIR name another folder")
      }
      try Self.write(partCount, to: descriptor, in: folder, fill: fill)
      guard let memory = mmap(nil, bytes, PROT_READ, MAP_SHARED, descriptor, 0), memory != MAP_FAILED else {
        throw ExperimentError("\(bytes >> 20) MiB of samples cannot be mapped into memory; use fewer points per shape")
      }
      madvise(memory, bytes, MADV_RANDOM)
      rows = UnsafeBufferPointer(start: memory.assumingMemoryBound(to: SIMD4<Float>.self), count: rowCount)
      self.descriptor = descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// A file without a name.
  private static func scratchFile(in folder: String) throws -> Int32 {
    var template = Array("\(folder)/formcast-samples-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw ExperimentError(
        "\(folder): no scratch file can be made there; let TMPDIR name a folder that can be written")
    }
    unlink(template)
    return descriptor
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: rows.baseAddress), max(1, rows.count) * Self.rowBytes)
    close(descriptor)
  }

  private static func write(
    _ partCount: Int, to descriptor: Int32, in folder: String,
    fill: @Sendable (Int, ([SIMD4<Float>], Int) throws -> Void) throws -> Void
  ) throws {
    let next = Atomic<Int>(0)
    let failure = Mutex<(part: Int, error: any Error)?>(nil)
    let threads = max(1, min(partCount, ProcessInfo.processInfo.activeProcessorCount))
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard part < partCount, failure.withLock({ $0 == nil }) else { return }
        do {
          try fill(part) { rows, start in try write(rows, at: start, to: descriptor, in: folder) }
        } catch {
          failure.withLock { known in
            if known.map({ part < $0.part }) ?? true { known = (part, error) }
          }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }

  private static func write(_ rows: [SIMD4<Float>], at start: Int, to descriptor: Int32, in folder: String) throws {
    try rows.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(start * rowBytes + done))
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
          throw ExperimentError("\(folder): samples cannot be written there; let TMPDIR name a folder with more room")
        }
        done += count
      }
    }
  }
}
