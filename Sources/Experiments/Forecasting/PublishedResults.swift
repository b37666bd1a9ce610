/// The numbers that the thesis publishes for a forecaster, to be shown beside ours.
///
/// *Reference*: 3D next-frame prediction thesis, chapters 7 and 8; the author's evaluation files, 992 test samples. The
/// ConvLSTM's are over all frames of a sample jointly, the frame GANs' over single frames.
package struct PublishedResults: Sendable, Equatable {
  /// Means of one measure against target, input and null model.
  package struct Errors: Sendable, Equatable, Codable {
    /// Against the true frames, against the last frames seen, and of the null model.
    package let target: Double, input: Double, null: Double
    /// Standard deviation of `target`, where it is published.
    package var deviation: Double?

    /// Whether the prediction is nearer to the truth than to its input, and nearer than the input is.
    package var isValid: Bool { target < input && target < null }
  }

  /// Mean squared error of the next frame.
  package let mse: Errors
  /// Jaccard distance of the next frame.
  package let jaccard: Errors
  /// Mean Jaccard distance to the target at each step of the rollout.
  package let rollout: [Double]
  /// About what the null model's Jaccard distance is at every step of the rollout.
  package let rolloutNull: Double

  /// The published verdict: nearer to the truth than input and null model, by both measures.
  package var isValid: Bool { mse.isValid && jaccard.isValid }

  /// Number of leading rollout steps that are better than the null model.
  package var horizon: Int { rollout.prefix { $0 < rolloutNull }.count }

  /// What is published of one of the nine models.
  package static func of(_ model: StudyModel) -> PublishedResults {
    let (mse, jaccard, rollout) = rows(of: model.architecture)[model.format] ?? ([], [], [])
    func errors(_ values: [Double]) -> Errors {
      Errors(target: values[0], input: values[1], null: values[2], deviation: values.count > 3 ? values[3] : nil)
    }
    return PublishedResults(
      mse: errors(mse), jaccard: errors(jaccard), rollout: rollout,
      rolloutNull: [StudyFormat.t20: 0.11, .t40: 0.21, .t80: 0.36][model.format] ?? 0)
  }

  /// What is published of a model of this configuration's architecture and format; nil if it is none of the nine.
  package static func of(_ configuration: ForecastConfiguration) -> PublishedResults? {
    StudyModel(of: configuration).map(of)
  }

  /// Target, input, null and deviation of both measures, and the rollout.
  private typealias Row = (mse: [Double], jaccard: [Double], rollout: [Double])

  private static func rows(of architecture: StudyArchitecture) -> [StudyFormat: Row] {
    switch architecture {
    case .convLSTM:
      [
        .t20: ([0.0035, 0.0035, 0.0067], [0.0743, 0.0741, 0.1072, 0.0251], [0.079, 0.130, 0.181, 0.233, 0.292]),
        .t40: ([0.0056, 0.0084, 0.0134], [0.1152, 0.1573, 0.1963, 0.0388], [0.122, 0.194, 0.293, 0.451, 0.550]),
        .t80: ([0.0099, 0.0164, 0.0261], [0.1880, 0.2814, 0.3422, 0.0338], [0.191, 0.331, 0.490, 0.632, 0.753]),
      ]
    case .oneFrame:
      [
        .t20: ([0.0105, 0.0070, 0.0067], [0.1839, 0.1201, 0.1125], [0.179, 0.283, 0.368, 0.441, 0.503]),
        .t40: ([0.0143, 0.0072, 0.0134], [0.2624, 0.1368, 0.2100], [0.259, 0.419, 0.543, 0.642, 0.720]),
        .t80: ([0.0235, 0.0096, 0.0262], [0.4047, 0.1848, 0.3606], [0.398, 0.604, 0.739, 0.830, 0.887]),
      ]
    case .threeFrames:
      [
        .t20: ([0.0096, 0.0074, 0.0067], [0.1710, 0.1352, 0.1127], [0.168, 0.259, 0.343, 0.418, 0.487]),
        .t40: ([0.0122, 0.0107, 0.0135], [0.2246, 0.2046, 0.2100], [0.222, 0.356, 0.486, 0.602, 0.699]),
        .t80: ([0.0177, 0.0186, 0.0265], [0.3137, 0.3309, 0.3629], [0.310, 0.520, 0.702, 0.828, 0.912]),
      ]
    }
  }
}
