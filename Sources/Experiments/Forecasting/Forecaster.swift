import Torch
import Volumes

/// A model that says what the next frame looks like.
///
/// *Shapes*: frames [T, N, 1, D, H, W], occupancies between 0 and 1.
public protocol Forecaster: AnyObject {
  /// Number of frames that the first prediction needs.
  var pastFrameCount: Int { get }
  /// Where it computes.
  var device: Device { get }

  /// The probabilities of the successor of every frame from the `pastFrameCount`-th on: [T - pastFrameCount + 1, N, 1, D, H, W].
  func successors(of frames: Tensor) -> Tensor
}

extension Forecaster {
  /// Several steps ahead: each prediction is fed back, and the model sees the last `window` frames at each step.
  ///
  /// *Shapes*: [T, N, 1, D, H, W] with T at least `pastFrameCount`, to [steps, N, 1, D, H, W].
  func rollout(after frames: Tensor, steps: Int, options: ForecastConfiguration.RolloutOptions) -> Tensor {
    let length = min(options.window, frames.shape[0])
    var seen = frames.narrowed(0, start: frames.shape[0] - length, length: length)
    var predictions: [Tensor] = []
    for _ in 0..<steps {
      let all = successors(of: seen)
      let next = all.narrowed(0, start: all.shape[0] - 1, length: 1)
      predictions.append(next)
      let fed = options.feedback == .thresholded ? next.greater(than: 0.5).to(dtype: DType.float32) : next
      seen = Tensor.concatenated([seen.narrowed(0, start: 1, length: length - 1), fed], dim: 0)
    }
    return Tensor.concatenated(predictions, dim: 0)
  }
}
