import Foundation
import Runs
import Testing

@Suite struct ConfigurationTests {
  @Test func `yaml keeps the order of the fields and every value`() throws {
    var value = Sample()
    value.recipe = "true"
    value.notes = ["1", "null", "a: b # c", "it's \"quoted\"", "", "ä\nb", "1e5", "~"]
    value.optimizer.schedule = .cyclic(peak: 10, period: 200)
    let text = try Configuration.yaml(of: value, comment: "one\ntwo")
    #expect(text.hasPrefix("# one\n# two\nrecipe: "))
    #expect(text.contains("filters: [32, 32, 32]"))
    #expect(text.contains("epsilon: 1.0e-07"))
    #expect(text.contains("stepLimit: null"))
    #expect(try Configuration.decode(Sample.self, yaml: text) == value)
    let positions = ["recipe:", "seed:", "model:", "optimizer:", "precision:", "stages:"].compactMap {
      text.range(of: $0)?.lowerBound
    }
    #expect(positions.count == 6 && positions == positions.sorted())
  }

  @Test func `an enumeration that is written as its payload alone is set by the payload's paths`() throws {
    struct Wide: Codable, Equatable { var width = 1 }
    struct Deep: Codable, Equatable { var depth = 2, kind = "deep" }
    enum Network: Codable, Equatable {
      case wide(Wide), deep(Deep)
      enum Mark: String, CodingKey { case kind }
      init(from decoder: any Decoder) throws {
        let isDeep = try decoder.container(keyedBy: Mark.self).contains(.kind)
        self = try isDeep ? .deep(.init(from: decoder)) : .wide(.init(from: decoder))
      }
      func encode(to encoder: any Encoder) throws {
        switch self {
        case .wide(let payload): try payload.encode(to: encoder)
        case .deep(let payload): try payload.encode(to: encoder)
        }
      }
    }
    struct Model: Codable, Equatable { var network: Network }
    let (wide, deep) = (Model(network: .wide(.init())), Model(network: .deep(.init())))
    #expect(try Configuration.settings(of: wide).map(\.path) == ["network.width"])
    #expect(try Configuration.settings(of: deep).map(\.path) == ["network.depth", "network.kind"])
    #expect(try Configuration.applying(["network.depth=5"], to: deep).network == .deep(.init(depth: 5)))
    #expect(try Configuration.decode(Model.self, yaml: Configuration.yaml(of: deep)) == deep)
  }

  @Test(arguments: [0.1, 1e-7, 1e22, -3, .leastNonzeroMagnitude, 1.7976931348623157e308, .infinity, -.infinity])
  func `numbers come back bit for bit`(number: Double) throws {
    var value = Sample()
    value.optimizer.learningRate = number
    value.model.dropout = Float(number)
    #expect(try Configuration.decode(Sample.self, yaml: Configuration.yaml(of: value)) == value)
  }

  static let good: [(String, @Sendable (inout Sample) -> Void)] = [
    ("recipe=other", { $0.recipe = "other" }),
    ("recipe=12", { $0.recipe = "12" }),
    ("recipe=a=b: {c}", { $0.recipe = "a=b: {c}" }),
    ("seed=7", { $0.seed = 7 }),
    ("seed=18446744073709551615", { $0.seed = .max }),
    ("model.filters=[64, 64]", { $0.model.filters = [64, 64] }),
    ("model.filters.1=8", { $0.model.filters[1] = 8 }),
    ("model.dropout=0", { $0.model.dropout = 0 }),
    ("model.isResidual=false", { $0.model.isResidual = false }),
    ("optimizer.learningRate=1e-4", { $0.optimizer.learningRate = 1e-4 }),
    ("optimizer.schedule={cyclic: {peak: 10, period: 5}}", { $0.optimizer.schedule = .cyclic(peak: 10, period: 5) }),
    ("optimizer.schedule=constant", { $0.optimizer.schedule = .constant }),
    ("precision=bf16", { $0.precision = .bf16 }),
    ("condition=none", { $0.condition = .none }),
    ("format=t80", { $0.format = "t80" }),
    ("format=null", { $0.format = nil }),
    ("stepLimit=1e4", { $0.stepLimit = 10_000 }),
    ("stepLimit = 12", { $0.stepLimit = 12 }),
    ("clip={side: 4, steps: 2}", { $0.clip = Sample.Stage(side: 4, steps: 2) }),
    ("stages.1.steps=9", { $0.stages[1].steps = 9 }),
    ("notes=[a, 'b, c', 3]", { $0.notes = ["a", "b, c", "3"] }),
  ]

