import Foundation
import Plots
import Runs

/// Validation curves of runs and of published loss histories, laid over each other.
public struct CurveComparison: Sendable {
  /// What was compared, in the order given.
  public let histories: [History]

  /// One input's curves.
  public struct History: Sendable {
    /// Name of the run's folder, or of the file without its extension; the whole path where two would be called alike.
    public internal(set) var name: String
    /// Whether it is a run and not a file. A single file beside runs is drawn dashed.
    public let isRun: Bool
    /// Values by measure and step.
    fileprivate let curves: [Measure: [CurvePoint]]

    /// The last value of each measure, and its step.
    public var last: [String: (step: Int, value: Double)] {
      var last: [String: (step: Int, value: Double)] = [:]
      for (measure, points) in curves {
        if let point = points.last { last[measure.rawValue] = (Int(point.x), point.y) }
      }
      return last
    }
  }

  fileprivate enum Measure: String, CaseIterable {
    case loss
    case criticLoss = "critic_loss"
    case mse, jaccard

    /// Columns of a loss history; the published ones call the loss by its name.
    var columns: [String] {
      switch self {
      case .loss: ["LOSS_VAL_LOSS", "BCE_VAL_LOSS"]
      case .criticLoss: ["D_VAL_LOSS"]
      case .mse: ["MSE_VAL_LOSS"]
      case .jaccard: ["JACCARD_VAL_LOSS"]
      }
    }

    var label: String {
      switch self {
      case .loss: "binary cross-entropy"
      case .criticLoss: "critic loss"
      case .mse: "mean squared error"
      case .jaccard: "Jaccard distance"
      }
    }
  }

  /// Reads runs (folders) and loss histories (files such as a run's `plots/validation_losses.txt`), up to a step if one is given.
  ///
  /// *Throws*: `RunError` for what cannot be read, `ExperimentError` for what has no validation curve.
  public init(_ paths: [String], until limit: Int? = nil) throws {
    var histories = try paths.map { path in
      let url = URL(filePath: path)
      var isFolder: ObjCBool = false
      let isRun = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
      let history =
        isRun
        ? LossHistory(.evaluations, of: try EventLog(url: RunDirectory.open(at: url).events).read())
        : try LossHistory(contentsOf: url)
      let curves = Self.curves(of: history, until: limit ?? .max)
      guard !curves.isEmpty else { throw ExperimentError("\(path): no validation curve in it") }
      let name = isRun ? url.standardizedFileURL.lastPathComponent : url.deletingPathExtension().lastPathComponent
      return History(name: name, isRun: isRun, curves: curves)
    }
    let counts = Dictionary(grouping: histories, by: \.name).mapValues(\.count)
    for (index, path) in paths.enumerated() where counts[histories[index].name] ?? 1 > 1 {
      histories[index].name = path
    }
    self.histories = histories
  }

  private static func curves(of history: LossHistory, until limit: Int) -> [Measure: [CurvePoint]] {
    var curves: [Measure: [CurvePoint]] = [:]
    for measure in Measure.allCases {
      guard let column = history.columns.firstIndex(where: measure.columns.contains) else { continue }
      let points = history.rows.filter { $0.iteration <= limit && $0.values[column].isFinite }
        .map { CurvePoint(x: Double($0.iteration), y: $0.values[column]) }
      if !points.isEmpty { curves[measure] = points }
    }
    return curves
  }

  /// A panel for each measure that any of them has.
  public var figure: Figure {
    let files = histories.filter { !$0.isRun }.count
    let panels: [FigurePanel] = Measure.allCases.compactMap { measure in
      let curves = histories.enumerated().compactMap { index, history in
        history.curves[measure].map {
          let role: SeriesRole = !history.isRun && files == 1 ? .published : .other(2 * index)
          return Curve(name: history.name, role: role, points: $0)
        }
      }
      return curves.isEmpty ? nil : .curves(CurvePanel(xLabel: "step", yLabel: measure.label, curves: curves))
    }
    return Figure(title: "Validation", panels: panels)
  }
}
