import Plots
import Volumes

/// The figures of a study: of one architecture each, and of all models beside each other.
package struct StudyFigures: Sendable {
  /// One model's part in the figures.
  package struct Subject: Sendable {
    /// What was found out.
    package var result: StudyResult
    /// Its errors, sample by sample.
    package var samples: PerSampleErrors
    /// How it learned; nil where that is not known.
    package var curves: StudyCurves?

    /// A part made of these.
    package init(result: StudyResult, samples: PerSampleErrors, curves: StudyCurves? = nil) {
      (self.result, self.samples, self.curves) = (result, samples, curves)
    }
  }

  private let subjects: [Subject]
  private let published: [StudyModel: StudyCurves]
  private static let panelSize = FigureSize(width: 480, height: 300)

  /// Figures of these models; published curves are laid over theirs.
  package init(_ subjects: [Subject], published: [StudyModel: StudyCurves] = [:]) {
    (self.subjects, self.published) = (subjects, published)
  }

  /// Validation curves on all formats (the thesis's figures 7.1, 8.1, 8.2); nil if no model of the architecture was trained.
  package func learning(_ architecture: StudyArchitecture) -> Figure? {
    figure("\(architecture.title): learning", subjects(architecture).filter { $0.curves != nil }) { subject in
      guard let curves = subject.curves else { return [] }
      let model = subject.result.model
      return [
        learning(model, "Jaccard distance (validation)", curves.jaccard, published[model]?.jaccard, curves),
        learning(model, "mean squared error (validation)", curves.mse, published[model]?.mse, nil),
      ]
    }
  }

  private func learning(
    _ model: StudyModel, _ label: String, _ ours: [CurvePoint], _ theirs: [CurvePoint]?, _ references: StudyCurves?
  ) -> FigurePanel {
    var panel = CurvePanel(
      title: model.format.rawValue, xLabel: "training samples seen", yLabel: label,
      curves: [Curve(name: "here", role: .validation, points: ours)])
    if let theirs { panel.curves.append(Curve(name: "published", role: .published, points: theirs)) }
    let ends = panel.curves.compactMap { $0.points.last?.x }
    // One of them would be a speck at the edge.
    panel.isLogarithmicAcross = (ends.max() ?? 1) > 4 * (ends.min() ?? 1)
    if let null = references?.null {
      panel.references = [ReferenceLine(name: "null model", value: null, role: .null)]
    }
    return .curves(panel)
  }

  /// Histogram and box plot on all formats (figures 7.2, 8.3, 8.5).
  package func distribution(_ architecture: StudyArchitecture) -> Figure? {
    figure("\(architecture.title): the next frame", subjects(architecture)) { subject in
      [("jaccard", "Jaccard distance"), ("mse", "mean squared error")].map { measure, label in
        let groups = Self.kinds.map { name, key, role in
          ValueGroup(name: name, role: role, values: subject.samples.values(measure, against: key))
        }
        return .distribution(
          DistributionPanel(title: subject.result.model.format.rawValue, xLabel: label, groups: groups))
      }
    }
  }

  /// Errors of several steps ahead on all formats (figures 7.4, 8.7, 8.9), with the published mean.
  package func rollout(_ architecture: StudyArchitecture) -> Figure? {
    figure("\(architecture.title): several steps ahead", subjects(architecture)) { subject in
      let model = subject.result.model
      return ForecastFigures.rollout(subject.result.score).panels.enumerated().map { index, panel in
        guard case .bands(var bands) = panel else { return panel }
        bands.title = model.format.rawValue
        if index == 0 {
          let means = PublishedResults.of(model).rollout
          bands.bands.append(Band(name: "published target", role: .published, means: means))
        }
        return .bands(bands)
      }
    }
  }

  /// Box plots of all models (figure 9.1).
  package func comparison() -> Figure {
    let ordered = StudyFormat.allCases.flatMap { format in subjects.filter { $0.result.model.format == format } }
    let starts = ordered.indices.filter { index in
      index > 0 && ordered[index].result.model.format != ordered[index - 1].result.model.format
    }
    let panels = [("jaccard", "Jaccard distance"), ("mse", "mean squared error")].map { measure, label in
      var panel = BoxPanel(
        yLabel: label, categories: ordered.map(\.result.model.title),
        series: Self.kinds.map { name, key, role in
          .init(name: name, role: role, values: ordered.map { $0.samples.values(measure, against: key) })
        })
      panel.separators = Set(starts)
      return FigurePanel.boxes(panel)
    }
    return Figure(title: "All models: the next frame", panels: panels, panelSize: FigureSize(width: 960, height: 380))
  }

  /// Errors of several steps ahead of all models (figure 9.2).
  package func rolloutComparison() -> Figure? {
    let formats = StudyFormat.allCases.filter { format in subjects.contains { $0.result.model.format == format } }
    let panels = formats.flatMap { format -> [FigurePanel] in
      let results = subjects.map(\.result).filter { $0.model.format == format }
      return [("Jaccard distance", \ForecastScore.Rollout.jaccard), ("mean squared error", \.mse)].map { label, path in
        var bands = results.map { result in
          let curves = result.score.rollout[keyPath: path]
          return Band(
            name: result.model.architecture.title, role: Self.role(result.model.architecture), means: curves.target,
            deviations: curves.std.target)
        }
        if let null = results.first?.score.rollout[keyPath: path].null {
          bands.append(Band(name: "null model", role: .null, means: null))
        }
        return .bands(BandPanel(title: format.rawValue, yLabel: label, bands: bands))
      }
    }
    return panels.isEmpty
      ? nil
      : Figure(title: "All models: several steps ahead", panels: panels, columnCount: 2, panelSize: Self.panelSize)
  }

  private static let kinds: [(String, String, SeriesRole)] = [
    ("target", "target", .target), ("input", "input", .input), ("null model", "null", .null),
  ]

  /// Colours that no error has in the same figure.
  private static func role(_ architecture: StudyArchitecture) -> SeriesRole {
    switch architecture {
    case .convLSTM: .other(0)
    case .threeFrames: .other(2)
    case .oneFrame: .other(1)
    }
  }

  private func subjects(_ architecture: StudyArchitecture) -> [Subject] {
    subjects.filter { $0.result.model.architecture == architecture }
  }

  /// Two panels in a row for each model.
  private func figure(_ title: String, _ subjects: [Subject], panels: (Subject) -> [FigurePanel]) -> Figure? {
    guard !subjects.isEmpty else { return nil }
    return Figure(title: title, panels: subjects.flatMap(panels), columnCount: 2, panelSize: Self.panelSize)
  }
}
