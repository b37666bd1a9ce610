import Experiments
import Foundation
import Plots
import Runs
import Testing
import Volumes

/// Scores that say what they are told to.
enum StudyScores {
  /// The score of a model whose errors are the published ones, the Jaccard distances times `factor`.
  static func published(_ model: StudyModel, factor: Double = 1) throws -> ForecastScore {
    let published = PublishedResults.of(model)
    func errors(_ values: PublishedResults.Errors, _ factor: Double) -> [String: Any] {
      func moments(_ mean: Double) -> [String: Any] { ["mean": mean, "std": 0.01] }
      return [
        "target": moments(values.target * factor), "input": moments(values.input), "null": moments(values.null),
      ]
    }
    let measures = ["mse": errors(published.mse, 1), "jaccard": errors(published.jaccard, factor)]
    let flat = [Double](repeating: published.rolloutNull, count: 5)
    let deviations = ["target": flat, "input": flat, "null": flat, "persistence": flat]
    let curves: [String: Any] = [
      "target": published.rollout, "input": flat, "null": flat, "persistence": flat, "std": deviations,
    ]
    let object: [String: Any] = [
      "samples": 992, "scoring": ["sequence": measures, "frame": measures],
      "rollout": ["mse": curves, "jaccard": curves], "horizon": 0, "valid": false,
    ]
    let stored = try JSONDecoder().decode(ForecastScore.self, from: JSONSerialization.data(withJSONObject: object))
    return ForecastScore(samples: stored.samples, scoring: stored.scoring, rollout: stored.rollout)
  }

  static func results(factor: (StudyModel) -> Double = { _ in 1 }) throws -> [StudyResult] {
    try StudyModel.all.map { model in
      var result = StudyResult(model: model, step: 90, steps: 100, score: try published(model, factor: factor(model)))
      (result.parameters, result.minutes) = (761_889, 3.25)
      return result
    }
  }
}

@Suite("What a study finds out")
struct StudyTableTests {
  @Test("The published verdicts and horizons follow from the published numbers")
  func published() {
    let valid = StudyModel.all.filter { PublishedResults.of($0).isValid }.map(\.name)
    #expect(valid == ["convlstm-t40", "convlstm-t80", "frame-gan-3-t80"])
    #expect(StudyModel.all.map { PublishedResults.of($0).horizon } == [1, 2, 2, 0, 0, 1, 0, 0, 0])
    for model in StudyModel.all {
      let published = PublishedResults.of(model)
      #expect(published.rollout.count == 5 && published.rollout == published.rollout.sorted())
      // The first step of a rollout is a next frame.
      #expect(abs(published.rollout[0] - published.jaccard.target) < 0.01)
    }
  }

