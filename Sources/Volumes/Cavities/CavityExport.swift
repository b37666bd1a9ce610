import Foundation
import Synchronization

/// Generates samples and writes each as a file of its own, on several threads; the files do not depend on their number.
public struct CavityExport: Sendable {
  /// What a file holds.
  public enum Layout: Sendable, Equatable {
    /// The pooled series in a format of `SeriesFile`, chosen by extension: `tfrecords`, `npz`, ...
    case pooled(by: Int, fileExtension: String)
    /// The full hypervolume as npz, 1 = solid: the original layout.
    case original
  }

  /// What is drawn.
  public var generator: CavityGenerator
  /// What is written.
  public var layout: Layout
  /// Number of threads.
  public var threadCount: Int
  /// Whether files of the same name are replaced; otherwise they are an error.
  public var replacing: Bool

  /// An export.
  public init(_ generator: CavityGenerator, layout: Layout, threadCount: Int = 2, replacing: Bool = false) {
    (self.generator, self.layout) = (generator, layout)
    (self.threadCount, self.replacing) = (threadCount, replacing)
  }

  /// Writes the samples of a range into an existing folder. `progress` is told the number of files done after each, from
  /// any thread but one at a time; if it throws, the export stops with that error.
  public func write(
    _ indices: Range<Int>, to directory: String, progress: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) throws {
    let state = Mutex((next: indices.lowerBound, done: 0, failure: (any Error)?.none))
    DispatchQueue.concurrentPerform(iterations: max(1, min(threadCount, indices.count))) { _ in
      while true {
        let index: Int? = state.withLock { state in
          guard state.failure == nil, state.next < indices.upperBound else { return nil }
          defer { state.next += 1 }
          return state.next
        }
        guard let index else { return }
        let result = Result { try writeSample(index, to: directory) }
        state.withLock { state in
          do {
            try result.get()
            state.done += 1
            if state.failure == nil { try progress(state.done) }
          } catch {
            if state.failure == nil { state.failure = error }
          }
        }
      }
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func writeSample(_ index: Int, to directory: String) throws {
    let raster = CavityRaster(try generator.sample(index))
    switch layout {
    case .pooled(let pool, let fileExtension):
      let series = try raster.pooled(by: pool)
      try SeriesFile.write(series, to: "\(directory)/\(series.name).\(fileExtension)", replacing: replacing)
    case .original:
      try CavityArchive.write(raster, to: "\(directory)/\(raster.sample.name).npz", replacing: replacing)
    }
  }
}
