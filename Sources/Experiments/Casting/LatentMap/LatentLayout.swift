import Foundation
import LatentSpace
import Runs

/// Where each code lies in the map, and how it was found.
struct LatentLayout {
  /// A point for each code.
  let points: [SIMD2<Double>]
  /// How it was made, which may not be what was asked for.
  let method: LatentMap.Method
  /// What t-SNE used and left.
  let perplexity: Double?, divergence: Double?
  /// The share of variance that the plane shows, for principal components.
  let variance: Double?
  /// What the user should know.
  let remark: String?

  /// Fewer codes have no neighbourhoods that a map could keep.
  private static let fewest = 5

  init(_ codes: [NamedCode], options: LatentMap.Options) throws {
    let values = codes.map(\.values)
    guard options.method == .tsne, codes.count >= Self.fewest else {
      let components = try PrincipalComponents(values)
      points = values.map(components.point)
      (method, perplexity, divergence) = (.pca, nil, nil)
      let shown = components.variances.reduce(0, +)
      variance = components.totalVariance > 0 ? shown / components.totalVariance : nil
      remark =
        options.method == .tsne ? "too few codes for t-SNE (\(codes.count)): the map shows principal components" : nil
      return
    }
    var settings = TSNE.Options()
    (settings.perplexity, settings.seed) = (options.perplexity, options.seed)
    var shown = options.progress
    shown.unit = "steps"
    let progress = ProgressMeter("t-SNE", total: settings.iterationCount, options: shown)
    let map = try TSNE(values, options: settings) { progress.update(to: $0) }
    progress.finish()
    (points, method, perplexity, divergence) = (map.points, .tsne, map.perplexity, map.divergence)
    variance = nil
    remark =
      map.perplexity < options.perplexity
      ? "\(codes.count) codes allow a perplexity of \(Self.short(map.perplexity)) at most" : nil
  }

  private static func short(_ value: Double) -> String { String(format: "%.4g", value) }

  /// One line about the map.
  var text: String {
    switch method {
    case .tsne: "t-SNE, perplexity \(Self.short(perplexity ?? 0)), divergence \(Self.short(divergence ?? 0))"
    case .pca: "principal components\(variance.map { ", \(Self.short(100 * $0)) % of the variance" } ?? "")"
    }
  }
}