  @Test("Published numbers give the published verdicts and order; the table says so")
  func same() throws {
    let results = try StudyScores.results()
    for result in results {
      let published = PublishedResults.of(result.model)
      #expect(result.score.valid == published.isValid && result.score.horizon == published.horizon)
    }
    let orderings = StudyOrdering.orderings(of: results)
    #expect(orderings.count == 3 && orderings.allSatisfy(\.isAsPublished))
    #expect(orderings.allSatisfy { $0.found == [.convLSTM, .threeFrames, .oneFrame] })
    #expect(orderings[2].sentence.hasPrefix("t80: ConvLSTM (0.1880) < 3 frames (0.3137) < 1 frame (0.4047), the"))
    let table = StudyTable(results)
    let lines = table.csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.count == 10 && Set(lines.map(\.count)) == [lines[0].count])
    let columns = lines[0].map(String.init)
    let jaccard = try #require(columns.firstIndex(of: "sequence_jaccard_target"))
    #expect(lines[3][0] == "convlstm-t80" && lines[3][jaccard] == "0.188" && lines[3].contains("true"))
    #expect(table.verdicts.rows[2] == ["ConvLSTM t80", "0.1880", "0.2814", "0.3422", "yes", "2", "0.1880", "yes", "2"])
    #expect(table.details.rows[5].prefix(3) == ["ConvLSTM t80", "Jaccard", "0.1880 / 0.2814 / 0.3422"])
    #expect(table.training.rows[0] == ["ConvLSTM t20", "trained", "761,889", "100", "90", "3.2"])
    #expect(table.markdown.contains("| ConvLSTM t80 | 0.1880 |") && table.markdown.contains("- t20: "))
  }

  @Test("Another order is told as such; one model of a format has none")
  func other() throws {
    let results = try StudyScores.results { $0.name == "convlstm-t40" ? 9 : 1 }
    let orderings = StudyOrdering.orderings(of: results)
    #expect(orderings.map(\.isAsPublished) == [true, false, true])
    #expect(orderings[1].found == [.threeFrames, .oneFrame, .convLSTM])
    #expect(orderings[1].sentence.contains("not the published order ConvLSTM (0.1152)"))
    #expect(StudyOrdering.orderings(of: Array(results.prefix(3))).isEmpty)
  }

  @Test("results.json names each model with scores and published numbers")
  func json() throws {
    let data = try JSONEncoder().encode(StudyScores.results())
    let list = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    #expect(list.count == 9 && list[0]["name"] as? String == "convlstm-t20" && list[0]["valid"] as? Bool == false)
    let published = try #require(list[2]["published"] as? [String: Any])
    #expect(published["valid"] as? Bool == true && (published["rollout"] as? [Double])?.count == 5)
    #expect(list[2]["scoring"] is [String: Any] && list[2]["rollout"] is [String: Any])
  }

  @Test("Per-sample errors are read back, quoted names and all; damage is named")
  func perSample() throws {
    let heading = "name,mse_target,mse_null,mse_input,jaccard_target,jaccard_null,jaccard_input\n"
    let text = heading + "a,1,2,3,4,5,6\n\"b, \"\"c\"\"\nd\",7,8,9,10,11,1e-2\n\"\"\"e\"\"\",0,0,0,0,0,0\n"
    let errors = try PerSampleErrors(text: text, source: "file")
    #expect(errors.names == ["a", "b, \"c\"\nd", "\"e\""])
    #expect(errors.columns["mse_target"] == [1, 7, 0] && errors.columns["jaccard_input"] == [6, 0.01, 0])
    for damaged in ["", "sample\n", heading + "a,1,2\n", heading + "a,1,2,3,4,5,x\n"] {
      #expect(message { _ = try PerSampleErrors(text: damaged, source: "file") }?.hasPrefix("file:") == true)
    }
  }

  @Test("Curves count samples, of events and of loss histories")
  func curves() throws {
    let events: [TrainingEvent] = [
      .evaluation(.init(step: 10, metrics: ["mse": 0.5, "jaccard": 0.9, "jaccard_null": 0.3], seconds: 1)),
      .step(.init(step: 11, epoch: 1, batch: 1, metrics: ["mse": 9], seconds: 1)),
      .evaluation(.init(step: 20, metrics: ["mse": 0.25, "jaccard": 0.8, "jaccard_null": 0.3], seconds: 1)),
    ]
    let ours = StudyCurves(events: events, batchSize: 4)
    #expect(ours.mse == [CurvePoint(x: 40, y: 0.5), CurvePoint(x: 80, y: 0.25)] && ours.null == 0.3)
    let history = LossHistory(
      columns: ["D_VAL_LOSS", "MSE_VAL_LOSS", "JACCARD_VAL_LOSS"],
      rows: [.init(iteration: 1000, values: [-3, 0.1, 0.9])])
    #expect(StudyCurves(history: history, batchSize: 32).jaccard == [CurvePoint(x: 32_000, y: 0.9)])
    #expect(message { _ = try StudyCurves.published(in: "/nonexistent") }?.contains("no published curves") == true)
  }

  @Test("All figures of nine models can be drawn")
  func figures() throws {
    let samples = try PerSampleErrors(
      text: "name,mse_target,mse_null,mse_input,jaccard_target,jaccard_null,jaccard_input\n"
        + (1...40).map { "s\($0),0.0\($0),0.02,0.03,0.1\($0),0.2\($0),0.3\($0)\n" }.joined(), source: "")
    let events = (1...8).map { step in
      TrainingEvent.evaluation(
        .init(
          step: step * 50, metrics: ["mse": 0.2 / Double(step), "jaccard": 1 / Double(step), "jaccard_null": 0.3],
          seconds: 1))
    }
    let curves = StudyCurves(events: events, batchSize: 2)
    let subjects = try StudyScores.results().map {
      StudyFigures.Subject(result: $0, samples: samples, curves: $0.model.format == .t20 ? nil : curves)
    }
    let history = LossHistory(
      columns: ["MSE_VAL_LOSS", "JACCARD_VAL_LOSS"],
      rows: (1...20).map { .init(iteration: 1000 * $0, values: [0.1 / Double($0), 1 / Double($0)]) })
    let published = [StudyModel(.convLSTM, .t80): StudyCurves(history: history, batchSize: 16)]
    let figures = StudyFigures(subjects, published: published)
    for architecture in StudyArchitecture.allCases {
      // Two panels for each format: MSE and Jaccard distance.
      #expect(figures.learning(architecture)?.panels.count == 4)
      #expect(figures.distribution(architecture)?.panels.count == 6 && figures.rollout(architecture)?.panels.count == 6)
    }
    let all = [
      figures.learning(.convLSTM), figures.rollout(.oneFrame), figures.comparison(), figures.rolloutComparison(),
    ]
    for figure in all {
      let text = try #require(try figure?.svgText())
      #expect(text.contains("t80"))
    }
    #expect(StudyFigures([]).rolloutComparison() == nil && StudyFigures([]).learning(.convLSTM) == nil)
  }
}
