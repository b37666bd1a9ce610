import Experiments
import Foundation
import Testing

@Suite("The plan of a study")
struct StudyPlanTests {
  private static func request(
    _ models: [StudyModel] = StudyModel.all, change: (inout StudyRequest) -> Void = { _ in }
  ) -> StudyRequest {
    var request = StudyRequest(models: models, data: .init(training: 10, judged: 4, part: .test, names: "0"))
    change(&request)
    return request
  }

  private static let second = StudyCost(parameters: 10, secondsPerStep: 1, secondsPerValidation: 2)

  @Test("Nine models, by architecture and format; names lead back to them")
  func models() throws {
    #expect(StudyModel.all.count == 9 && Set(StudyModel.all.map(\.name)).count == 9)
    for model in StudyModel.all { #expect(try StudyModel(name: model.name) == model) }
    #expect(message { _ = try StudyModel(name: "convlstm") }?.contains("frame-gan-1-t20") == true)
  }

  @Test("Without minutes every model has its recipe's steps, and nothing is measured")
  func recipes() throws {
    let plan = try StudyPlan.make(Self.request { $0.seed = 5 }) { _ in throw ExperimentError("measured") }
    for entry in plan.entries {
      let configuration = try #require(entry.configuration)
      let recipe = try ForecastRecipe.named("\(entry.model.architecture.rawValue)-small").configuration
      #expect(configuration.training.steps == recipe.training.steps && configuration.model == recipe.model)
      #expect(configuration.data.format == entry.model.format.rawValue && configuration.seed == 5 && entry.cost == nil)
    }
  }

  @Test("Minutes are shared evenly; steps, validations and schedule follow from what was measured")
  func minutes() throws {
    var measured: [String] = []
    let plan = try StudyPlan.make(Self.request { $0.minutes = 90 }) {
      measured.append("\($0.recipe) \($0.data.format)")
      let slow = $0.recipe == "convlstm-small" ? 2.0 : 1
      return StudyCost(parameters: 10, secondsPerStep: slow, secondsPerValidation: 2)
    }
    #expect(measured.count == 9 && Set(measured).count == 9)
    for entry in plan.entries {
      let configuration = try #require(entry.configuration)
      // Ten minutes each, less eight validations: 584 seconds.
      let steps = entry.model.architecture == .convLSTM ? 288 : 584
      #expect(configuration.training.steps == steps && configuration.optimizer.scheduleSteps == steps)
      #expect(configuration.training.validationInterval == steps / 8)
      #expect(configuration.training.checkpointInterval == steps / 8)
      #expect(entry.cost?.secondsPerValidation == 2)
    }
  }

  @Test("Only models that are trained share the minutes")
  func taken() throws {
    let models = Array(StudyModel.all.prefix(3))
    let request = Self.request(models) { ($0.minutes, $0.runs) = (2, [models[1].name: "somewhere"]) }
    let plan = try StudyPlan.make(request) { _ in Self.second }
    #expect(plan.entries.map { $0.configuration?.training.steps } == [40, nil, 40])
  }

  @Test("At the published scale minutes never add to the published steps")
  func published() throws {
    let request = Self.request { ($0.scale, $0.minutes) = (.published, 1e7) }
    let plan = try StudyPlan.make(request) { _ in Self.second }
    for entry in plan.entries {
      let steps = entry.model.architecture == .convLSTM ? 10_000 : 20_000
      #expect(entry.configuration?.training.steps == steps)
    }
  }

  @Test("Minutes that are too few are refused with what is needed")
  func tooFew() throws {
    let line = try #require(
      message { _ = try StudyPlan.make(Self.request { $0.minutes = 1 }) { _ in Self.second } })
    #expect(line.contains("--minutes") && line.contains("convlstm-t20") && line.contains("24 s"), "\(line)")
  }

  @Test("A change reaches every model that has the setting, and is refused if none has")
  func settings() throws {
    let request = Self.request {
      $0.settings = ["model.baseWidth=16", "model.filters=[4, 4, 4]", "training.samples=3"]
    }
    for (model, configuration) in try StudyPlan.configurations(for: request) {
      #expect(configuration.training.samples == 3)
      #expect(configuration.model.frameGAN?.baseWidth == (model.architecture == .convLSTM ? nil : 16))
      #expect(configuration.model.convLSTM?.filters == (model.architecture == .convLSTM ? [4, 4, 4] : nil))
    }
    for wrong in ["model.baseWidht=16", "training.samples=many", "nothing"] {
      #expect(throws: (any Error).self, "\(wrong)") {
        try StudyPlan.configurations(for: Self.request { $0.settings = [wrong] })
      }
    }
  }

  @Test("Another request is refused by the names of what differs")
  func differences() throws {
    let first = Self.request { ($0.minutes, $0.settings) = (60, ["seed=1"]) }
    try first.requireSame(as: first, in: "out")
    var second = first
    (second.seed, second.minutes, second.data.judged) = (2, nil, 9)
    let line = try #require(message { try second.requireSame(as: first, in: "out") })
    #expect(
      line.contains("--seed (1 in the folder, 2 now)") && line.contains("--minutes (60.0 in the folder, none now)"))
    #expect(line.contains("judged series (4 in the folder, 9 now)") && !line.contains("--set") && !line.contains("\n"))
  }

  @Test("A plan survives its file")
  func file() throws {
    let plan = try StudyPlan.make(Self.request { $0.minutes = 90 }) { _ in Self.second }
    #expect(try JSONDecoder().decode(StudyPlan.self, from: JSONEncoder().encode(plan)) == plan)
  }

  @Test("An estimate says what the recipes take and which steps fit")
  func estimate() throws {
    let request = Self.request([StudyModel(.convLSTM, .t20), StudyModel(.oneFrame, .t80)])
    let estimate = try StudyEstimate(request, minutes: 10) { configuration in
      let isSlow = configuration.model.frameGAN != nil
      return StudyCost(parameters: 761_889, secondsPerStep: isSlow ? 100 : 1, secondsPerValidation: 2, bytes: 5_000_000)
    }
    #expect(estimate.models.map(\.name) == ["convlstm-t20", "frame-gan-1-t80"])
    #expect(estimate.models[0].seconds == 1600 + 2 * 8 && estimate.models[0].fittingSteps == 280)
    #expect(estimate.models[1].fittingSteps == nil && estimate.models[1].fitsMemory == true)
    let text = estimate.text
    #expect(
      text.contains("761,889") && text.contains("280 (17 %)") && text.contains("does not fit into 10 min"), "\(text)")
  }
}
