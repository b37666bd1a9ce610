import Foundation
import Geometry
import Randomness

/// What a pool reads of a folder.
public struct SamplePoolOptions: Codable, Sendable, Equatable {
  /// Which of the shapes.
  public var side = ShapeSide.training
  /// Share of each category that is held out, where no lists of the folder say it.
  public var validationShare = 0.1
  /// Samples of a shape that are used; nil for all. As many of each sign as there are, up to half.
  public var pointsPerShape: Int?
  /// The point set of a prepared folder; nil if it has one only.
  public var pointSet: String?
  /// A table of categories by id; nil for that of the folder, or the names of folders.
  public var categories: String?

  /// All samples of the training shapes.
  public init() {}
}

/// The samples of one shape.
public struct ShapeSamples: Sendable, Equatable {
  /// Points, [P].
  public var points: [SIMD3<Float>]
  /// Their signed distances, [P], not clipped.
  public var distances: [Float]
}

/// Samples with signed distances of many shapes, to draw batches from: thousands of shapes in bounded memory.
///
/// The samples of every shape are told apart by sign, shuffled once by a seed of the shape's own, and packed into one
/// scratch file that is mapped into memory. A draw of m samples of a shape and sign is then a run of m rows at a random
/// place: a copy of memory, and no sample comes twice before all have come once.
///
/// What is drawn depends on the samples, the seed and the generator alone, not on the order of files or on threads. A
/// pool has no state: a run that is resumed with its generator goes on with the same batches.
///
/// *Reference*: Kleineberg et al. 2020, arXiv:2002.00349, and its code: each epoch takes all samples of the rarer sign
/// and as many of the other. Differs: the balance holds in every batch, and draws are with replacement between batches.
/// Park et al. 2019, arXiv:1901.05103: some shapes a batch with equally many samples, half of them inside.
public final class SamplePool: Sendable {
  /// The shapes, by id.
  public let entries: [ShapeEntry]
  /// Samples in use of all shapes.
  public var sampleCount: Int { store.rows.count }
  let sections: [SampleStore.Section]
  let store: SampleStore
  /// Samples of each sign of all shapes up to and including each: outside, inside.
  let sums: (outside: [Int], inside: [Int])

  /// Reads a folder.
  ///
  /// *Parameters*: `seed` decides the split and the order of samples; `progress` is told the number of shapes read, from
  /// any thread.
  /// *Throws*: `ExperimentError` and `VolumeError` naming the file that cannot be used.
  public init(
    directory: String, options: SamplePoolOptions = .init(), seed: UInt64,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    let sources = try Self.sources(directory, options, seed: seed)
    guard options.pointsPerShape.map({ $0 > 0 }) ?? true else {
      throw ExperimentError("points per shape must be at least 1")
    }
    let limit = options.pointsPerShape ?? .max
    var starts = [0]
    for source in sources { starts.append(starts[starts.count - 1] + min(limit, try SampleReading.count(source.path))) }
    let sections = SectionList(sources.count)
    let offsets = starts
    store = try SampleStore(rowCount: starts[sources.count], partCount: sources.count) { index, write in
      let source = sources[index]
      let (rows, outsideCount) = Self.arranged(
        try SampleReading.rows(source.path), limit: limit, seed: ShapeSeed.seed(seed, for: source.entry.id))
      guard rows.count == offsets[index + 1] - offsets[index] else {
        throw ExperimentError("\(source.path): changed while it was being read")
      }
      try write(rows, offsets[index])
      let section = SampleStore.Section(
        start: offsets[index], outsideCount: outsideCount, insideCount: rows.count - outsideCount)
      progress(sections.set(section, at: index))
    }
    self.sections = sections.sections
    entries = sources.map(\.entry)
    sums = (Self.sums(self.sections.map(\.outsideCount)), Self.sums(self.sections.map(\.insideCount)))
  }

  /// All samples in use of a shape, in their shuffled order: those outside first.
  ///
  /// *Parameters*: with `limit` at most so many, half of them inside as far as there are.
  public func samples(of index: Int, limit: Int? = nil) -> ShapeSamples {
    let section = sections[index]
    let (outside, inside) = Self.balance(
      outside: section.outsideCount, inside: section.insideCount, limit: limit ?? .max)
    let rows = Array(store.rows[section.outside].prefix(outside)) + Array(store.rows[section.inside].prefix(inside))
    return ShapeSamples(points: rows.map { SIMD3($0.x, $0.y, $0.z) }, distances: rows.map(\.w))
  }

  private static func sources(
    _ directory: String, _ options: SamplePoolOptions, seed: UInt64
  ) throws -> [SampleFolder.Source] {
    guard (0...1).contains(options.validationShare) else {
      throw ExperimentError("the share of shapes that is held out is \(options.validationShare); use 0 to 1")
    }
    let folder = try SampleFolder(
      directory, pointSet: options.pointSet, categories: options.categories.map { try CategoryTable(contentsOf: $0) })
    guard options.side != .all else { return folder.sources }
    let split =
      try ShapeSplit(listsIn: directory, folder.entries)
      ?? ShapeSplit(folder.entries, validation: options.validationShare, seed: seed)
    let sources = folder.sources.filter { split.side(of: $0.entry.id) == options.side }
    guard !sources.isEmpty else {
      throw ExperimentError(
        "\(directory): has no shapes for \(options.side.rawValue) among its \(folder.sources.count); "
          + "change the held-out share, or the lists that `data split` wrote")
    }
    return sources
  }

  /// How many of each sign are taken where there are so many: half of the limit each, or more where the other has less.
  static func balance(outside: Int, inside: Int, limit: Int) -> (outside: Int, inside: Int) {
    let fewest = min(inside, max(limit / 2, limit - outside))
    return (min(outside, limit - fewest), fewest)
  }

  /// The rows of a shape, shuffled, those outside first.
  private static func arranged(
    _ rows: [SIMD4<Float>], limit: Int, seed: UInt64
  ) -> (rows: [SIMD4<Float>], outsideCount: Int) {
    var generator = SeededGenerator(seed: seed, stream: 0x70_6F_6F_6C)
    var signs = [rows.filter { !($0.w < 0) }, rows.filter { $0.w < 0 }]
    for sign in signs.indices {
      signs[sign].withUnsafeMutableBufferPointer { buffer in
        for last in stride(from: buffer.count - 1, to: 0, by: -1) {
          buffer.swapAt(last, generator.integer(below: last + 1))
        }
      }
    }
    let (outside, inside) = balance(outside: signs[0].count, inside: signs[1].count, limit: limit)
    return (Array(signs[0].prefix(outside) + signs[1].prefix(inside)), outside)
  }

  private static func sums(_ counts: [Int]) -> [Int] {
    var sum = 0
    return counts.map { count in
      sum += count
      return sum
    }
  }
}

/// Where threads put what they know of a shape.
private final class SectionList: @unchecked Sendable {
  private var list: [SampleStore.Section]
  private var done = 0
  private let lock = NSLock()

  init(_ count: Int) { list = Array(repeating: .init(), count: count) }

  var sections: [SampleStore.Section] { lock.withLock { list } }

  /// Returns how many are known.
  func set(_ section: SampleStore.Section, at index: Int) -> Int {
    lock.withLock {
      list[index] = section
      done += 1
      return done
    }
  }
}
