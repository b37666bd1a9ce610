#pragma once
#include <stddef.h>
#include <stdint.h>

// Inner loops of questions to a triangle mesh: nearest points and rays through Embree's tree, winding numbers through a
// tree of their own. Positions are three floats each without padding; corners are nine floats a face. Queries that lie
// near the one before them are answered faster. Everything here may be asked by many threads at once. Distances between
// clouds of points are in cloud_distances.h.

#ifdef __cplusplus
extern "C" {
#endif

/// Brings queries into an order in which neighbours in the list are neighbours in space.
/// `order` takes the numbers of the queries. Queries that are not finite come somewhere.
void mq_spatial_order(const float *queries, size_t count, uint32_t *order);

/// The faces of a mesh, grouped for nearest points and winding numbers.
typedef struct mq_tree mq_tree;

/// Groups faces, at least one; null if there is not enough memory.
mq_tree *mq_tree_create(const float *corners, size_t face_count);
void mq_tree_free(mq_tree *tree);

/// The nearest point of a mesh to a query.
typedef struct {
  /// Distance; not a number if the query is not finite.
  float distance;
  /// Which face it lies on.
  uint32_t face;
  /// Where it is.
  float x, y, z;
} mq_nearest;

/// Finds the nearest point of every query. Faces are compared in single precision, sixteen at a time, so of faces that are
/// equally near but for some 1e-7 of the mesh's size any may be chosen; its nearest point is computed in double precision.
void mq_nearest_points(const mq_tree *tree, const float *queries, size_t count, mq_nearest *results);

/// Generalized winding numbers. Groups of faces are taken as one where that errs by at most `tolerance` each (0: never);
/// `errors` holds a bound of the sum. Sixteen queries are done at once.
void mq_winding_numbers(const mq_tree *tree, const float *queries, size_t count, float tolerance, float *numbers,
                        float *errors);

/// The faces of a mesh in Embree's tree, for rays.
typedef struct mq_rays mq_rays;

/// Takes faces, in their order; null if there is not enough memory.
mq_rays *mq_rays_create(const float *corners, size_t face_count);
void mq_rays_free(mq_rays *rays);

/// Counts the faces that a ray from every query in a direction passes.
void mq_count_crossings(const mq_rays *rays, const float *queries, size_t count, const float direction[3], uint32_t *crossings);

/// A camera with a square picture.
typedef struct {
  float position[3];
  /// Unit vectors.
  float forward[3], right[3], up[3];
  /// Half the picture's side at distance one; infinite for a camera that looks everywhere.
  float half_extent;
} mq_camera;

/// Counts the cameras that see each query, up to `enough`. Nothing nearer to the query than `margin` hides it.
void mq_count_views(const mq_rays *rays, const float *queries, size_t count, const mq_camera *cameras, size_t camera_count,
                    uint32_t enough, float margin, uint32_t *views);

/// What the centre of every pixel of a camera's square picture shows, row by row: the face and where it is hit, or
/// UINT32_MAX.
void mq_scan(const mq_rays *rays, const mq_camera *camera, size_t side, uint32_t *faces, float *points);

#ifdef __cplusplus
}
#endif
