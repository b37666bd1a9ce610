import Foundation
import Runs

/// A folder of its own for one test, removed with the value.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("formcast-runs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path)") }
  }

  func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? url.path : file(folder).path).sorted()
  }
}

/// The message of the error that `body` throws, or nil if it throws none.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return String(describing: error)
  }
}

/// A configuration with everything that ours have.
struct Sample: Codable, Sendable, Equatable {
  enum Precision: String, Codable, Sendable, CaseIterable { case fp32, bf16 }
  enum Condition: String, Codable, Sendable { case target, lastInput, none }
  enum Schedule: Codable, Sendable, Equatable {
    case constant
    case cyclic(peak: Double, period: Int)
  }
  struct Stage: Codable, Sendable, Equatable {
    var side: Int
    var steps: Int
  }
  struct Model: Codable, Sendable, Equatable {
    var filters: [Int] = [32, 32, 32]
    var kernels: [Int] = [5, 3, 1]
    var dropout: Float = 0.2
    var name = "conv lstm"
    var isResidual = true
  }
  struct Optimizer: Codable, Sendable, Equatable {
    var learningRate = 1e-3
    var epsilon = 1e-7
    var schedule = Schedule.constant
  }

  var recipe = "convlstm"
  var seed: UInt64 = .max
  var model = Model()
  var optimizer = Optimizer()
  var precision = Precision.fp32
  var condition = Condition.target
  var format: String?
  var stepLimit: Int?
  var clip: Stage?
  var stages = [Stage(side: 8, steps: 100), Stage(side: 16, steps: 200)]
  var notes: [String] = []
}
