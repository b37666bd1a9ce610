#include "point_cloud.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>

#include "cloud_distances.h"

namespace formcast {
namespace {

struct Sorting {
  const float *points;
  size_t stride;
  uint32_t *order;

  float coordinate(uint32_t point, int axis) const { return points[point * stride + axis]; }

  int widestAxis(size_t begin, size_t end) const {
    int widest = 0;
    float extent = -1;
    for (int axis = 0; axis < 3; axis++) {
      float lower = INFINITY, upper = -INFINITY;
      for (size_t place = begin; place < end; place++) {
        const float value = coordinate(order[place], axis);
        lower = std::min(lower, value);
        upper = std::max(upper, value);
      }
      if (upper - lower > extent) extent = upper - lower, widest = axis;
    }
    return widest;
  }

  /// Halves a range until it is a block. All blocks but the last are full, so the result has no gaps.
  void sort(size_t begin, size_t end) const {
    const size_t blocks = (end - begin + PointBlock::size - 1) / PointBlock::size;
    if (blocks < 2) return std::sort(order + begin, order + end);
    const int axis = widestAxis(begin, end);
    const size_t middle = begin + blocks / 2 * PointBlock::size;
    std::nth_element(order + begin, order + middle, order + end, [this, axis](uint32_t a, uint32_t b) {
      const float first = coordinate(a, axis), second = coordinate(b, axis);
      return first < second || (first == second && a < b);
    });
    sort(begin, middle);
    sort(middle, end);
  }
};

}  // namespace

PointCloud::PointCloud(const float *points, size_t count, size_t stride) : count(count), order(count) {
  std::iota(order.begin(), order.end(), 0);
  Sorting{points, stride, order.data()}.sort(0, count);
  blocks.resize((count + PointBlock::size - 1) / PointBlock::size);
  for (size_t place = 0; place < blocks.size() * PointBlock::size; place++) {
    const float *point = points + order[std::min(place, count - 1)] * stride;
    PointBlock &block = blocks[place / PointBlock::size];
    const size_t lane = place % PointBlock::size;
    block.x[lane] = point[0], block.y[lane] = point[1], block.z[lane] = point[2];
  }
  boxes.resize((blocks.size() + BlockBoxes::size - 1) / BlockBoxes::size);
  for (size_t number = 0; number < boxes.size() * BlockBoxes::size; number++) {
    const size_t lane = number % BlockBoxes::size;
    for (int axis = 0; axis < 3; axis++) {
      float lower = INFINITY, upper = INFINITY;
      if (number < blocks.size()) {
        const PointBlock &block = blocks[number];
        const float *values = axis == 0 ? block.x : axis == 1 ? block.y : block.z;
        lower = *std::min_element(values, values + PointBlock::size);
        upper = *std::max_element(values, values + PointBlock::size);
      }
      boxes[number / BlockBoxes::size].lower[axis][lane] = lower;
      boxes[number / BlockBoxes::size].upper[axis][lane] = upper;
    }
  }
}

}  // namespace formcast

using namespace formcast;

mq_cloud *mq_cloud_create(const float *points, size_t count, size_t stride) {
  try {
    return reinterpret_cast<mq_cloud *>(new PointCloud(points, count, stride));
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

void mq_cloud_free(mq_cloud *cloud) { delete reinterpret_cast<PointCloud *>(cloud); }
