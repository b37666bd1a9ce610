import Foundation
import Models
import NN
import Torch
import Volumes

/// The frame GAN numbers that TensorFlow 2.10 computed, in this package's layout.
struct FrameReference {
  /// One frame to the next, or three to the fourth.
  enum Task: String, CaseIterable, Sendable { case one, three }

  let variant: FrameGAN.Variant
  let task: Task
  private let archive: NpzArchive

  init(_ variant: FrameGAN.Variant, _ task: Task) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    archive = try NpzArchive(folder.appending(path: "Fixtures/framegan_keras.npz").path)
    (self.variant, self.task) = (variant, task)
  }

  private var generatorName: String { task == .one ? "gen1" : "gen3" }
  var pastFrames: Int { task == .one ? 1 : 3 }

  /// An array of the variant, `name` without the variant's own.
  func floats(_ name: String) throws -> [Float] { try archive.array("\(variant.rawValue).\(name)").floats() }

  /// The same for the task.
  func taskFloats(_ name: String) throws -> [Float] { try floats("\(task.rawValue).\(name)") }

  /// All frames: [4, N, 1, x, y, z].
  func frames() throws -> Tensor {
    let array = try archive.array("frames")
    return Tensor(array.floats(), shape: array.shape).squeezed(5).transposed(0, 1).unsqueezed(2).contiguous()
  }

  /// The frames that are seen, [P, N, 1, x, y, z], and the one that comes, [N, 1, x, y, z].
  func pastAndTarget() throws -> (past: Tensor, target: Tensor) {
    let frames = try frames()
    return (frames.narrowed(0, start: 0, length: pastFrames), frames.selected(0, pastFrames))
  }

  /// The interpolation weights of a step.
  func weights(_ step: Int) throws -> Tensor {
    let array = try archive.array("alphas")
    return Tensor(Array(array.floats()[(2 * step)..<(2 * step + 2)]), shape: [2])
  }

  /// The networks of the reference at their initial weights.
  func networks() throws -> FrameGAN {
    var configuration = FrameGAN.Configuration()
    (configuration.variant, configuration.pastFrames) = (variant, pastFrames)
    (configuration.baseWidth, configuration.latentSize, configuration.dropout) = (16, 16, 0)
    let networks = FrameGAN(configuration, generator: Generator(seed: 1))
    try networks.encoder.load(state("enc", "enc.w"))
    try networks.generator.load(state("gen", "\(generatorName).w"))
    try networks.critic.load(state("disc", "disc.w"))
    return networks
  }

  /// All arrays of a network (`enc`, `gen`, `disc`) under a prefix, by our keys; those that are not there are left out.
  func state(_ network: String, _ prefix: String) throws -> [String: Tensor] {
    var state: [String: Tensor] = [:]
    let layers = try layers(of: network)
    for (key, layer, source) in layers.flatMap({ layer in Self.names.map { (layer.key, layer.source, $0) } }) {
      let name = "\(variant.rawValue).\(prefix).\(layer).\(source.keras)"
      guard archive.contains(name) else { continue }
      let array = try archive.array(name)
      let tensor = Tensor(array.floats(), shape: array.shape)
      let order = array.shape.count == 5 ? [4, 3, 0, 1, 2] : array.shape.count == 2 ? [1, 0] : [0]
      state["\(key).\(source.ours)"] = tensor.permuted(order).contiguous()
    }
    return state
  }

  private static let names: [(keras: String, ours: String)] = [
    ("kernel", "weight"), ("gamma", "weight"), ("beta", "bias"), ("bias", "bias"), ("moving_mean", "runningMean"),
    ("moving_variance", "runningVariance"),
  ]

  /// Keys of our layers beside those of the reference.
  private func layers(of network: String) throws -> [(key: String, source: String)] {
    let norm = network == "disc" ? "layer" : "batch"
    var layers = [(key: "dense", source: "dense")]
    let trunk = network == "gen" ? "" : "trunk."
    switch (variant, network) {
    case (.preres, _):
      layers.append(network == "gen" ? ("output", "out_conv") : ("trunk.input", "in_conv"))
      for block in 0..<3 {
        layers.append(("\(trunk)blocks.\(block).skip", "b\(block + 1)_skip"))
        layers.append(("\(trunk)blocks.\(block).conv", "b\(block + 1)_conv"))
        layers.append(("\(trunk)blocks.\(block).norm.\(norm)", "b\(block + 1)_norm"))
      }
      layers.append(("\(trunk)norms.0.\(norm)", "out_norm"))
    case (.classic, "gen"):
      layers += [("output", "out_conv"), ("norms.0.batch", "in_norm")]
      for stage in 0..<3 {
        layers += [("convs.\(stage)", "c\(stage + 1)_conv"), ("norms.\(stage + 1).batch", "c\(stage + 1)_norm")]
      }
    case (.classic, _):
      for stage in 0..<3 { layers.append(("trunk.convs.\(stage)", "c\(stage + 1)_conv")) }
      for stage in 0..<2 { layers.append(("trunk.norms.\(stage).\(norm)", "c\(stage + 1)_norm")) }
    }
    return layers
  }
}
