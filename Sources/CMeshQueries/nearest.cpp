#include <embree3/rtcore.h>

#include <cmath>
#include <limits>

#include "mesh_queries.h"

namespace {

/// Double precision costs nothing here, where one triangle is done at a time, and keeps slivers exact.
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
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return nearestOnEdge(a, b);
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

struct Search {
  const float *corners;
  double3 point;
  double squared = std::numeric_limits<double>::infinity();
  /// From the query to the nearest point.
  double3 offset = {};
  uint32_t face = 0;

  /// Makes a face the best one if it is nearer.
  bool consider(uint32_t candidate) {
    const float *corner = corners + 9 * size_t(candidate);
    const double3 nearest =
        nearestOnFace(load(corner) - point, load(corner + 3) - point, load(corner + 6) - point);
    const double distance = dot(nearest, nearest);
    // Of faces equally near the first one counts, in whatever order the tree comes to them.
    if (!(distance < squared || (distance == squared && candidate < face))) return false;
    squared = distance;
    offset = nearest;
    face = candidate;
    return true;
  }
};

/// The radius within which to look: rounded up, so that equally near faces are not lost.
float radius(double squared) {
  return std::nextafter(float(std::sqrt(squared)), std::numeric_limits<float>::infinity());
}

bool visit(RTCPointQueryFunctionArguments *arguments) {
  Search &search = *static_cast<Search *>(arguments->userPtr);
  if (!search.consider(arguments->primID)) return false;
  arguments->query->radius = radius(search.squared);
  return true;
}

}  // namespace

void mq_nearest_points(void *scene, const float *corners, const float *queries, size_t count, mq_nearest *results) {
  uint32_t last = 0;
  for (size_t i = 0; i < count; i++) {
    const float *q = queries + 3 * i;
    if (!std::isfinite(q[0] + q[1] + q[2])) {
      const float nan = std::numeric_limits<float>::quiet_NaN();
      results[i] = {nan, 0, nan, nan, nan};
      continue;
    }
    Search search{corners, load(q)};
    // The face nearest to the query before bounds the search from the start.
    search.consider(last);
    RTCPointQuery query = {q[0], q[1], q[2], 0, radius(search.squared)};
    RTCPointQueryContext context;
    rtcInitPointQueryContext(&context);
    rtcPointQuery(static_cast<RTCScene>(scene), &query, &context, visit, &search);
    const double3 nearest = search.point + search.offset;
    results[i] = {float(std::sqrt(search.squared)), search.face, float(nearest.x), float(nearest.y), float(nearest.z)};
    last = search.face;
  }
}
