import Foundation

/// How strongly each pair of codes attracts, as t-SNE has it: a Gaussian around each code, as wide as its surroundings are
/// thin, made symmetric; all pairs together add up to one.
struct Affinities: Sendable {
  /// Where the row of each code begins in ``columns`` and ``values``; the last is their length.
  let starts: [Int]
  /// The other code of each pair, ascending within a row.
  let columns: [Int32]
  /// The pair's share.
  let values: [Double]

  var count: Int { starts.count - 1 }

  /// *Parameters*: every Gaussian covers about `perplexity` neighbours of those found.
  init(_ neighbors: Neighbors, codeCount: Int, perplexity: Double, threadCount: Int?) {
    let width = neighbors.count
    var conditional = [Double](repeating: 0, count: codeCount * width)
    conditional.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let result = buffer
      inBlocks(of: 64, count: codeCount, threadCount: threadCount) { block in
        for index in block {
          let row = index * width..<(index + 1) * width
          Self.fill(
            UnsafeMutableBufferPointer(rebasing: result[row]), squares: neighbors.squares[row],
            entropy: log(perplexity))
        }
      }
    }
    self.init(conditional, neighbors: neighbors, codeCount: codeCount)
  }

  /// Half of both directions of each pair. Every entry stands in its own row and, turned round, in the other's.
  private init(_ conditional: [Double], neighbors: Neighbors, codeCount: Int) {
    let width = neighbors.count
    var counts = [Int](repeating: width, count: codeCount)
    for column in neighbors.indices { counts[Int(column)] += 1 }
    var places = [0]
    for count in counts { places.append(places[places.count - 1] + count) }
    let ends = places
    var entries = [(column: Int32, value: Double)](repeating: (0, 0), count: ends[codeCount])
    let scale = 1 / (2 * Double(codeCount))
    for row in 0..<codeCount {
      for place in row * width..<(row + 1) * width {
        let column = Int(neighbors.indices[place])
        entries[places[row]] = (Int32(column), conditional[place] * scale)
        entries[places[column]] = (Int32(row), conditional[place] * scale)
        places[row] += 1
        places[column] += 1
      }
    }
    var starts = [0]
    var (columns, values): ([Int32], [Double]) = ([], [])
    for row in 0..<codeCount {
      let sorted = entries[ends[row]..<ends[row + 1]].sorted { ($0.column, $0.value) < ($1.column, $1.value) }
      for entry in sorted {
        if columns.count > starts[row], columns[columns.count - 1] == entry.column {
          values[values.count - 1] += entry.value
        } else {
          columns.append(entry.column)
          values.append(entry.value)
        }
      }
      starts.append(columns.count)
    }
    (self.starts, self.columns, self.values) = (starts, columns, values)
  }

  /// Widens or narrows the Gaussian until its entropy is the wanted one.
  private static func fill(
    _ row: UnsafeMutableBufferPointer<Double>, squares: ArraySlice<Float>, entropy wanted: Double
  ) {
    guard let nearest = squares.min() else { return }
    let squares = squares.map { Double($0 - nearest) }
    let mean = squares.reduce(0, +) / Double(squares.count)
    var precision = mean > 0 ? 1 / mean : 1
    var (low, high) = (0.0, Double.infinity)
    for _ in 0..<200 {
      var (sum, moment) = (0.0, 0.0)
      for (place, square) in squares.enumerated() {
        row[place] = exp(-square * precision)
        sum += row[place]
        moment += row[place] * square
      }
      for place in row.indices { row[place] /= sum }
      let excess = log(sum) + precision * moment / sum - wanted
      guard abs(excess) > 1e-7 else { return }
      if excess > 0 { low = precision } else { high = precision }
      let middle = high.isFinite ? (low + high) / 2 : precision * 2
      guard middle != precision, middle.isFinite else { return }
      precision = middle
    }
  }
}
