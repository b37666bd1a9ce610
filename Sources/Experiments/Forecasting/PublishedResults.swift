/// The numbers that the thesis publishes for its ConvLSTM, to be shown beside ours.
///
/// *Reference*: 3D next-frame prediction thesis, chapter 7; the author's evaluation files, 992 test samples.
struct PublishedResults {
  /// Means of one measure against target, input and null model.
  struct Errors {
    let target: Double, input: Double, null: Double
  }

  let mse: Errors
  let jaccard: Errors
  /// Mean Jaccard distance to the target at each step of the rollout.
  let rollout: [Double]

  /// The ConvLSTM on a format; nil for formats that were not published.
  static func convLSTM(_ format: String) -> PublishedResults? {
    switch format {
    case "t20", "t20/1":
      PublishedResults(
        mse: Errors(target: 0.0035, input: 0.0035, null: 0.0067),
        jaccard: Errors(target: 0.0743, input: 0.0741, null: 0.1072), rollout: [0.079, 0.130, 0.181, 0.233, 0.292])
    case "t40", "t40/2":
      PublishedResults(
        mse: Errors(target: 0.0056, input: 0.0084, null: 0.0134),
        jaccard: Errors(target: 0.1152, input: 0.1573, null: 0.1963), rollout: [0.122, 0.194, 0.293, 0.451, 0.550])
    case "t80", "t80/4":
      PublishedResults(
        mse: Errors(target: 0.0099, input: 0.0164, null: 0.0261),
        jaccard: Errors(target: 0.1880, input: 0.2814, null: 0.3422), rollout: [0.191, 0.331, 0.490, 0.632, 0.753])
    default: nil
    }
  }
}
