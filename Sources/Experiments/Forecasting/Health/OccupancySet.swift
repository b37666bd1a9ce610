import Torch

/// Frames as rows of zeros and ones, ready for Jaccard distances between all pairs at once.
///
/// Intersections are the products of rows, so that all pairs of two sets are one matrix product: 512 by 512 frames of
/// 16^3 take milliseconds. Sums of zeros and ones are exact in float32 up to 2^24 voxels.
///
/// *Limits*: a pair of empty frames has distance 0, as in all of this project's scores.
package struct OccupancySet {
  /// Rows [R, V].
  package let rows: Tensor
  /// Occupied voxels of each row, [R].
  private let counts: Tensor

  /// Frames [..., 1, D, H, W], occupied above one half.
  package init(_ frames: Tensor) {
    let voxelCount = frames.shape.suffix(3).reduce(1, *)
    self.init(rows: frames.detached().reshaped([-1, voxelCount]).greater(than: 0.5).to(dtype: .float32))
  }

  private init(rows: Tensor) { (self.rows, counts) = (rows, rows.sum(1)) }

  /// Number of frames.
  package var count: Int { rows.shape[0] }

  /// The first `count` frames of both.
  package func joined(with other: OccupancySet, limit: Int) -> OccupancySet {
    let all = Tensor.concatenated([rows, other.rows], dim: 0)
    return OccupancySet(rows: all.narrowed(0, start: 0, length: min(limit, all.shape[0])))
  }

  /// Share of occupied voxels over all frames.
  package var occupancy: Double { rows.count == 0 ? 0 : rows.mean().item() }

  /// Distances [R, S] of every frame to every frame of another set.
  package func distances(to other: OccupancySet) -> Tensor {
    let shared = rows.matmul(other.rows.transposed(0, 1))
    return Self.distances(shared, counts.unsqueezed(1) + other.counts.unsqueezed(0) - shared)
  }

  /// Distances [R] of every frame to the frame of the same number in another set.
  package func distancesInOrder(to other: OccupancySet) -> Tensor {
    let shared = (rows * other.rows).sum(1)
    return Self.distances(shared, counts + other.counts - shared)
  }

  /// Mean distance to the nearest frame of a bank.
  package func meanNearestDistance(in bank: OccupancySet) -> Double {
    guard count > 0, bank.count > 0 else { return .nan }
    return distances(to: bank).min(dim: 1).values.mean().item()
  }

  /// Mean distance over all pairs of different rows; nil if there is no pair.
  package var meanPairwiseDistance: Double? {
    guard count > 1 else { return nil }
    // A frame has distance zero to itself, so the diagonal adds nothing to the sum.
    return distances(to: self).sum().item() / Double(count * (count - 1))
  }

  private static func distances(_ intersections: Tensor, _ unions: Tensor) -> Tensor {
    // Where both are empty the quotient is 0 / 1 and would be a distance of one.
    (unions - intersections) / unions.clamped(min: 1)
  }
}