  @Test(arguments: good.indices)
  func `an assignment changes one leaf and nothing else`(index: Int) throws {
    let (assignment, change) = Self.good[index]
    var expected = Sample()
    change(&expected)
    #expect(try Configuration.applying([assignment], to: Sample()) == expected, "\(assignment)")
  }

  static let bad: [(String, [String])] = [
    ("precision", ["path=value"]),
    ("=3", ["path=value"]),
    ("precison=bf16", ["precison: no such setting", "precision (one of fp32, bf16)"]),
    ("learningRate=1", ["no such setting", "optimizer.learningRate (a number)"]),
    ("model=3", ["a group", "model.filters", "model.kernels"]),
    ("model.filters.3=1", ["no such setting", "model.filters"]),
    ("model..filters=1", ["no such setting"]),
    ("seed=-1", ["seed is '-1'", "a whole number"]),
    ("seed=1.5", ["seed is '1.5'", "a whole number"]),
    ("seed=", ["a whole number"]),
    ("stepLimit=many", ["stepLimit is 'many'", "a whole number"]),
    ("model.filters=64", ["model.filters", "a list"]),
    ("model.filters=[a]", ["model.filters.0 is 'a'", "a whole number"]),
    ("model.filters=[1, [2]]", ["model.filters.1 is a list"]),
    ("model.filters=[1", ["value: line"]),
    ("model.isResidual=1", ["true or false"]),
    ("model.dropout=0x1p3", ["a number"]),
    ("precision=fp16", ["precision is 'fp16'", "one of fp32, bf16"]),
    ("condition=past", ["condition is 'past'", "Condition"]),
    ("optimizer.schedule=linear", ["optimizer.schedule"]),
    ("clip={side: 4}", ["clip.steps is missing"]),
    ("clip={side: 4, steps: 2, depth: 1}", ["clip.depth is not a setting"]),
    ("stages=3", ["a group", "stages.0.side"]),
  ]

  @Test(arguments: bad.indices)
  func `a wrong assignment is one line that helps`(index: Int) throws {
    let (assignment, parts) = Self.bad[index]
    let text = try #require(message { _ = try Configuration.applying([assignment], to: Sample()) }, "\(assignment)")
    for part in parts { #expect(text.contains(part), "\(assignment): \(text)") }
    #expect(!text.contains("\n"), "\(text)")
  }

  @Test(arguments: [
    ("recipe: [", "line 2"), ("a: 1\na: 2", "appears twice"), ("{}", "recipe is missing"),
    ("- 1", "must be a group of keys"), ("recipe: &a [*a, *b]", "x"), ("{1: 2", "line"),
  ])
  func `a wrong file is one line that names it`(yaml: String, part: String) throws {
    let text = try #require(message { _ = try Configuration.decode(Sample.self, yaml: yaml, source: "x.yaml") })
    #expect(text.hasPrefix("x.yaml: ") && text.contains(part) && !text.contains("\n"), "\(text)")
  }

  @Test func `an unknown key in a file is an error that names the nearest`() throws {
    let yaml = try Configuration.yaml(of: Sample()).replacingOccurrences(
      of: "dropout: 0.2", with: "dropout: 0.2\n  drpout: 0.3")
    let text = try #require(message { _ = try Configuration.decode(Sample.self, yaml: yaml) })
    #expect(text.contains("model.drpout is not a setting; nearest: model.dropout"))
  }

  @Test func `a file that blows itself up is refused in time`() {
    let bomb = (1..<30).reduce("a0: &a0 [x,x,x,x,x,x,x,x,x,x]") {
      $0 + "\na\($1): &a\($1) [" + Array(repeating: "*a\($1 - 1)", count: 9).joined(separator: ",") + "]"
    }
    #expect(message { _ = try Configuration.decode(Sample.self, yaml: bomb) }?.contains("too large") == true)
    let deep = String(repeating: "[", count: 200_000)
    #expect(message { _ = try Configuration.decode(Sample.self, yaml: deep) } != nil)
    let nested = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(message { _ = try Configuration.decode(Sample.self, yaml: nested) }?.contains("too deep") == true)
  }

  @Test func `every setting is listed with what it may hold, and can be set to what it is`() throws {
    let settings = try Configuration.settings(of: Sample())
    #expect(settings.map(\.path).contains("stages.1.steps") && settings.map(\.path).contains("stepLimit"))
    #expect(settings.first { $0.path == "precision" }?.expectation == "one of fp32, bf16")
    for setting in settings {
      let same = try Configuration.applying(["\(setting.path)=\(setting.value)"], to: Sample())
      #expect(same == Sample(), "\(setting)")
    }
  }
}
