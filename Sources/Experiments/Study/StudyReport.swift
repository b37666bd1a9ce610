import Foundation
import Geometry
import Plots
import Runs

/// The figures, strips and page of a study.
struct StudyReport {
  let plan: StudyPlan
  let members: [StudyMember]
  let outcome: StudyOutcome
  let figures: StudyFigures
  let options: StudyOptions

  /// Writes `figures/`, `samples/` and `report.html`.
  func write(to folder: StudyFolder) throws {
    let data = plan.request.data
    var page = HTMLReport(
      title: "Study of next-frame forecasters",
      subtitle: "\(members.count) models, \(data.judged) \(data.part.rawValue) series")
    addVerdict(to: &page)
    addTables(to: &page)
    try addComparison(to: &page, in: folder)
    try addArchitectures(to: &page, in: folder)
    try addStrips(to: &page, in: folder)
    try addRecord(to: &page)
    try page.write(to: folder.url.appending(path: "report.html"))
  }

  private enum Caption {
    static let comparison =
      "Distance of the prediction to the target and to the input, and of the null model, of every model; one value per series."
    static let rolloutComparison =
      "Mean over the series and one standard deviation; each model begins with the frames it was published with, and its predictions are fed back."
    static let learning =
      "Measures on the validation data over the number of series (ConvLSTM) or windows (frame GANs) that were learned from; dashed: the published training."
    static let distribution =
      "Distance of the prediction to the target and to the input, and of the null model, per series, all frames jointly."
    static let rollout =
      "Mean and one standard deviation over the series; dashed, in orange: the published mean to the target."
    static let strip =
      "The truth, and under it what each model says from the true frames before, and where they differ."
    static let rolloutStrip =
      "Forecast of several steps: all models see the same frames up to step 0, and each prediction is fed back."
  }

  private func addVerdict(to page: inout HTMLReport) {
    let results = outcome.models
    guard !results.isEmpty else { return page.addParagraph("No model could be judged.") }
    let (valid, published) = (results.count { $0.score.valid }, results.count { $0.published.isValid })
    let sameVerdicts = results.count { $0.score.valid == $0.published.isValid }
    let orders = outcome.orderings
    let sameOrders = orders.count(where: \.isAsPublished)
    let isSame = sameVerdicts == results.count && sameOrders == orders.count
    // That untrained models are as little valid as the worst published ones says nothing.
    let isMixed = sameOrders > 0 || results.contains { $0.score.valid && $0.published.isValid }
    var sentence =
      "Valid: \(valid) of \(results.count) models, published: \(published); \(sameVerdicts) of \(results.count) verdicts agree."
    if !orders.isEmpty {
      sentence += " The order of merit is the published one on \(sameOrders) of \(orders.count) formats."
    }
    page.add(
      HTMLReport.Verdict(
        isSame ? .good : isMixed ? .mixed : .bad,
        label: isSame ? "as published" : isMixed ? "partly as published" : "not as published", explanation: sentence))
    page.addKeyNumbers([
      ("\(valid)", "valid models"), ("\(published)", "valid as published"),
      ("\(results.map(\.score.horizon).max() ?? 0)", "longest horizon"), ("\(results[0].score.samples)", "series"),
    ])
    for ordering in orders { page.addParagraph(ordering.sentence) }
    for problem in outcome.problems { page.addNote("Left out: \(problem)") }
  }

  private func addTables(to page: inout HTMLReport) {
    let table = StudyTable(outcome.models)
    page.addSection("Results")
    var verdicts = HTMLReport.Table(
      caption: StudyTable.verdictsCaption, headings: table.verdicts.headings, rows: table.verdicts.rows)
    verdicts.emphasizedRows = Set(outcome.models.indices.filter { outcome.models[$0].score.valid })
    page.add(verdicts)
    page.add(
      HTMLReport.Table(
        caption: StudyTable.detailsCaption, headings: table.details.headings, rows: table.details.rows))
  }

