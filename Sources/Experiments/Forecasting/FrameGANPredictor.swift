import Models
import NN
import Torch

/// The frame GAN as a forecaster: it answers after each run of as many frames as it needs.
public final class FrameGANPredictor: Forecaster {
  let networks: FrameGAN
  private let precision: Precision
  /// Where it computes.
  public let device: Device
  /// Frames that it sees.
  public var pastFrameCount: Int { networks.configuration.pastFrames }
  /// Windows that are computed at once, so that memory does not grow with the length of a series.
  private static let windowsAtOnce = 128

  /// A predictor that uses networks; it does not change them.
  public init(_ networks: FrameGAN, precision: Precision, device: Device) {
    (self.networks, self.precision, self.device) = (networks, precision, device)
  }

  /// Occupancies of the frame after each run of `pastFrameCount` frames: [T - pastFrameCount + 1, N, 1, D, H, W].
  public func successors(of frames: Tensor) -> Tensor {
    let (seen, batch) = (frames.to(device: device), frames.shape[1])
    let count = frames.shape[0] - pastFrameCount + 1
    let runs = (0..<pastFrameCount).map { seen.narrowed(0, start: $0, length: count).flattened(from: 0, to: 1) }
    let windows = Tensor.stacked(runs, dim: 0)  // [P, count * N, 1, D, H, W]
    let predictions = withoutGradient {
      stride(from: 0, to: count * batch, by: Self.windowsAtOnce).map { first in
        let length = min(Self.windowsAtOnce, count * batch - first)
        return networks(
          windows.narrowed(1, start: first, length: length), mode: .inference, precision: precision)
      }
    }
    // A normalised generator may leave the range of occupancies.
    return Tensor.concatenated(predictions, dim: 0).clamped(min: 0, max: 1)
      .reshaped([count, batch] + frames.shape.dropFirst(2))
  }
}
