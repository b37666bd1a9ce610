import Foundation
import Geometry
import Plots
import Runs
import Volumes

/// The pictures and the page of an evaluation.
struct ForecastReport {
  let run: ForecastRun
  let score: ForecastScore
  let scorer: ForecastScorer
  let samples: [ForecastExample]
  let part: String

  /// Writes `figures/`, `samples/` and `report.html`.
  func write(to folder: OutputFolder) throws {
    let figures = try folder.folder("figures")
    var page = HTMLReport(
      title: "Forecast evaluation", subtitle: "\(run.directory.url.lastPathComponent), \(part) data")
    addVerdict(to: &page)
    addNextFrame(to: &page)
    try add(
      ForecastFigures.distribution(scorer), named: "next_frame", to: &page, in: figures, caption: Caption.distribution)
    page.addSection("Several steps ahead")
    addRollout(to: &page)
    try add(ForecastFigures.rollout(score), named: "rollout", to: &page, in: figures, caption: Caption.rollout)
    try addSamples(to: &page, folder: folder)
    let events = try EventLog(url: run.directory.events).read().map(\.event)
    if let curves = ForecastFigures.learning(events) {
      page.addSection("Learning")
      try add(curves, named: "learning", to: &page, in: figures, caption: Caption.learning)
      addWarnings(events, to: &page)
    }
    try addRecord(to: &page)
    try page.write(to: folder.file("report.html"))
  }

  private enum Caption {
    static let distribution =
      "Distance of the prediction to the target and to the input, and of the null model, per series."
    static let rollout = "Mean and one standard deviation over the series; the null model repeats the last true frame."
    static let learning = "Training loss per step and the measures on the validation data."
    static let strip = "Top to bottom: the truth, the prediction from all frames before it, and where they differ."
    static let rollout5 = "Forecast from the last frame seen; each prediction is fed back."
    static let voxels = "The same frame as voxels and as the smoothed surface that is written to mesh files."
  }

  private func add(
    _ figure: Figure, named name: String, to page: inout HTMLReport, in folder: URL, caption: String
  ) throws {
    _ = try figure.write(to: folder.appending(path: name))
    page.addFigure(svg: try figure.svgText(), caption: caption)
  }

  private func addVerdict(to page: inout HTMLReport) {
    page.add(
      HTMLReport.Verdict(
        score.valid ? .good : .bad, label: score.valid ? "valid" : "not valid", explanation: score.verdict))
    let jaccard = score.scoring.sequence.jaccard
    page.addKeyNumbers([
      (Self.number(jaccard.target.mean), "Jaccard distance to the target"),
      (Self.number(jaccard.input.mean), "to the input"), (Self.number(jaccard.null.mean), "null model"),
      ("\(score.horizon)", score.horizon == 1 ? "usable step" : "usable steps"), ("\(score.samples)", "series"),
    ])
  }

  private func addNextFrame(to page: inout HTMLReport) {
    page.addSection("The next frame")
    var rows: [[String]] = []
    let scorings = [("whole sequence", score.scoring.sequence), ("frame by frame", score.scoring.frame)]
    for (name, scoring) in scorings {
      for (measure, errors) in [("MSE", scoring.mse), ("Jaccard", scoring.jaccard)] {
        let cells = [errors.target, errors.input, errors.null].map {
          "\(Self.number($0.mean)) (\(Self.number($0.std)))"
        }
        rows.append([name, measure] + cells + [errors.isValid ? "yes" : "no"])
      }
    }
    if let published = PublishedResults.of(run.configuration) {
      let scoring = run.configuration.model.convLSTM == nil ? "frame by frame" : "whole sequence"
      for (measure, errors) in [("MSE", published.mse), ("Jaccard", published.jaccard)] {
        let cells = [errors.target, errors.input, errors.null].map(Self.number)
        rows.append(["published (\(scoring))", measure] + cells + [errors.isValid ? "yes" : "no"])
      }
    }
    page.add(
      HTMLReport.Table(
        caption:
          "Mean (standard deviation) over the series; valid: closer to the target than input and null model are.",
        headings: ["scoring", "measure", "target", "input", "null model", "valid"], rows: rows))
  }

  private func addRollout(to page: inout HTMLReport) {
    let curves = score.rollout.jaccard
    var headings = ["step", "MSE", "Jaccard", "to the input", "null model", "persistence"]
    let published = PublishedResults.of(run.configuration)?.rollout
    if published != nil { headings.append("published Jaccard") }
    let rows = curves.target.indices.map { step -> [String] in
      let values = [score.rollout.mse.target, curves.target, curves.input, curves.null, curves.persistence]
      var row = ["\(step + 1)"] + values.map { Self.number($0[step]) }
      if let published { row.append(step < published.count ? String(format: "%.3f", published[step]) : "") }
      return row
    }
    page.add(HTMLReport.Table(caption: "Mean over the series.", headings: headings, rows: rows))
  }

  private func addSamples(to page: inout HTMLReport, folder: OutputFolder) throws {
    guard !samples.isEmpty else { return }
    page.addSection("Samples")
    let surfaces = try folder.folder("samples")
    for (index, sample) in samples.enumerated() {
      let pictures = ForecastStrips(sample)
      let sheets = [
        ("strip", try pictures.nextFrames(), Caption.strip), ("rollout", try pictures.rollout(), Caption.rollout5),
      ]
      for (kind, sheet, caption) in sheets {
        let image = try sheet.image()
        try image.writePNG(to: surfaces.appending(path: "\(kind)_\(index + 1).png").path)
        page.addImage(png: try image.pngData(), caption: "\(sample.name). \(caption)", alternative: caption)
      }
      if index == 0 {
        let image = try pictures.voxelsBesideSurface().image()
        try image.writePNG(to: surfaces.appending(path: "voxels_surface.png").path)
        page.addImage(png: try image.pngData(), caption: Caption.voxels, alternative: Caption.voxels)
      }
      try pictures.writeSurfaces(to: surfaces, prefix: "sample_\(index + 1)")
    }
  }

  /// What training warned of; the last ones where there are many.
  private func addWarnings(_ events: [TrainingEvent], to page: inout HTMLReport) {
    let warnings = events.compactMap { if case .warning(let warning) = $0 { warning } else { nil } }
    guard !warnings.isEmpty else { return }
    let rows = warnings.suffix(20).map { [$0.step.map(String.init) ?? "", $0.text] }
    let hidden = warnings.count - rows.count
    page.add(
      HTMLReport.Table(
        caption: "What training warned of" + (hidden > 0 ? "; \(hidden) earlier ones are in log.txt." : "."),
        headings: ["step", "warning"], rows: rows))
  }

  private func addRecord(to page: inout HTMLReport) throws {
    page.addSection("How it was made")
    let environment = try run.directory.readEnvironment()
    page.addProperties([
      ("recipe", run.configuration.recipe), ("checkpoint", "step \(run.checkpoint.step)"),
      ("format", run.configuration.data.format), ("rollout feeds back", run.configuration.rollout.feedback.rawValue),
      ("Formcast", environment.version), ("libtorch", environment.engine.libtorch ?? "unknown"),
      ("device", environment.engine.device), ("seed", "\(environment.seed)"),
    ])
    page.addCode(try String(contentsOf: run.directory.configuration, encoding: .utf8))
  }

  static func number(_ value: Double) -> String { String(format: "%.4f", value) }
}
