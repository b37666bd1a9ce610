#pragma once
#include <stddef.h>
#include <stdint.h>

// Inner loops of questions to a triangle mesh: nearest points through Embree's tree.
// Positions are three floats each without padding; corners are nine floats a face.

#ifdef __cplusplus
extern "C" {
#endif

/// The nearest point of a mesh to a query.
typedef struct {
  /// Squared distance.
  float squared;
  /// Which face it lies on.
  uint32_t face;
  /// Its weights for the face's second and third corner.
  float u, v;
} mq_nearest;

/// Finds the nearest point of every query. `scene` is a committed RTCScene with one geometry of triangles whose corners,
/// in the order of its faces, are `corners`. Queries that lie near the one before them are answered faster.
void mq_nearest_points(void *scene, const float *corners, const float *queries, size_t count, mq_nearest *results);

#ifdef __cplusplus
}
#endif
