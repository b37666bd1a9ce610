import Foundation

/// A solid whose distances are exact everywhere, in one of three makes; the second axis points up.
public enum FamilySolid: Sendable, Equatable {
  /// Polygons of (radius, height), turned about the second axis.
  case turned([[SIMD2<Double>]])
  /// Polygons of the first two axes with a thickness along the third.
  case cut([[SIMD2<Double>]], halfDepth: Double)
  /// Boxes.
  case built(BoxUnion)

  /// The centre of its box, and the distance of its farthest point from there.
  var extent: UnitFrame {
    switch self {
    case .turned(let profile):
      let points = profile.joined()
      let middle = Self.middle(points.map(\.y))
      let squared = points.map { $0.x * $0.x + ($0.y - middle) * ($0.y - middle) }
      return UnitFrame(center: SIMD3(0, middle, 0), unitLength: (squared.max() ?? 0).squareRoot())
    case .cut(let outline, let halfDepth):
      let points = outline.joined()
      let center = SIMD2(Self.middle(points.map(\.x)), Self.middle(points.map(\.y)))
      let squared = points.map { (($0 - center) * ($0 - center)).sum() + halfDepth * halfDepth }
      return UnitFrame(center: SIMD3(center.x, center.y, 0), unitLength: (squared.max() ?? 0).squareRoot())
    case .built(let union):
      let corners = union.boxes.flatMap { [$0.lower, $0.upper] }
      let center = SIMD3(
        Self.middle(corners.map(\.x)), Self.middle(corners.map(\.y)), Self.middle(corners.map(\.z)))
      let squared = union.boxes.map { box -> Double in
        let (low, high) = (box.lower - center, box.upper - center)
        return pointwiseMax(low * low, high * high).sum()
      }
      return UnitFrame(center: center, unitLength: (squared.max() ?? 0).squareRoot())
    }
  }

  /// The solid seen from an inner frame of its own.
  func placed(in frame: UnitFrame) -> FamilySolid {
    let (center, scale) = (frame.center, 1 / frame.unitLength)
    func place(_ contours: [[SIMD2<Double>]]) -> [[SIMD2<Double>]] {
      contours.map { $0.map { ($0 - SIMD2(center.x, center.y)) * scale } }
    }
    switch self {
    case .turned(let profile): return .turned(place(profile))
    case .cut(let outline, let halfDepth): return .cut(place(outline), halfDepth: halfDepth * scale)
    case .built(let union):
      return .built(
        BoxUnion(
          union.boxes.map { BoxUnion.Box(Self.snapped(frame.inner($0.lower)), Self.snapped(frame.inner($0.upper))) }))
    }
  }

  /// Brings sides that differ by rounding alone together, and all of them to numbers that single precision has.
  private static func snapped(_ point: SIMD3<Double>) -> SIMD3<Double> {
    (point * 0x1p20).rounded(.toNearestOrEven) * 0x1p-20
  }

  private static func middle(_ values: [Double]) -> Double { ((values.min() ?? 0) + (values.max() ?? 0)) / 2 }
}

/// A member of a family of shapes: what it is called, what it was made from, and its exact distances.
///
/// *Units and frame*: the centre of its box at the origin, its farthest point at one over the margin; the second axis
/// points up.
public struct FamilyShape: Sendable {
  /// The family.
  public let family: ShapeFamily
  /// Its number in the family.
  public let index: Int
  /// What was drawn for it, by name.
  public let parameters: [(name: String, value: Double)]
  /// The solid.
  public let solid: FamilySolid
  /// Its exact signed distances.
  public let field: any ScalarField

  /// `tables/0007`.
  public var id: String { "\(family.rawValue)/" + String(format: "%04d", index) }

  init(
    _ family: ShapeFamily, index: Int, parameters: [(name: String, value: Double)], solid: FamilySolid, margin: Double
  ) throws {
    var frame = solid.extent
    frame.unitLength *= margin
    (self.family, self.index, self.parameters) = (family, index, parameters)
    self.solid = solid.placed(in: frame)
    switch self.solid {
    case .turned(let profile): field = TurnedField(profile: profile)
    case .cut(let outline, let halfDepth): field = CutField(outline: outline, halfDepth: halfDepth)
    case .built(let union): field = try MeshDistanceField(union.mesh(), sign: .winding)
    }
  }

  /// Its surface: exact for boxes, else that of its distances on `resolution` samples along every axis.
  ///
  /// *Throws*: errors of the extraction.
  public func surface(resolution: Int = 128) throws -> Mesh {
    if case .built(let union) = solid { return union.mesh() }
    return try SparseSurfaceExtraction(resolution: resolution).surface(of: field).mesh
  }

  /// Points near its surface and in a region with their exact distances, as a plan says.
  ///
  /// *Throws*: `SamplingError` for a plan that cannot be.
  public func samples(_ plan: SamplePlan, seed: UInt64, surface: Mesh) throws -> SampleSet {
    try SignedDistanceSampler(plan, seed: seed).samples(ofExact: field, surface: surface)
  }
}
