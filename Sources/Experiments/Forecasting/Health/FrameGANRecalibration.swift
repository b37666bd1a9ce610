import Models
import NN
import Torch

/// Measures the running statistics of a frame GAN anew, as the mean over some training batches.
///
/// For when earlier batches have spoilt them; the weights stay as they are. Training itself uses each batch's own statistics,
/// so no step depends on it, except through an encoder that runs on its initial ones, which are left alone.
struct FrameGANRecalibration {
  /// How the encoder runs in training.
  let encoderMode: AdversarialOptions.EncoderMode
  /// Of the products.
  let precision: Precision
  /// Of the elements that dropout drops meanwhile: the same ones every time, and none of the training's random numbers.
  let seed: UInt64

  /// Reads at most `count` batches of past frames [P, N, 1, D, H, W] from `next`, until it has no more.
  func callAsFunction(_ networks: FrameGAN, count: Int, next: () throws -> Tensor?) throws {
    let (encoder, generator) = (networks.encoder.batchNorms, networks.generator.batchNorms)
    defer { for norm in encoder + generator { norm.momentum = norm.options.momentum } }
    let random = Mode.training(Generator(seed: seed))
    for index in 0..<count {
      guard let past = try next() else { return }
      withoutGradient {
        let frameCount = past.shape[0]
        let codes = (0..<frameCount).map { frame in
          // At the n-th pass a weight of 1 / n leaves the mean of all.
          for norm in encoder { norm.momentum = 1 / Double(index * frameCount + frame + 1) }
          return networks.encoder(
            networks.centred(past.selected(0, frame)), mode: encoderMode == .training ? random : .inference,
            precision: precision)
        }
        for norm in generator { norm.momentum = 1 / Double(index + 1) }
        _ = networks.generator(Tensor.concatenated(codes, dim: 1), mode: random, precision: precision)
      }
    }
  }
}
