import Foundation
import Runs
import Torch
import Training

/// A complete configuration of a training run: what `config.yaml` holds, and how a task is made of it.
public protocol TrainableConfiguration: Codable, Sendable, Equatable {
  /// Name of the recipe it began as.
  var recipe: String { get }
  /// Seed of every random choice.
  var seed: UInt64 { get set }
  /// Steps of the whole run.
  var steps: Int { get set }

  /// Settings that may differ when a run goes on: how long it is, when it looks at itself, what it keeps, how much memory it
  /// may take. No step depends on them.
  static var changeableOnResumption: Set<String> { get }

  /// Throws, naming the field, unless every value makes sense.
  func validate() throws
  /// Throws unless a folder holds data to train on; quick.
  func checkData(in directory: String) throws
  /// When the run evaluates, saves and ends; `batchesPerEpoch` turns epochs into steps.
  func plan(minutes: Double?, batchesPerEpoch: Int) -> TrainingPlan
  /// The learning of this configuration's model on the data of a folder.
  ///
  /// *Throws*: if the data cannot be read or do not fit the model.
  func task(directory: String, device: Device) throws -> any TrainingTask
  /// A configuration of the same steps whose evaluation is cheap enough to be measured.
  func lightened(for directory: String) throws -> LightenedConfiguration<Self>
}

/// A configuration whose steps are those of another and whose evaluations are shorter.
public struct LightenedConfiguration<Configuration> {
  /// The shorter one.
  public var configuration: Configuration
  /// How many of its evaluations one of the other is worth.
  public var evaluationFactor: Double
  /// Steps' worth of work that an evaluation of the other needs beside that.
  public var extraSteps = 0.0
}

extension TrainableConfiguration {
  /// Throws, naming the settings, unless a run of the configuration `stored` can go on with this one.
  func requireContinuation(of stored: Self, in run: String) throws {
    let before = try Self.values(of: stored)
    let now = try Self.values(of: self)
    // A list is a setting and so are its elements; the whole says enough.
    let changed = Set(before.keys).union(now.keys).filter { path in
      before[path] != now[path] && !Self.changeableOnResumption.contains(path)
    }
    let shown = changed.filter { path in !changed.contains { path.hasPrefix($0 + ".") } }.sorted()
    guard !shown.isEmpty else { return }
    let list = shown.map { "\($0) (\(before[$0] ?? "none") in the run, \(now[$0] ?? "none") now)" }.joined(
      separator: ", ")
    throw ExperimentError("\(run): a run that goes on keeps its \(list); train into another --out to change it")
  }

  private static func values(of configuration: Self) throws -> [String: String] {
    let settings = try Configuration.settings(of: configuration)
    return Dictionary(
      uniqueKeysWithValues: settings.map { ($0.path, $0.value.split(separator: "\n").joined(separator: " ")) })
  }
}
