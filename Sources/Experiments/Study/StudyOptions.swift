import Runs
import Volumes

/// What the user says about a study.
public struct StudyOptions: Sendable {
  /// Folder of the data set.
  public var data: String
  /// Folder of the study.
  public var out: String
  /// Minutes of training of the whole study, shared evenly by the models that are trained; nil for the recipes' own steps.
  public var minutes: Double?
  /// Which recipes.
  public var scale = StudyScale.small
  /// Finished runs that take the place of training.
  public var runs: [String] = []
  /// Names of the models to compare; empty for all nine.
  public var only: [String] = []
  /// Changes of every model's configuration that has the setting.
  public var settings: [String] = []
  /// Folder of published validation curves.
  public var curves: String?
  /// Part of the data set that models are judged on; nil for test, or validation where there is no test part.
  public var part: DatasetPart?
  /// Judges only the first so many series in name order; 0 for all.
  public var limit = 0
  /// Seed of weights and data order of every model.
  public var seed: UInt64 = 1
  /// Where to compute: auto, cpu, cuda, cuda:N or mps.
  public var device = "cpu"
  /// Begins anew in a folder that holds a study.
  public var force = false
  /// How progress is shown.
  public var progress = ProgressMode.automatic

  /// A study of the data in `data`, into `out`.
  public init(data: String, out: String) { (self.data, self.out) = (data, out) }
}
