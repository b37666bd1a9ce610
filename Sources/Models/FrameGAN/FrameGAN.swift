import NN
import Torch

/// The encoder-generator-critic forecaster of the thesis: codes of one or several past frames, and a frame made of them.
///
/// One encoder is shared by all past frames; their codes lie side by side, oldest first.
///
/// *Shapes*: frames [N, 1, D, H, W], occupancies between 0 and 1 in and out; the grid is a cube.
///
/// *Reference*: 3D next-frame prediction thesis, listings B.1 and B.5; at base width and code size 256 the published counts
/// 9,620,416 (encoder), 9,636,065 (generator, one frame), 18,024,673 (three frames) and 5,445,281 (critic), of which encoder and
/// generators include 960 running statistics each. Differs: a normalised network (tanh) moves the values to -0.5 and 0.5 itself, so
/// that 0.5 stays the threshold for whoever uses it; grids of 32 and 64 get one and two more halvings.
public final class FrameGAN: Module {
  /// What the networks are made of.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Pre-residual blocks or plain convolutions.
    public var variant = Variant.preres
    /// Channels at the coarsest grid; each finer grid has half as many.
    public var baseWidth = 256
    /// Length of a frame's code.
    public var latentSize = 256
    /// Kernel edge of every convolution that is no shortcut, odd.
    public var kernelSize = 5
    /// Edge of the frames: 4 times a power of two, at least 8.
    public var gridSize = 16
    /// Frames that the next one is made of.
    public var pastFrames = 1
    /// Share of elements that are dropped in encoder and critic.
    public var dropout = 0.2
    /// Whether values lie between -0.5 and 0.5 inside, and the generator ends in a tanh; else 0 to 1 and a sigmoid.
    public var isNormalized = false
    /// Share of the old running statistics that batch normalisation keeps at each step.
    public var normalizationMomentum = 0.99

    /// The published networks for one past frame.
    public init() {}

    /// Edge of the coarsest grid.
    static let coarsestEdge = 4
    /// How often the grid is halved.
    var halvings: Int { (gridSize / Self.coarsestEdge).trailingZeroBitCount }
    /// Channels of a stage: 0 to `halvings` - 1 halve the grid, the next one stays at the coarsest, -1 is before them all.
    func width(stage: Int) -> Int { baseWidth >> (halvings - stage) }
    /// Strides of the stages from 0 on.
    var strides: [Int] { Array(repeating: 2, count: halvings) + [1] }
    /// Numbers that the coarsest grid holds.
    var flatSize: Int { baseWidth * Self.coarsestEdge * Self.coarsestEdge * Self.coarsestEdge }

    /// Throws, naming the field, unless networks can be made of it.
    public func validate() throws {
      guard gridSize >= 8, gridSize <= 256, gridSize & (gridSize - 1) == 0 else {
        throw InvalidModel("model.gridSize must be 8, 16, 32, 64, 128 or 256, not \(gridSize)")
      }
      let divisor = 2 << halvings
      guard baseWidth > 0, baseWidth <= 4096, baseWidth.isMultiple(of: divisor) else {
        throw InvalidModel(
          "model.baseWidth must be a multiple of \(divisor) for a grid of \(gridSize), not \(baseWidth)")
      }
      guard (1...65536).contains(latentSize) else {
        throw InvalidModel("model.latentSize must lie between 1 and 65536")
      }
      guard kernelSize % 2 == 1, (1...31).contains(kernelSize) else {
        throw InvalidModel("model.kernelSize must be odd and lie between 1 and 31")
      }
      guard (1...64).contains(pastFrames) else { throw InvalidModel("model.pastFrames must lie between 1 and 64") }
      guard (0..<1).contains(dropout) else { throw InvalidModel("model.dropout must lie in 0..<1") }
      guard (0..<1).contains(normalizationMomentum) else {
        throw InvalidModel("model.normalizationMomentum must lie in 0..<1")
      }
    }
  }

  /// The two architectures of the thesis.
  public enum Variant: String, Codable, Sendable, CaseIterable {
    /// Shortcuts around normalisation, activation and one convolution.
    case preres
    /// Convolution, normalisation, activation.
    case classic
  }

  /// From a frame to its code.
  public let encoder: FrameEncoder
  /// From codes to the next frame.
  public let generator: FrameGenerator
  /// What the two learn from.
  public let critic: FrameCritic
  /// What the networks are made of.
  public let configuration: Configuration

  /// Networks with Keras' initial values.
  public init(_ configuration: Configuration = Configuration(), generator random: Generator) {
    self.configuration = configuration
    encoder = FrameEncoder(configuration, generator: random)
    generator = FrameGenerator(configuration, generator: random)
    critic = FrameCritic(configuration, generator: random)
  }

  /// The frame after `past` frames, which lie [P, N, 1, D, H, W], oldest first.
  ///
  /// *Parameters*: `encoderMode` is that of the encoder if it differs (the published three-frame training leaves the encoder in
  /// inference).
  public func callAsFunction(
    _ past: Tensor, mode: Mode, encoderMode: Mode? = nil, precision: Precision = .float32
  ) -> Tensor {
    let shape = past.shape
    precondition(
      shape[0] == configuration.pastFrames, "\(shape[0]) past frames for a model of \(configuration.pastFrames)")
    // Each frame has its own pass through the encoder, as batch normalisation sees it, so frames are not put into one batch
    // unless statistics are fixed.
    let encode = { (frames: Tensor) in
      self.encoder(self.centred(frames), mode: encoderMode ?? mode, precision: precision)
    }
    let codes: Tensor
    if shape[0] > 1, (encoderMode ?? mode).isTraining {
      codes = Tensor.concatenated((0..<shape[0]).map { encode(past.selected(0, $0)) }, dim: 1)  // [N, P * Z]
    } else {
      codes = encode(past.flattened(from: 0, to: 1))  // [P * N, Z]
        .reshaped([shape[0], shape[1], -1]).transposed(0, 1).flattened(from: 1, to: 2)  // [N, P * Z]
    }
    let values = generator(codes, mode: mode, precision: precision)
    return configuration.isNormalized ? values + 0.5 : values
  }

  /// Values as the networks see them.
  public func centred(_ frames: Tensor) -> Tensor { configuration.isNormalized ? frames - 0.5 : frames }

  /// The critic's score [N, 1] of frames beside conditions, both [N, 1, D, H, W].
  public func score(_ frames: Tensor, beside condition: Tensor?, mode: Mode, precision: Precision = .float32) -> Tensor
  {
    critic(centred(frames), condition: condition.map(centred), mode: mode, precision: precision)
  }
}
