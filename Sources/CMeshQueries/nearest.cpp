#include <embree3/rtcore.h>

#include <cmath>
#include <limits>

#include "mesh_queries.h"

namespace {

struct vec3 {
  float x, y, z;
};

inline vec3 operator-(vec3 a, vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline vec3 operator+(vec3 a, vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline vec3 operator*(float s, vec3 a) { return {s * a.x, s * a.y, s * a.z}; }
inline float dot(vec3 a, vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

struct Weights {
  float u, v;
};

/// Weights of the second and third corner of the point of a triangle nearest to p.
/// Reference: Ericson, Real-Time Collision Detection, 2005, section 5.1.5.
Weights nearestWeights(vec3 p, vec3 a, vec3 b, vec3 c) {
  const vec3 ab = b - a, ac = c - a, ap = p - a;
  const float d1 = dot(ab, ap), d2 = dot(ac, ap);
  if (d1 <= 0 && d2 <= 0) return {0, 0};
  const vec3 bp = p - b;
  const float d3 = dot(ab, bp), d4 = dot(ac, bp);
  if (d3 >= 0 && d4 <= d3) return {1, 0};
  const float vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return {d1 / (d1 - d3), 0};
  const vec3 cp = p - c;
  const float d5 = dot(ab, cp), d6 = dot(ac, cp);
  if (d6 >= 0 && d5 <= d6) return {0, 1};
  const float vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return {0, d2 / (d2 - d6)};
  const float va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    const float w = (d4 - d3) / ((d4 - d3) + (d5 - d6));
    return {1 - w, w};
  }
  const float scale = 1 / (va + vb + vc);
  return {vb * scale, vc * scale};
}

struct Search {
  const float *corners;
  vec3 point;
  mq_nearest best;
};

inline vec3 load(const float *p) { return {p[0], p[1], p[2]}; }

/// Makes a face the best one if it is nearer. Faces whose nearest point is undefined (no area) count as their edges.
bool consider(Search &search, uint32_t face) {
  const float *corner = search.corners + 9 * size_t(face);
  const vec3 a = load(corner), b = load(corner + 3), c = load(corner + 6);
  Weights w = nearestWeights(search.point, a, b, c);
  if (!std::isfinite(w.u) || !std::isfinite(w.v)) w = {0, 0};
  const vec3 offset = (a + w.u * (b - a) + w.v * (c - a)) - search.point;
  const float squared = dot(offset, offset);
  if (!(squared < search.best.squared)) return false;
  search.best = {squared, face, w.u, w.v};
  return true;
}

bool visit(RTCPointQueryFunctionArguments *arguments) {
  Search &search = *static_cast<Search *>(arguments->userPtr);
  if (!consider(search, arguments->primID)) return false;
  arguments->query->radius = std::sqrt(search.best.squared);
  return true;
}

}  // namespace

void mq_nearest_points(void *scene, const float *corners, const float *queries, size_t count, mq_nearest *results) {
  for (size_t i = 0; i < count; i++) {
    Search search = {corners, load(queries + 3 * i), {std::numeric_limits<float>::infinity(), UINT32_MAX, 0, 0}};
    // The face that was nearest to the query before bounds the search from the start.
    if (i > 0 && results[i - 1].face != UINT32_MAX) consider(search, results[i - 1].face);
    RTCPointQuery query = {search.point.x, search.point.y, search.point.z, 0, std::sqrt(search.best.squared)};
    RTCPointQueryContext context;
    rtcInitPointQueryContext(&context);
    rtcPointQuery(static_cast<RTCScene>(scene), &query, &context, visit, &search);
    results[i] = search.best;
  }
}
