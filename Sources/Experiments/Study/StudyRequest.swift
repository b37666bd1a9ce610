import Foundation
import Volumes

/// What a study is of: all that its results depend on, and that a study that goes on must have in common with its folder.
package struct StudyRequest: Codable, Equatable, Sendable {
  /// The data set, by what is in it and not by where it lies.
  package struct DataSet: Codable, Equatable, Sendable {
    /// Number of training series; nil where nothing is trained.
    package var training: Int?
    /// Number of series that models are judged on.
    package var judged: Int
    /// Part that they are of.
    package var part: DatasetPart
    /// Digest of their names, in order.
    package var names: String

    /// A data set of these numbers.
    package init(training: Int?, judged: Int, part: DatasetPart, names: String) {
      (self.training, self.judged, self.part, self.names) = (training, judged, part, names)
    }
  }

  /// Which recipes.
  package var scale: StudyScale
  /// Minutes of training of all models.
  package var minutes: Double?
  /// Seed of every model.
  package var seed: UInt64
  /// The models, in the study's order.
  package var models: [StudyModel]
  /// Finished runs in place of training, by the models' names.
  package var runs: [String: String]
  /// Changes of the configurations.
  package var settings: [String]
  /// What is read.
  package var data: DataSet

  /// A request for these models on a data set, with nothing else said.
  package init(models: [StudyModel], data: DataSet) {
    (scale, minutes, seed, runs, settings) = (.small, nil, 1, [:], [])
    (self.models, self.data) = (models, data)
  }

  /// Throws, naming what differs, unless `other` asks for the same study.
  package func requireSame(as other: StudyRequest, in folder: String) throws {
    let pairs: [(String, String, String)] = [
      ("--scale", other.scale.rawValue, scale.rawValue),
      ("--minutes", Self.text(other.minutes), Self.text(minutes)), ("--seed", "\(other.seed)", "\(seed)"),
      ("models", Self.text(other.models.map(\.name)), Self.text(models.map(\.name))),
      ("--run", Self.text(other.runs), Self.text(runs)), ("--set", Self.text(other.settings), Self.text(settings)),
      ("--part", other.data.part.rawValue, data.part.rawValue),
      ("number of judged series", "\(other.data.judged)", "\(data.judged)"),
      ("judged series", other.data.names, data.names),
      ("number of training series", Self.text(other.data.training), Self.text(data.training)),
    ]
    let changed = pairs.filter { $0.1 != $0.2 }.map { "\($0.0) (\($0.1) in the folder, \($0.2) now)" }
    guard !changed.isEmpty else { return }
    throw ExperimentError(
      "\(folder): holds a study with other \(changed.joined(separator: ", ")); choose another --out, or --force to begin anew"
    )
  }

  private static func text(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "none" }
  private static func text(_ list: [String]) -> String { list.isEmpty ? "none" : list.joined(separator: " ") }
  private static func text(_ map: [String: String]) -> String {
    text(map.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
  }
}

extension StudyRequest {
  /// What the options ask for.
  ///
  /// *Throws*: for names that are not of the study, for runs that are no model of it or two of one, for data that cannot be read.
  init(_ options: StudyOptions) throws {
    var models = StudyModel.all
    if !options.only.isEmpty {
      let chosen = Set(try options.only.map(StudyModel.init(name:)))
      models = models.filter(chosen.contains)
    }
    (scale, minutes, seed, self.models) = (options.scale, options.minutes, options.seed, models)
    settings = options.settings
    runs = try Self.runs(options.runs, among: models)
    let taken = runs
    let isTraining = models.contains { taken[$0.name] == nil }
    data = try DataSet(options, isTraining: isTraining)
    if minutes != nil, let setting = settings.first(where: { $0.hasPrefix("training.steps") }) {
      throw ExperimentError("--minutes decides the number of steps; leave it out, or --set \(setting)")
    }
    for owned in ["data.format", "recipe", "seed"] {
      guard let setting = settings.first(where: { $0.hasPrefix("\(owned)=") }) else { continue }
      throw ExperimentError("--set \(setting): \(owned) is the study's own; use --only, --scale and --seed")
    }
  }

  /// The runs by the model that each of them is.
  private static func runs(_ paths: [String], among models: [StudyModel]) throws -> [String: String] {
    var found: [String: String] = [:]
    for path in paths {
      let configuration = try ForecastRun(path).configuration
      guard let model = StudyModel(of: configuration) else {
        throw ExperimentError(
          "\(path): a \(configuration.recipe) of format \(configuration.data.format) is none of the study's models: 1 or 3 past frames, formats t20, t40 and t80"
        )
      }
      guard models.contains(model) else { throw ExperimentError("\(path): is \(model), which --only leaves out") }
      if let other = found[model.name] {
        throw ExperimentError("\(path): is \(model), and so is \(other); give one --run for each model")
      }
      found[model.name] = path
    }
    return found
  }
}

extension StudyRequest.DataSet {
  init(_ options: StudyOptions, isTraining: Bool) throws {
    let source = ForecastData(ForecastConfiguration(), directory: options.data)
    let part = options.part ?? source.judgedPart
    let paths = try source.paths(part)
    let names = (options.limit > 0 ? Array(paths.prefix(options.limit)) : paths).map {
      ($0 as NSString).lastPathComponent
    }
    self.init(
      training: isTraining ? try source.paths(.training).count : nil, judged: names.count, part: part,
      names: Digest(Data(names.joined(separator: "\n").utf8)).text)
  }
}
