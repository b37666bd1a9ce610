#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "mesh_queries.h"

namespace {

constexpr int bitsPerAxis = 10;

/// Puts two zero bits after each of the ten lowest.
uint32_t spread(uint32_t value) {
  value = (value | value << 16) & 0x030000FF;
  value = (value | value << 8) & 0x0300F00F;
  value = (value | value << 4) & 0x030C30C3;
  return (value | value << 2) & 0x09249249;
}

/// A grid over the box of the queries.
struct Grid {
  float lower[3], scale[3];

  Grid(const float *queries, size_t count) {
    float upper[3];
    for (int axis = 0; axis < 3; axis++) lower[axis] = INFINITY, upper[axis] = -INFINITY;
    for (size_t i = 0; i < 3 * count; i += 3) {
      for (int axis = 0; axis < 3; axis++) {
        const float value = queries[i + axis];
        if (!std::isfinite(value)) continue;
        lower[axis] = std::min(lower[axis], value);
        upper[axis] = std::max(upper[axis], value);
      }
    }
    for (int axis = 0; axis < 3; axis++)
      scale[axis] = upper[axis] > lower[axis] ? float(1 << bitsPerAxis) / (upper[axis] - lower[axis]) : 0;
  }

  uint32_t cell(float value, int axis) const {
    const float position = (value - lower[axis]) * scale[axis];
    if (!(position > 0)) return 0;
    return position < (1 << bitsPerAxis) - 1 ? uint32_t(position) : (1 << bitsPerAxis) - 1;
  }

  /// The place of a query on the Z-order curve through the cells.
  uint32_t key(const float *query) const {
    return spread(cell(query[0], 0)) | spread(cell(query[1], 1)) << 1 | spread(cell(query[2], 2)) << 2;
  }
};

}  // namespace

void mq_spatial_order(const float *queries, size_t count, uint32_t *order) {
  const Grid grid(queries, count);
  // Key above, number below; a radix sort of the key, one axis' worth of bits at a time.
  std::vector<uint64_t> items(count), sorted(count);
  for (size_t i = 0; i < count; i++) items[i] = uint64_t(grid.key(queries + 3 * i)) << 32 | i;
  constexpr uint64_t mask = (1 << bitsPerAxis) - 1;
  for (int shift = 32; shift < 32 + 3 * bitsPerAxis; shift += bitsPerAxis) {
    size_t starts[mask + 2] = {};
    for (const uint64_t item : items) starts[(item >> shift & mask) + 1]++;
    for (uint64_t digit = 0; digit < mask; digit++) starts[digit + 1] += starts[digit];
    for (const uint64_t item : items) sorted[starts[item >> shift & mask]++] = item;
    std::swap(items, sorted);
  }
  for (size_t i = 0; i < count; i++) order[i] = uint32_t(items[i]);
}
