/// What must be known beside the numbers of a comparison to get them again.
public struct ComparisonProtocol: Sendable, Codable, Equatable {
  /// Samples of the surface of the shape and of the reference.
  public var sampleCount, referenceSampleCount: Int
  /// Points for the overlap of the volumes; 0 if it was left out.
  public var volumeSampleCount: Int
  /// The seed; nil if nothing was drawn.
  public var seed: UInt64?
  /// What distances are measured to.
  public var target: ComparisonOptions.Target
  /// What both shapes were scaled by.
  public var normalization: ComparisonNormalization
  /// The units of all distances.
  public var units: String
  /// Diagonal of the box of the reference in these units.
  public var referenceDiagonal: Double
  /// The distances of the F-scores.
  public var thresholds: [Double]
  /// How the thresholds were chosen.
  public var thresholdRule: String
  /// How inside and outside of the shape and of the reference were told apart.
  public var meshSign, referenceSign: SignDecision?
  /// What each number means.
  public var conventions = Self.conventions

  /// The definitions, by the names of the results.
  public static let conventions = [
    "chamfer.squared": "mean squared distance both ways, added (Achlioptas 2018, DeepSDF)",
    "chamfer.l1": "mean distance both ways, halved (Occupancy Networks)",
    "chamfer.l1Sum": "mean distance both ways, added",
    "chamferFloor": "the same between two independent samplings of the reference",
    "hausdorff": "largest distance of any sample: a lower bound of the surfaces' own",
    "normalConsistency": "mean |cosine| between the normals of nearest places",
    "fScores": "harmonic mean of precision and recall: shares of samples nearer than the threshold",
    "overlap.iou": "uniform points of the joint box inside both over those inside either",
  ]

  init(_ options: ComparisonOptions, sampleCounts: (Int, Int), referenceDiagonal: Double) {
    (sampleCount, referenceSampleCount) = sampleCounts
    (volumeSampleCount, seed) = (options.volumeSampleCount, options.seed)
    (target, normalization) = (options.target, options.normalization)
    self.referenceDiagonal = referenceDiagonal
    switch options.normalization {
    case .none: units = "those of the files"
    case .sphere: units = "radius of the reference: centre of its box to farthest vertex"
    case .cube: units = "half the longest side of the reference's box"
    }
    thresholds = options.thresholds ?? [referenceDiagonal / 100]
    thresholdRule = options.thresholds == nil ? "1 % of the diagonal of the reference's box" : "given"
  }
}
