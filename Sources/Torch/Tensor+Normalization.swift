import CTorch

/// The statistics of a batch normalization that outlive a batch, and how fast they follow.
public struct RunningStatistics: Sendable {
  /// Mean of every channel.
  public var mean: Tensor
  /// Variance of every channel.
  public var variance: Tensor
  /// The share of the old value that a training step replaces by the batch's.
  public var momentum: Double

  /// Statistics to use and, in training, to update in place.
  public init(mean: Tensor, variance: Tensor, momentum: Double = 0.1) {
    self.mean = mean
    self.variance = variance
    self.momentum = momentum
  }
}

extension Tensor {
  /// Every channel (dimension 1) brought to mean zero and variance one, then scaled and shifted.
  ///
  /// In training the batch's statistics are used, and the running ones are updated in place: the mean as it is, the
  /// variance in its unbiased form. Otherwise the running ones are used, and are needed.
  public func batchNorm(
    weight: Tensor? = nil, bias: Tensor? = nil, running: RunningStatistics? = nil, isTraining: Bool,
    epsilon: Double = 1e-5
  ) -> Tensor {
    batchNormWithStatistics(weight: weight, bias: bias, running: running, isTraining: isTraining, epsilon: epsilon)
      .output
  }

  /// The same, with the batch's mean and inverse standard deviation (biased, with epsilon inside) when training, for
  /// running statistics of another kind.
  public func batchNormWithStatistics(
    weight: Tensor? = nil, bias: Tensor? = nil, running: RunningStatistics? = nil, isTraining: Bool,
    epsilon: Double = 1e-5
  ) -> (output: Tensor, mean: Tensor, inverseDeviation: Tensor) {
    let operands = [self, weight, bias, running?.mean, running?.variance]
    let three = withExtendedLifetime(operands) {
      madeAll("batchNorm", operands.compactMap { $0 }, count: 3) { out in
        let options = ct_batch_norm_options(
          weight: weight?.raw, bias: bias?.raw, running_mean: running?.mean.raw,
          running_variance: running?.variance.raw, training: isTraining, momentum: running?.momentum ?? 0,
          epsilon: epsilon)
        return ct_native_batch_norm(out, raw, options)
      }
    }
    return (three[0], three[1], three[2])
  }

  /// The last dimensions, whose sizes are `shape`, brought to mean zero and variance one, then scaled and shifted.
  public func layerNorm(
    _ shape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) -> Tensor {
    made("layerNorm", [self, weight, bias].compactMap { $0 }) { out in
      withInts(shape) { shape in withTensors([weight, bias]) { ct_layer_norm(out, raw, shape, $0, epsilon) } }
    }
  }
}

// Pooling and enlarging volumes [N, C, D, H, W].
extension Tensor {
  private func lendingPool<R>(
    _ kernel: any SpatialExtent, _ stride: (any SpatialExtent)?, _ padding: any SpatialExtent,
    _ body: (ct_pool_options) -> R
  ) -> R {
    withInts(kernel.extents) { kernelSizes in
      withInts((stride ?? kernel).extents) { strides in
        withInts(padding.extents) { body(ct_pool_options(kernel: kernelSizes, stride: strides, padding: $0)) }
      }
    }
  }

  /// The largest element of every block; blocks lie side by side unless a stride is given.
  public func maxPool3d(
    _ kernel: any SpatialExtent, stride: (any SpatialExtent)? = nil, padding: any SpatialExtent = 0
  ) -> Tensor {
    made("maxPool3d", [self]) { out in lendingPool(kernel, stride, padding) { ct_max_pool3d(out, raw, $0) } }
  }

  /// The mean of every block; padding counts as zeros.
  public func averagePool3d(
    _ kernel: any SpatialExtent, stride: (any SpatialExtent)? = nil, padding: any SpatialExtent = 0
  ) -> Tensor {
    made("averagePool3d", [self]) { out in lendingPool(kernel, stride, padding) { ct_avg_pool3d(out, raw, $0) } }
  }

  /// Every element repeated `scale` times along each dimension.
  public func upsampledNearest3d(scale: any SpatialExtent) -> Tensor {
    made("upsampledNearest3d", [self]) { out in
      withInts(enlarged(scale)) { ct_upsample_nearest3d(out, raw, $0) }
    }
  }

  /// Enlarged by linear interpolation along each dimension. With `alignCorners` the outermost elements' centres stay
  /// where they are, else the outer faces do.
  public func upsampledTrilinear(scale: any SpatialExtent, alignCorners: Bool = false) -> Tensor {
    made("upsampledTrilinear", [self]) { out in
      withInts(enlarged(scale)) { ct_upsample_trilinear3d(out, raw, $0, alignCorners) }
    }
  }

  private func enlarged(_ scale: any SpatialExtent) -> [Int] {
    zip(shape.suffix(3), scale.extents).map { $0 * $1 }
  }
}
