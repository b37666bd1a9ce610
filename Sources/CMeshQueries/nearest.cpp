#include <embree3/rtcore.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <new>

#include "mesh_tree.h"
#include "mesh_queries.h"
#include "vectors.h"

namespace formcast {
namespace {

struct double3 {
  double x, y, z;
};

inline double3 operator-(double3 a, double3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline double3 operator+(double3 a, double3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline double3 operator*(double s, double3 a) { return {s * a.x, s * a.y, s * a.z}; }
inline double dot(double3 a, double3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline double3 load(const float *p) { return {p[0], p[1], p[2]}; }

/// The point of a segment nearest to the origin.
double3 nearestOnEdge(double3 a, double3 b) {
  const double3 ab = b - a;
  const double length = dot(ab, ab), along = -dot(a, ab);
  if (!(along > 0)) return a;
  return along < length ? a + (along / length) * ab : b;
}

/// The point of a triangle without area nearest to the origin.
double3 nearestOnEdges(double3 a, double3 b, double3 c) {
  const double3 edges[3] = {nearestOnEdge(a, b), nearestOnEdge(b, c), nearestOnEdge(c, a)};
  double3 best = edges[0];
  for (const double3 edge : edges)
    if (dot(edge, edge) < dot(best, best)) best = edge;
  return best;
}

/// The point of a triangle nearest to the origin. Reference: Ericson, Real-Time Collision Detection, 2005, 5.1.5.
double3 nearestOnFace(double3 a, double3 b, double3 c) {
  const double3 ab = b - a, ac = c - a;
  const double d1 = -dot(ab, a), d2 = -dot(ac, a);
  if (d1 <= 0 && d2 <= 0) return a;
  const double d3 = -dot(ab, b), d4 = -dot(ac, b);
  if (d3 >= 0 && d4 <= d3) return b;
  const double vc = d1 * d4 - d3 * d2;
  // Where the first two corners are one, their edge says nothing: d1 and d3 are zero, and the point is on an edge to c.
  if (vc <= 0 && d1 >= 0 && d3 <= 0 && d1 > d3) return nearestOnEdge(a, b);
  const double d5 = -dot(ab, c), d6 = -dot(ac, c);
  if (d6 >= 0 && d5 <= d6) return c;
  const double vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return nearestOnEdge(a, c);
  const double va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 >= d3 && d5 >= d6) return nearestOnEdge(b, c);
  const double sum = va + vb + vc;
  if (!(sum > 0)) return nearestOnEdges(a, b, c);
  return a + (vb / sum) * ab + (vc / sum) * ac;
}

#define KERNELS "nearest_kernels.h"
#include "instruction_sets.h"

/// The nearest point of a face that was found, in double precision.
mq_nearest nearestPoint(const MeshTree &tree, uint32_t face, const float *query) {
  if (!std::isfinite(query[0] + query[1] + query[2])) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    return {nan, 0, nan, nan, nan};
  }
  const float *corner = tree.corners.data() + 9 * size_t(face);
  const double3 point = load(query);
  const double3 offset = nearestOnFace(load(corner) - point, load(corner + 3) - point, load(corner + 6) - point);
  const double3 place = point + offset;
  const float distance = float(std::sqrt(dot(offset, offset)));
  return {distance, tree.faces[face], float(place.x), float(place.y), float(place.z)};
}

}  // namespace
}  // namespace formcast

using namespace formcast;

mq_tree *mq_tree_create(const float *corners, size_t face_count) {
  try {
    return reinterpret_cast<mq_tree *>(new MeshTree(corners, face_count));
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

void mq_tree_free(mq_tree *tree) { delete reinterpret_cast<MeshTree *>(tree); }

void mq_nearest_points(const mq_tree *tree, const float *queries, size_t count, mq_nearest *results) {
  const MeshTree &self = *reinterpret_cast<const MeshTree *>(tree);
  constexpr size_t blockSize = 256;
  uint32_t found[blockSize];
  for (size_t begin = 0; begin < count; begin += blockSize) {
    const size_t size = count - begin < blockSize ? count - begin : blockSize;
    BEST_OF(nearestFaces)(self, queries + 3 * begin, size, found);
    for (size_t k = 0; k < size; k++)
      results[begin + k] = nearestPoint(self, found[k], queries + 3 * (begin + k));
  }
}
