#pragma once
#include <stddef.h>
#include <stdint.h>

// Inner loops of questions to a triangle mesh: nearest points and rays through Embree's tree, winding numbers through a
// tree of their own. Positions are three floats each without padding; corners are nine floats a face. Every `scene` is a
// committed RTCScene with one geometry of triangles, in the order of the corners. Queries that lie near the one before
// them are answered faster.

#ifdef __cplusplus
extern "C" {
#endif

/// Brings queries into an order in which neighbours in the list are neighbours in space.
/// `order` takes the numbers of the queries. Queries that are not finite come somewhere.
void mq_spatial_order(const float *queries, size_t count, uint32_t *order);

/// The nearest point of a mesh to a query.
typedef struct {
  /// Distance; not a number if the query is not finite.
  float distance;
  /// Which face it lies on.
  uint32_t face;
  /// Where it is.
  float x, y, z;
} mq_nearest;

/// Finds the nearest point of every query. Computed in double precision from the single-precision corners.
void mq_nearest_points(void *scene, const float *corners, const float *queries, size_t count, mq_nearest *results);

/// The faces of a mesh, grouped for winding numbers.
typedef struct mq_winding_tree mq_winding_tree;

/// Groups faces, at least one; null if there is not enough memory.
mq_winding_tree *mq_winding_create(const float *corners, size_t face_count);
void mq_winding_free(mq_winding_tree *tree);

/// Generalized winding numbers. Groups of faces are taken as one where that errs by at most `tolerance` each (0: never);
/// `errors` holds a bound of the sum. Sixteen queries are done at once.
void mq_winding_numbers(const mq_winding_tree *tree, const float *queries, size_t count, float tolerance,
                        float *numbers, float *errors);

/// Counts the faces that a ray from every query in a direction passes.
void mq_count_crossings(void *scene, const float *queries, size_t count, const float direction[3], uint32_t *crossings);

/// A camera with a square picture.
typedef struct {
  float position[3];
  /// Unit vectors.
  float forward[3], right[3], up[3];
  /// Half the picture's side at distance one; infinite for a camera that looks everywhere.
  float half_extent;
} mq_camera;

/// Counts the cameras that see each query, up to `enough`. Nothing nearer to the query than `margin` hides it.
void mq_count_views(void *scene, const float *queries, size_t count, const mq_camera *cameras, size_t camera_count,
                    uint32_t enough, float margin, uint32_t *views);

/// What the centre of every pixel of a camera's square picture shows, row by row: the face, or UINT32_MAX, and the
/// distance along the ray of direction forward + x right + y up.
void mq_scan(void *scene, const mq_camera *camera, size_t side, uint32_t *faces, float *distances);

#ifdef __cplusplus
}
#endif
