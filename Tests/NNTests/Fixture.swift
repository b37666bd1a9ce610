import Foundation
import NN
import Testing
import Torch

/// Reference tensors written by PyTorch and the safetensors library (Tests/Fixtures/scripts/nn_fixtures.py).
struct Fixture {
  let tensors: [String: Tensor]

  /// Reads `Tests/Fixtures/nn/NAME.safetensors`.
  init(_ name: String) throws {
    tensors = try StateFile(reading: Self.path(name)).tensors
  }

  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/nn/\(name).safetensors").path
  }

  /// A tensor that must be there.
  subscript(_ key: String) -> Tensor {
    get throws { try #require(tensors[key], "the fixture lacks \(key)") }
  }
}

/// Expects equal shapes and every element within `tolerance` of the reference, relative to its largest entry.
func expectClose(
  _ actual: Tensor, _ expected: Tensor, _ tolerance: Double = 1e-12, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.shape == expected.shape, "\(what)", sourceLocation: sourceLocation)
  let (a, b) = (actual.array(of: Double.self), expected.array(of: Double.self))
  guard a.count == b.count else { return }
  let scale = max(b.lazy.map(abs).max() ?? 0, 1e-300)
  let deviation = zip(a, b).lazy.map { abs($0 - $1) }.max() ?? 0
  let isFinite = a.allSatisfy(\.isFinite)
  #expect(
    isFinite && deviation <= tolerance * scale, "\(what): off by \(deviation) at scale \(scale)",
    sourceLocation: sourceLocation)
}

/// A seeded normal tensor in float64 that asks for a gradient.
func randomLeaf(_ shape: [Int], _ generator: Generator) -> Tensor {
  Tensor.normal(shape, generator: generator, dtype: .float64).requiringGradient()
}

/// Gradients of `scalar`, checked to be there for every input.
func fullGradients(of scalar: Tensor, _ inputs: [Tensor], createGraph: Bool = false) -> [Tensor] {
  gradient(of: scalar, withRespectTo: inputs, createGraph: createGraph, retainGraph: true)
}