  private func addComparison(to page: inout HTMLReport, in folder: StudyFolder) throws {
    guard !members.isEmpty else { return }
    page.addSection("All models")
    try add(figures.comparison(), named: "comparison", caption: Caption.comparison, to: &page, in: folder)
    try add(
      figures.rolloutComparison(), named: "rollout_comparison", caption: Caption.rolloutComparison, to: &page,
      in: folder)
  }

  private func addArchitectures(to page: inout HTMLReport, in folder: StudyFolder) throws {
    for architecture in StudyArchitecture.allCases {
      guard let distribution = figures.distribution(architecture) else { continue }
      page.addSection(architecture.title)
      let name = architecture.rawValue
      try add(
        figures.learning(architecture), named: "\(name)_learning", caption: Caption.learning, to: &page, in: folder)
      try add(distribution, named: "\(name)_next_frame", caption: Caption.distribution, to: &page, in: folder)
      try add(figures.rollout(architecture), named: "\(name)_rollout", caption: Caption.rollout, to: &page, in: folder)
    }
  }

  private func add(
    _ figure: Figure?, named name: String, caption: String, to page: inout HTMLReport, in folder: StudyFolder
  ) throws {
    guard let figure else { return }
    let files = try figure.write(to: try folder.folder("figures").appending(path: name))
    page.addFigure(svg: try String(contentsOf: files.svg, encoding: .utf8), caption: caption)
  }

  private func addStrips(to page: inout HTMLReport, in folder: StudyFolder) throws {
    guard !members.isEmpty else { return }
    page.addSection("Samples")
    for format in StudyFormat.allCases {
      let runs = members.filter { $0.subject.result.model.format == format }.map { ($0.subject.result.model, $0.run) }
      guard !runs.isEmpty else { continue }
      let strips = try StudyStrips(runs, options: options, part: plan.request.data.part)
      let sheets = [
        ("strip", try strips.nextFrames(), Caption.strip), ("rollout", try strips.rollout(), Caption.rolloutStrip),
      ]
      for (kind, sheet, caption) in sheets {
        guard let image = try sheet?.image() else { continue }
        try image.writePNG(to: try folder.folder("samples").appending(path: "\(format.rawValue)_\(kind).png").path)
        page.addImage(png: try image.pngData(), caption: "\(format.rawValue). \(caption)", alternative: caption)
      }
    }
  }

  private func addRecord(to page: inout HTMLReport) throws {
    page.addSection("How it was made")
    let request = plan.request
    var properties = [
      ("recipes", request.scale.rawValue), ("seed", "\(request.seed)"),
      (
        "training budget",
        request.minutes.map { "\(QuantityText.duration($0 * 60)) for all models" } ?? "the recipes' own steps"
      ),
      ("settings", request.settings.isEmpty ? "none" : request.settings.joined(separator: ", ")),
      ("judged on", "\(request.data.judged) series of the \(request.data.part.rawValue) part"),
    ]
    if let environment = try members.first?.run.directory.readEnvironment() {
      properties += [
        ("Formcast", environment.version), ("libtorch", environment.engine.libtorch ?? "unknown"),
        ("platform", environment.platform), ("device", environment.engine.device),
        ("threads", "\(environment.engine.threadCount)"),
      ]
    }
    page.addProperties(properties.map { (name: $0.0, value: $0.1) })
    var training = StudyTable(outcome.models).training
    training.headings += ["recipe", "batch", "s/step when planned"]
    for (index, member) in members.enumerated() {
      let configuration = member.run.configuration
      let cost = plan.entries.first { $0.model == member.subject.result.model }?.cost
      training.rows[index] += [
        configuration.recipe, "\(configuration.training.batchSize)",
        cost.map { String(format: "%.3f", $0.secondsPerStep) } ?? "–",
      ]
    }
    page.add(
      HTMLReport.Table(
        caption: "Every model's whole configuration is in config.yaml of its run, and in study.json.",
        headings: training.headings, rows: training.rows))
  }
}
