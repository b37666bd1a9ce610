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

#define KERNELS "sinkhorn_kernels.h"
#include "instruction_sets.h"

}  // namespace
}  // namespace formcast

using namespace formcast;

int mq_cloud_sinkhorn(const mq_cloud *rows, const mq_cloud *columns, double epsilon, size_t iterations, double *mean) {
  const PointCloud &first = *reinterpret_cast<const PointCloud *>(rows);
  const PointCloud &second = *reinterpret_cast<const PointCloud *>(columns);
  try {
    *mean = BEST_OF(transport)(first, second, float(1 / (epsilon * std::log(2.0))), iterations);
  } catch (const std::bad_alloc &) {
    return 1;
  }
  return 0;
}
