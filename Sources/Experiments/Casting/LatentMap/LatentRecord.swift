import Foundation
import LatentSpace
import Plots

/// What `map.json` holds.
struct LatentRecord: Codable {
  struct Category: Codable {
    var name: String
    var color: String
    var count: Int
  }

  struct Cluster: Codable {
    var cluster: Int
    /// The shape that stands for it.
    var representative: String
    var index: Int
    /// The category of most of its codes, and their share.
    var category: String
    var share: Double
    var count: Int
    var x, y: Double
  }

  struct TourRecord: Codable {
    /// Shapes in the order of the tour, which is closed.
    var order: [String]
    /// Length of its straight legs in the map.
    var length: Double
    var path: CodeSpline.Kind
  }

  struct Metrics: Codable, Equatable {
    /// Among the codes and in the map; nil without categories.
    var codes, map: CategoryMeasures?
    /// How far neighbours in the map are neighbours among the codes.
    var trustworthiness: Double?
    var trustworthinessNeighbors: Int
  }

  struct Point: Codable {
    var id: String
    var category: String
    var x, y: Double
    var cluster: Int
  }

  var model: String
  var method: LatentMap.Method
  var seed: UInt64
  var perplexity, divergence, variance: Double?
  var count: Int
  var latentSize: Int
  var categories: [Category]
  var clusters: [Cluster]
  var tour: TourRecord
  var metrics: Metrics
  var remarks: [String]
  var points: [Point]

  init(
    _ guide: LatentGuide, colors: CategoryColors, space: ShapeSpace, options: LatentMap.Options, remarks: [String]
  ) {
    (model, method, seed) = (space.name, guide.layout.method, options.seed)
    (perplexity, divergence) = (guide.layout.perplexity, guide.layout.divergence)
    (variance, count, latentSize) = (guide.layout.variance, guide.codes.count, space.latentSize)
    categories = colors.names.map { name in
      Category(name: name, color: colors[name], count: guide.categories.count { $0 == name })
    }
    clusters = guide.representatives.map { one in
      Cluster(
        cluster: one.cluster, representative: guide.codes[one.index].name, index: one.index, category: one.category,
        share: one.share, count: one.memberCount, x: guide.clusters.centers[one.cluster][0],
        y: guide.clusters.centers[one.cluster][1])
    }
    tour = TourRecord(
      order: guide.stops.map { guide.codes[$0.index].name }, length: guide.tour.length, path: LatentGuide.spline.kind)
    metrics = Metrics(
      codes: guide.inCodes, map: guide.inMap, trustworthiness: guide.trustworthiness,
      trustworthinessNeighbors: LatentGuide.neighborCount)
    self.remarks = remarks
    points = guide.codes.indices.map { index in
      Point(
        id: guide.codes[index].name, category: guide.categories[index], x: guide.layout.points[index].x,
        y: guide.layout.points[index].y, cluster: guide.clusters.assignments[index])
    }
  }
}

extension LatentMap {
  /// What was made.
  public struct Outcome: Sendable, Codable {
    /// The model.
    public var model: String
    /// The folder.
    public var folder: String
    /// How codes came into the plane.
    public var method: Method
    /// The divergence that t-SNE left.
    public var divergence: Double?
    /// Codes, named categories and clusters.
    public var codes, categories, clusters: Int
    /// How categories keep apart among the codes and in the map; nil without categories.
    public var inCodes, inMap: CategoryMeasures?
    /// How far neighbours in the map are neighbours among the codes.
    public var trustworthiness: Double?
    /// Shapes in the order of the tour, and its length in the map.
    public var tour: [String]
    /// Length of the tour's straight legs in the map.
    public var tourLength: Double
    /// Frames of the tour.
    public var frames: Int
    /// Why something is missing, and what else the user should know.
    public var remarks: [String]

    init(_ record: LatentRecord, folder: String, frameCount: Int) {
      (model, self.folder, method, divergence) = (record.model, folder, record.method, record.divergence)
      (codes, clusters) = (record.count, record.clusters.count)
      categories = record.categories.count { !$0.name.isEmpty }
      (inCodes, inMap, trustworthiness) = (record.metrics.codes, record.metrics.map, record.metrics.trustworthiness)
      (tour, tourLength, frames, remarks) = (record.tour.order, record.tour.length, frameCount, record.remarks)
    }

    /// A few lines for people.
    public var text: String {
      var lines = ["\(codes) codes in \(categories) categories, \(clusters) clusters, \(frames) frames"]
      for (name, measures) in [("codes", inCodes), ("map", inMap)] {
        guard let measures else { continue }
        let silhouette = measures.silhouette.map { String(format: ", silhouette %.3f", $0) } ?? ""
        lines.append(
          String(
            format: "1-NN purity of the %@ %.1f %% (chance %.1f %%)", name, 100 * measures.purity, 100 * measures.chance
          )
            + silhouette)
      }
      let measured = [
        divergence.map { String(format: "divergence %.4f", $0) },
        trustworthiness.map { String(format: "trustworthiness %.4f", $0) },
      ].compactMap(\.self)
      if !measured.isEmpty { lines.append("map: " + measured.joined(separator: ", ")) }
      return (lines + remarks + ["open \(folder)/map.html"]).joined(separator: "\n")
    }
  }
}
