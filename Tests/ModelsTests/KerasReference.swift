import Foundation
import Models
import NN
import Torch
import Volumes

/// The ConvLSTM numbers that Keras computed, in this package's layout.
struct KerasReference {
  private let archive: NpzArchive

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    archive = try NpzArchive(folder.appending(path: "Fixtures/\(name).npz").path)
  }

  /// Values as they are stored.
  func floats(_ name: String) throws -> [Float] { try archive.array(name).floats() }

  /// [N, T, x, y, z] as frames [T, N, 1, x, y, z].
  func frames(_ name: String) throws -> Tensor {
    let array = try archive.array(name)
    return Tensor(array.floats(), shape: array.shape).transposed(0, 1).unsqueezed(2).contiguous()
  }

  /// All weights under `prefix` as a state of the network.
  func state(_ prefix: String, trainableOnly: Bool = false) throws -> [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (key, source) in Self.keys where !(trainableOnly && key.contains("running")) {
      let array = try archive.array("\(prefix)\(source)")
      let tensor = Tensor(array.floats(), shape: array.shape)
      // [kx, ky, kz, in, out] to [out, in, kx, ky, kz].
      state[key] = array.shape.count == 5 ? tensor.permuted([4, 3, 0, 1, 2]).contiguous() : tensor
    }
    return state
  }

  private static let keys: [String: String] = {
    var keys: [String: String] = ["output.weight": "conv.kernel", "output.bias": "conv.bias"]
    for layer in 0..<3 {
      keys["lstm.\(layer).kernel"] = "lstm\(layer + 1).kernel"
      keys["lstm.\(layer).recurrentKernel"] = "lstm\(layer + 1).recurrent_kernel"
      keys["lstm.\(layer).bias"] = "lstm\(layer + 1).bias"
    }
    for layer in 0..<2 {
      keys["norm.\(layer).weight"] = "bn\(layer + 1).gamma"
      keys["norm.\(layer).bias"] = "bn\(layer + 1).beta"
      keys["norm.\(layer).runningMean"] = "bn\(layer + 1).moving_mean"
      keys["norm.\(layer).runningVariance"] = "bn\(layer + 1).moving_variance"
    }
    return keys
  }()

  /// The network of the reference with 8 filters, or the published one, at its initial weights.
  func network(_ variant: String, filters: Int = 8) throws -> ConvLSTMForecaster {
    var configuration = ConvLSTMForecaster.Configuration()
    configuration.filters = [filters, filters, filters]
    configuration.recurrentActivation = variant == "sigmoid" ? .sigmoid : .hardSigmoid
    let network = ConvLSTMForecaster(configuration, generator: Generator(seed: 1))
    try network.load(state("w."))
    return network
  }
}

/// Largest absolute difference, and the largest entry of the reference to hold it against.
func deviation(_ values: [Float], _ reference: [Float]) -> (absolute: Float, relative: Float) {
  precondition(values.count == reference.count, "\(values.count) values beside \(reference.count)")
  let absolute = zip(values, reference).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
  let scale = reference.reduce(Float(0)) { max($0, abs($1)) }
  return (absolute, absolute / max(scale, 1e-12))
}
