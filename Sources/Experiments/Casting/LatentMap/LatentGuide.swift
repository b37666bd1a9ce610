import LatentSpace

/// What stands out in a map: its clusters, the shapes that stand for them, a tour between these, and how well the map and
/// the codes keep categories apart.
struct LatentGuide {
  let codes: [NamedCode]
  let categories: [String]
  let layout: LatentLayout
  /// The cluster of each code.
  let clusters: KMeans
  /// One for each cluster.
  let representatives: [Representative]
  /// Places in `representatives`, in the order of the tour.
  let tour: Tour
  /// Measures among the codes and in the map; nil without categories.
  let inCodes: CategoryMeasures?, inMap: CategoryMeasures?
  /// How far neighbours in the map are neighbours among the codes; nil for very few codes.
  let trustworthiness: Double?

  /// Neighbours that the trustworthiness looks at.
  static let neighborCount = 12

  init(_ codes: [NamedCode], categories: [String], layout: LatentLayout, options: LatentMap.Options) throws {
    (self.codes, self.categories, self.layout) = (codes, categories, layout)
    let count = min(codes.count, options.clusterCount ?? Self.clusterCount(codeCount: codes.count))
    clusters = try KMeans(layout.points, options: .init(count: count, seed: options.seed))
    representatives = try Representative.all(of: clusters, points: layout.points, categories: categories)
    tour = Tour(representatives.map { layout.points[$0.index] }, seed: options.seed)
    let values = codes.map(\.values)
    inCodes = try CategoryMeasures(values, categories: categories)
    inMap = try CategoryMeasures(layout.points, categories: categories)
    trustworthiness = try Trustworthiness.measure(layout.points, of: values, neighborCount: Self.neighborCount)
  }

  /// Thirty as in the original, fewer for few codes.
  static func clusterCount(codeCount: Int) -> Int { min(30, max(min(codeCount, 8), codeCount / 6)) }

  /// The representatives in the order of the tour.
  var stops: [Representative] { tour.order.map { representatives[$0] } }

  /// The smooth way of the tour through the map, at a place of 0...number of stops.
  func path() throws -> CodeSpline {
    let points = stops.map { layout.points[$0.index] }
    return try CodeSpline(points.map { [Float($0.x), Float($0.y)] }, options: Self.spline)
  }

  /// How the tour goes from code to code, and from point to point.
  static let spline = CodeSpline.Options(.periodicCubic)
}
