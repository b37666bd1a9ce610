#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <vector>

#include "cloud_distances.h"
#include "point_cloud.h"
#include "vectors.h"

namespace formcast {
namespace {

#define KERNELS "cloud_minima_kernels.h"
#include "instruction_sets.h"

const PointCloud &cloud(const mq_cloud *handle) { return *reinterpret_cast<const PointCloud *>(handle); }

/// Room for the least distance of every point, padded to full blocks.
std::vector<float> places(const PointCloud &cloud) {
  return std::vector<float>(cloud.blocks.size() * PointBlock::size);
}

void restoreOrder(const PointCloud &cloud, const std::vector<float> &values, float *result) {
  for (size_t place = 0; place < cloud.count; place++) result[cloud.order[place]] = values[place];
}

}  // namespace
}  // namespace formcast

using namespace formcast;

int mq_cloud_minima(const mq_cloud *rows, const mq_cloud *columns, float *row_minima, float *column_minima) {
  const PointCloud &first = cloud(rows), &second = cloud(columns);
  try {
    std::vector<float> rowLeast = places(first), columnLeast = places(second);
    BEST_OF(findMinima)(first, second, rowLeast.data(), columnLeast.data());
    restoreOrder(first, rowLeast, row_minima);
    restoreOrder(second, columnLeast, column_minima);
  } catch (const std::bad_alloc &) {
    return 1;
  }
  return 0;
}

int mq_cloud_chamfer(const mq_cloud *rows, const mq_cloud *columns, mq_chamfer *result) {
  const PointCloud &first = cloud(rows), &second = cloud(columns);
  try {
    std::vector<float> rowLeast = places(first), columnLeast = places(second);
    BEST_OF(findMinima)(first, second, rowLeast.data(), columnLeast.data());
    *result = {0, 0};
    BEST_OF(addMeans)(rowLeast.data(), first.count, *result);
    BEST_OF(addMeans)(columnLeast.data(), second.count, *result);
  } catch (const std::bad_alloc &) {
    return 1;
  }
  return 0;
}
