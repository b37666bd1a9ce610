import Foundation
import Testing

/// `formcast bench` where it says how convolutions are computed.
@Suite(.serialized)
struct BenchCommandTests {
  @Test("--explain prints a table with the choice and why")
  func explain() throws {
    let outcome = try CommandRunner.succeed(["bench", "convolution", "--explain", "--quick"])
    for word in [
      "GFLOP/s", "policy: ", "cache: ", "modelled ms", "measured ms", "n1_8_16_8_k5", "direct", "spectral", "* ",
    ] {
      #expect(outcome.output.contains(word), "\(word) in \(outcome.output)")
    }
  }

  @Test("The convolution suite is one JSON object a line with its ratio to direct float32")
  func convolution() throws {
    let lines = try CommandRunner.succeed(["bench", "convolution", "--quick", "--quiet"]).output.split(separator: "\n")
    struct Line: Decodable {
      var suite: String
      var name: String
      var value: Double
      var unit: String
      var details: [String: Double]
    }
    let results = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    let names = Set(results.map(\.name))
    #expect(names.isSuperset(of: ["n1_8_16_8_k5_direct_fp32_forward", "n1_8_16_8_k5_spectral_forward_backward"]))
    #expect(names.isSuperset(of: ["n1_8_16_8_k5_spectral_kernel_transforms", "n1_8_16_8_k1_matrix_forward"]))
    for result in results { #expect(result.suite == "convolution" && result.value > 0 && result.unit == "s") }
    let direct = results.filter { $0.name.contains("direct_fp32") }
    #expect(direct.count == 4 && direct.allSatisfy { $0.details["timesDirect"] == 1 })
  }

  @Test("The frame GAN's suite times steps of one and three past frames in both precisions, with their memory")
  func frameGAN() throws {
    struct Line: Decodable {
      var suite: String
      var name: String
      var value: Double
      var unit: String
      var peer: String?
      var details: [String: Double]
    }
    let lines = try CommandRunner.succeed(["bench", "frame-gan", "--quick", "--quiet"]).output.split(separator: "\n")
    let results = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    let names = ["bf16", "fp32", "fp32_over_bf16"].map { "step_\($0)" }
    #expect(results.map(\.name) == ["past1_", "past3_"].flatMap { past in names.map { past + $0 } })
    for result in results {
      #expect(result.suite == "frame-gan" && result.value > 0 && result.peer == nil)
      guard result.unit == "s" else { continue }
      #expect(result.details["pastFrames"] == (result.name.hasPrefix("past1") ? 1 : 3))
      #expect(result.details["batch"] == 2 && (result.details["peakBytes"] ?? 0) > 1e6)
    }
    // Only the generator's first layer grows with the frames: 16 numbers for each of two more, to 16 channels on 4^3 places.
    let parameters = results.filter { $0.unit == "s" }.compactMap { $0.details["parameters"] }
    try #require(parameters.count == 4)
    #expect(parameters[0] == parameters[1] && parameters[2] == parameters[3])
    #expect(parameters[2] - parameters[0] == 2 * 16 * 16 * 64)
  }

  @Test("The roofline names every layer and part and adds up")
  func roofline() throws {
    struct Line: Decodable {
      var name: String
      var value: Double
      var details: [String: Double]
    }
    let lines = try CommandRunner.succeed(["bench", "roofline", "--quick", "--quiet"]).output.split(separator: "\n")
    let results = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    let step = try #require(results.first { $0.name == "step" })
    let parts = results.filter { $0.name.hasPrefix("lstm.") || $0.name.hasPrefix("output_") }
    for layer in ["lstm.0_", "lstm.1_", "lstm.2_", "output_"] {
      #expect(parts.contains { $0.name.hasPrefix(layer) })
    }
    #expect(parts.contains { $0.name == "lstm.1_gateGradients" })
    for key in ["operations", "bytes"] {
      let sum = parts.reduce(0) { $0 + ($1.details[key] ?? 0) }
      #expect(abs((step.details[key] ?? 0) - sum) <= 1e-9 * sum && sum > 0)
    }
    for part in parts { #expect((part.details["shareOfLimit"] ?? -1) > 0, "\(part.name)") }
  }
}
