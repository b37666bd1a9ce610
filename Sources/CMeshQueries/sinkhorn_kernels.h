// Transport with entropy by Sinkhorn's iterations, in logarithms of base 2. Included once for each instruction set.
//
// Reference: Cuturi, "Sinkhorn distances: lightspeed computation of optimal transport", 2013, arXiv:1306.0895; in
// logarithms as in Peyré and Cuturi, "Computational optimal transport", 2019, section 4.4, arXiv:1803.00567.

#include "lanes_kernels.h"

/// 2 to the power of numbers up to 0, to 2e-7 of it; below -126 that of -126.
inline vf powersOfTwo(vf exponents) {
  exponents = greater(exponents, vf{} - 126.0f);
  // Adding 3 * 2^22 rounds to a whole number, the lowest bits of the sum.
  const vf whole = (exponents + 12582912.0f) - 12582912.0f;
  const vf rest = exponents - whole;
  vf power = vf{} + 1.5403530e-4f;
  for (const float coefficient : {1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f, 2.4022651e-1f, 6.9314718e-1f, 1.0f})
    power = power * rest + coefficient;
  vi bits;
  memcpy(&bits, &power, sizeof bits);
  bits += __builtin_convertvector(whole, vi) << 23;
  memcpy(&power, &bits, sizeof power);
  return power;
}

/// A transport of uniform masses. Its plan gives a pair 2^(row potential + column potential - distance * sharpness).
struct Transport {
  const PointCloud &rows, &columns;
  /// One over the weight of the entropy and ln 2.
  const float sharpness;
  /// Of the columns; minus infinity beyond the last one.
  std::vector<float> potentials, received;
  /// Of one row.
  std::vector<float> distances, shares;

  Transport(const PointCloud &rows, const PointCloud &columns, float sharpness)
      : rows(rows), columns(columns), sharpness(sharpness), potentials(columns.blocks.size() * PointBlock::size, 0.0f),
        received(potentials.size()), distances(potentials.size()), shares(potentials.size()) {
    std::fill(potentials.begin() + ptrdiff_t(columns.count), potentials.end(), -INFINITY);
  }

  /// Finds how a row shares its mass out, not yet divided by the sum of the shares, which it returns.
  float share(size_t row) {
    const PointBlock &block = rows.blocks[row / PointBlock::size];
    const size_t lane = row % PointBlock::size;
    vf largest = vf{} - INFINITY;
    for (size_t k = 0; k < columns.blocks.size(); k++) {
      const size_t place = k * PointBlock::size;
      const vf values = __builtin_elementwise_sqrt(
          squaredDistances(columns.blocks[k], block.x[lane], block.y[lane], block.z[lane]));
      const vf exponents = load(&potentials[place]) - values * sharpness;
      store(&distances[place], values);
      store(&shares[place], exponents);
      largest = greater(exponents, largest);
    }
    const float top = largestLane(largest);
    vf sum = {};
    for (size_t place = 0; place < shares.size(); place += PointBlock::size) {
      const vf powers = powersOfTwo(load(&shares[place]) - top);
      store(&shares[place], powers);
      sum += powers;
    }
    float total = 0;
    for (int k = 0; k < lanesPerVector; k++) total += sum[k];
    return total;
  }

  /// Scales the columns to what they should receive while every row gives all that it has.
  void iterate() {
    std::fill(received.begin(), received.end(), 0.0f);
    for (size_t row = 0; row < rows.count; row++) {
      const float weight = 1 / share(row);
      for (size_t place = 0; place < shares.size(); place += PointBlock::size)
        store(&received[place], load(&received[place]) + load(&shares[place]) * weight);
    }
    const float fair = float(rows.count) / float(columns.count);
    // A column that next to nothing comes to is raised by steps, so that no logarithm is infinite.
    for (size_t column = 0; column < columns.count; column++)
      potentials[column] -= std::log2(std::max(received[column] / fair, 0x1p-100f));
  }

  /// The mean distance that mass goes.
  double meanDistance() {
    double sum = 0;
    for (size_t row = 0; row < rows.count; row++) {
      const float total = share(row);
      vf moved = {};
      for (size_t place = 0; place < shares.size(); place += PointBlock::size)
        moved += load(&shares[place]) * load(&distances[place]);
      double rowSum = 0;
      for (int k = 0; k < lanesPerVector; k++) rowSum += moved[k];
      sum += rowSum / total;
    }
    return sum / double(rows.count);
  }
};

inline double transport(const PointCloud &rows, const PointCloud &columns, float sharpness, size_t iterations) {
  Transport transport(rows, columns, sharpness);
  for (size_t k = 0; k < iterations; k++) transport.iterate();
  return transport.meanDistance();
}
