#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

#include "assignment.h"
#include "cloud_distances.h"
#include "point_cloud.h"
#include "vectors.h"

namespace formcast {
namespace {

#define KERNELS "assignment_kernels.h"
#include "instruction_sets.h"

/// The mean distance of assigned points, in double precision.
double meanDistance(const Assignment &problem, const PointCloud &rows, const PointCloud &columns) {
  double sum = 0;
  for (size_t row = 0; row < problem.count; row++) {
    double from[3], to[3], square = 0;
    rows.position(row, from);
    columns.position(size_t(problem.columnOfRow[row]), to);
    for (int axis = 0; axis < 3; axis++) square += (from[axis] - to[axis]) * (from[axis] - to[axis]);
    sum += std::sqrt(square);
  }
  return sum / double(problem.count);
}

}  // namespace
}  // namespace formcast

using namespace formcast;

int mq_cloud_earth_mover(const mq_cloud *rows, const mq_cloud *columns, double *mean) {
  const PointCloud &first = *reinterpret_cast<const PointCloud *>(rows);
  const PointCloud &second = *reinterpret_cast<const PointCloud *>(columns);
  try {
    Assignment problem(first.count);
    BEST_OF(fillCosts)(problem, first, second);
    BEST_OF(solve)(problem);
    *mean = meanDistance(problem, first, second);
  } catch (const std::bad_alloc &) {
    return 1;
  }
  return 0;
}
