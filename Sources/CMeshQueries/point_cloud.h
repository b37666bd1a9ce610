#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace formcast {

/// Sixteen neighbouring points of a cloud; places without a point repeat the last one.
struct alignas(64) PointBlock {
  static constexpr size_t size = 16;
  float x[size], y[size], z[size];
};

/// The boxes of sixteen blocks, number k of each list belonging to block k. Places without a block are infinitely far.
struct alignas(64) BlockBoxes {
  static constexpr size_t size = 16;
  float lower[3][size], upper[3][size];
};

/// A cloud in blocks that are compact: halved across its widest side until sixteen points are left.
struct PointCloud {
  size_t count;
  std::vector<PointBlock> blocks;
  std::vector<BlockBoxes> boxes;
  /// The number that each point had when it was given, in the order of the blocks.
  std::vector<uint32_t> order;

  /// Throws std::bad_alloc.
  PointCloud(const float *points, size_t count, size_t stride);

  /// Where a point lies along each axis.
  void position(size_t place, double result[3]) const {
    const PointBlock &block = blocks[place / PointBlock::size];
    const size_t lane = place % PointBlock::size;
    result[0] = block.x[lane], result[1] = block.y[lane], result[2] = block.z[lane];
  }
};

}  // namespace formcast
