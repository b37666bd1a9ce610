/// Where points that are not near the surface are drawn from.
public enum SampleRegion: String, Sendable, Codable, CaseIterable {
  /// A ball about the origin.
  case ball
  /// A cube about the origin, of half side `radius`.
  case cube
}

/// How many points are drawn where; lengths are those of the unit frame.
///
/// Near the surface, points are drawn by area and moved by normal noise, once for each of the `deviations`; so
/// points of different noise share their origins. The rest is uniform in the region.
public struct SamplePlan: Sendable, Codable, Equatable {
  /// What it is called in reports.
  public var name: String
  /// All points, paired ones not counted.
  public var count: Int
  /// The share of the points that is near the surface, 0 to 1; rounded down to a whole number of origins.
  public var nearShare: Double
  /// Standard deviations of the noise along each axis.
  public var deviations: [Double]
  /// Where the rest is drawn from.
  public var region: SampleRegion
  /// Radius of the ball or half side of the cube.
  public var radius: Double
  /// If set, every point gets a partner: the nearest surface point with noise of this deviation, row by row.
  public var pairedDeviation: Double?
  /// The mesh ends at 1 over this.
  public var margin: Double
  /// The share of the uniform points that must be inside for a mesh to pass.
  public var minimumInsideShare: Double

  /// Points near the surface and in a region.
  public init(
    name: String, count: Int = 500_000, near nearShare: Double, deviations: [Double], region: SampleRegion = .ball
  ) {
    (self.name, self.count, self.nearShare, self.deviations) = (name, count, nearShare, deviations)
    (self.region, radius, pairedDeviation, margin, minimumInsideShare) = (region, 1, nil, 1, 0.015)
  }

  /// Surface points that are moved, each as often as there are deviations.
  public var originCount: Int {
    guard !deviations.isEmpty else { return 0 }
    // The factor undoes the rounding of shares such as 47/50, and is far too small to add a point of its own.
    return Int((Double(count) * nearShare * (1 + 1e-12)).rounded(.down)) / deviations.count
  }

  /// Points near the surface; they come first, those of the first deviation before those of the second.
  public var nearCount: Int { originCount * deviations.count }

  /// Points of the region; they come last.
  public var uniformCount: Int { count - nearCount }

  /// Checks the numbers.
  ///
  /// *Throws*: `SamplingError` naming the first that cannot be.
  public func validate() throws {
    guard (1...Self.largestCount).contains(count) else {
      throw SamplingError("\(count) points cannot be drawn; use 1 to \(Self.largestCount)")
    }
    guard (0...1).contains(nearShare) else {
      throw SamplingError("the share near the surface is \(nearShare); use 0 to 1")
    }
    guard deviations.count <= 16, (deviations + [pairedDeviation ?? 0]).allSatisfy({ (0...1e6).contains($0) }) else {
      throw SamplingError("deviations are at most 16 numbers from 0 to 1,000,000")
    }
    guard radius > 0, radius <= 1e6 else { throw SamplingError("the radius is \(radius); use a positive number") }
    guard margin > 0, margin <= 1e6 else { throw SamplingError("the margin is \(margin); use a positive number") }
    guard nearShare == 0 || !deviations.isEmpty else {
      throw SamplingError("points near the surface need at least one deviation")
    }
  }

  /// Most points of one mesh.
  public static let largestCount = 1 << 28
}

/// Plans that were published, to the last number.
public enum SamplePreset: String, Sendable, Codable, CaseIterable {
  /// The DeepSDF paper: variances 0.0025 and 0.00025 about the surface.
  case deepsdf
  /// The code that was released with it: variances 0.005 and 0.0005, the rest in the cube.
  case deepsdfCode = "deepsdf-code"
  /// The mesh_to_sdf library: deviations of 0.0025 and 0.00025, 20 to 63 times nearer to the surface.
  case meshToSDF = "mesh-to-sdf"
  /// Uniform in the unit ball.
  case uniform
  /// The two files of the shapegan data set: uniform in the ball, and for each of these points one near the surface.
  case shapegan

  /// The plan.
  ///
  /// *Reference*: Park et al., "DeepSDF", 2019, arXiv:1901.05103, section 5 and its supplement; Kleineberg et al.,
  /// "Adversarial Generation of Continuous Implicit Shape Representations", 2020, arXiv:2002.00349.
  public var plan: SamplePlan {
    let published = 47.0 / 50
    var plan =
      switch self {
      case .deepsdf:
        SamplePlan(name: rawValue, near: published, deviations: Self.roots(0.0025, 0.00025))
      case .deepsdfCode:
        SamplePlan(
          name: rawValue, near: published, deviations: Self.roots(0.005, 0.0005), region: .cube)
      case .meshToSDF: SamplePlan(name: rawValue, near: published, deviations: [0.0025, 0.00025])
      case .uniform: SamplePlan(name: rawValue, near: 0, deviations: [])
      case .shapegan: SamplePlan(name: rawValue, count: 262_144, near: 0, deviations: [])
      }
    if self == .deepsdf || self == .deepsdfCode { plan.margin = 1.03 }
    if self == .shapegan { plan.pairedDeviation = 0.0025 }
    if plan.nearShare == 0 { plan.minimumInsideShare = 0.01 }
    return plan
  }

  /// Deviations of variances.
  private static func roots(_ variances: Double...) -> [Double] { variances.map { $0.squareRoot() } }
}
