import Runs
import Volumes

extension ForecastConfiguration {
  /// Settings that may differ when a run goes on: how long it is, when it looks at itself, what it keeps, how much memory it
  /// may take. No step depends on them.
  static let changeableOnResumption: Set<String> = [
    "training.steps", "training.epochs", "training.validationInterval", "training.checkpointInterval",
    "training.keepLast", "training.keepBest", "training.samples", "training.recalibrationBatches", "data.cacheBytes",
  ]

  /// Throws, naming the settings, unless a run of the configuration `stored` can go on with this one.
  func requireContinuation(of stored: ForecastConfiguration, in run: String) throws {
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

  private static func values(of configuration: ForecastConfiguration) throws -> [String: String] {
    let settings = try Configuration.settings(of: configuration)
    return Dictionary(
      uniqueKeysWithValues: settings.map { ($0.path, $0.value.split(separator: "\n").joined(separator: " ")) })
  }
}
