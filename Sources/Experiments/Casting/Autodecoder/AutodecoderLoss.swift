import Models
import NN
import Torch

/// What an autodecoder minimises over a batch: the error of clipped distances, the codes' size, and the slope if asked for.
///
/// *Reference*: Park et al. 2019, arXiv 1901.05103, equations 4 and 9; the article's code clips only the target. The eikonal term is
/// that of Gropp et al. 2020, arXiv 2002.10099.
package struct AutodecoderLoss {
  /// One batch, on the network's device.
  package struct Batch {
    /// [P, 3].
    package var points: Tensor
    /// True distances [P].
    package var distances: Tensor
    /// Numbers of the points' shapes [P]; nil for a network without codes.
    package var owners: Tensor?
    /// Share of the points that each shape has, [S].
    package var shares: Tensor?
    /// What of the mean over points this batch is: less than one for a part of a larger batch.
    package var weight = 1.0

    /// A batch of these points and distances.
    package init(points: Tensor, distances: Tensor, owners: Tensor? = nil, shares: Tensor? = nil) {
      (self.points, self.distances, self.owners, self.shares) = (points, distances, owners, shares)
    }
  }

  /// The terms, as scalars that can be differentiated.
  package struct Terms {
    /// Mean error of clipped distances.
    package var error: Tensor
    /// Size of the codes, not weighted.
    package var codeSize: Tensor?
    /// Mean squared deviation of the slope from 1, not weighted.
    package var eikonal: Tensor?
    /// What is minimised.
    package var total: Tensor
  }

  let configuration: AutodecoderConfiguration

  /// The loss of a configuration.
  package init(configuration: AutodecoderConfiguration) { self.configuration = configuration }

  /// The loss; `ramp` is the share of the code penalty's weight that counts yet.
  package func terms(
    _ batch: Batch, decoder: any ShapeDecoder, codes: CodeBook?, ramp: Double, mode: Mode
  ) -> Terms {
    let field = configuration.field
    let output = decoder.distances(
      at: batch.points, codes: assignment(batch, codes), mode: mode, precision: configuration.precision)
    let error = absoluteError(output, batch.distances).mean()
    var terms = Terms(error: error, total: batch.weight == 1 ? error : error * batch.weight)
    if let codes, let shares = batch.shares, configuration.codes.penaltyWeight > 0 {
      let size = codes.penalty(configuration.codes.penalty, shares: shares)
      terms.codeSize = size
      terms.total = terms.total + size * (configuration.codes.penaltyWeight * ramp)
    }
    if configuration.loss.eikonalWeight > 0 {
      let slope = eikonal(batch, decoder: decoder, codes: codes, clip: field.clip)
      terms.eikonal = slope
      terms.total = terms.total + slope * (configuration.loss.eikonalWeight * batch.weight)
    }
    return terms
  }

  /// Errors of distances [P], in distances, both clipped as configured.
  package func absoluteError(_ output: Tensor, _ distances: Tensor) -> Tensor {
    let field = configuration.field
    let predicted = field.scale == 1 ? output : output * field.scale
    guard let clip = field.clip else { return (predicted - distances).abs() }
    let target = distances.clamped(min: -clip, max: clip)
    let limited = configuration.loss.clipsPrediction ? predicted.clamped(min: -clip, max: clip) : predicted
    return (limited - target).abs()
  }

  private func assignment(_ batch: Batch, _ codes: CodeBook?) -> DecoderCodes {
    guard let codes, let owners = batch.owners else { return .none }
    return .owned(codes.table.value, owners: owners)
  }

  /// The slope's term at evenly chosen points of the batch, where the target is not clipped.
  private func eikonal(_ batch: Batch, decoder: any ShapeDecoder, codes: CodeBook?, clip: Double?) -> Tensor {
    let count = batch.points.shape[0]
    let points = configuration.loss.eikonalPoints
    let step = max(1, (count + points - 1) / points)
    let leaf = batch.points.sliced(0, start: 0, end: count, step: step).contiguous().requiringGradient()
    var part = Batch(points: leaf, distances: batch.distances.sliced(0, start: 0, end: count, step: step))
    part.owners = batch.owners.map { $0.sliced(0, start: 0, end: count, step: step).contiguous() }
    let output = decoder.distances(at: leaf, codes: assignment(part, codes)) * configuration.field.scale
    let slopes = gradient(of: output.sum(), withRespectTo: [leaf], createGraph: true)[0]
    let deviations = ((slopes.squared().sum([1]) + 1e-12).sqrt() - 1).squared()
    guard let clip else { return deviations.mean() }
    let counts = part.distances.abs().less(than: clip).to(dtype: .float32)
    return (deviations * counts).sum() / (counts.sum() + 1e-6)
  }
}
