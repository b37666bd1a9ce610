import Models
import NN
import Torch

/// The ConvLSTM as a forecaster: it answers after every frame.
public final class ConvLSTMPredictor: Forecaster {
  let network: ConvLSTMForecaster
  private let precision: Precision
  /// Where it computes.
  public let device: Device
  /// It answers from the first frame on.
  public let pastFrameCount = 1

  /// A predictor that uses a network; it does not change it.
  public init(_ network: ConvLSTMForecaster, precision: Precision, device: Device) {
    (self.network, self.precision, self.device) = (network, precision, device)
  }

  /// Probabilities of the frame after each frame: [T, N, 1, D, H, W].
  public func successors(of frames: Tensor) -> Tensor {
    logits(after: frames).sigmoid()
  }

  /// The same before the sigmoid.
  func logits(after frames: Tensor) -> Tensor {
    withoutGradient { network(frames.to(device: device), mode: .inference, precision: precision) }
  }
}
