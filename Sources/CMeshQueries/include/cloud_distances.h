#pragma once
#include <stddef.h>
#include <stdint.h>

// Distances of one cloud of points to another. Everything here may be asked by many threads at once.

#ifdef __cplusplus
extern "C" {
#endif

/// Points in blocks of neighbours.
typedef struct mq_cloud mq_cloud;

/// Sorts points, at least one, into blocks; null if there is not enough memory. `stride` floats lie between a point and
/// the next, the first three of which are read; all must be finite and have finite squares.
mq_cloud *mq_cloud_create(const float *points, size_t count, size_t stride);
void mq_cloud_free(mq_cloud *cloud);

/// Finds the squared distance of every point of each cloud to the nearest one of the other, in the order in which the
/// points were given. Returns 0, or 1 if there is not enough memory.
int mq_cloud_minima(const mq_cloud *rows, const mq_cloud *columns, float *row_minima, float *column_minima);

/// Means over the points of one cloud, of what the nearest point of the other is at, added up over both.
typedef struct {
  /// Of squared distances.
  double squared;
  /// Of distances.
  double plain;
} mq_chamfer;

/// Measures both Chamfer distances. Returns 0, or 1 if there is not enough memory.
int mq_cloud_chamfer(const mq_cloud *rows, const mq_cloud *columns, mq_chamfer *result);

/// Finds the one-to-one assignment of two clouds with as many points whose distances have the least mean, exactly but for
/// their rounding to single precision. Needs four bytes for each pair of points. Returns 0, or 1 if there is not enough
/// memory.
int mq_cloud_earth_mover(const mq_cloud *rows, const mq_cloud *columns, double *mean);

/// Finds the mean distance of a transport between uniform masses with entropy, as far as a number of Sinkhorn's
/// iterations comes; `epsilon` is the weight of the entropy, in units of distance. Returns 0, or 1 if there is not
/// enough memory.
int mq_cloud_sinkhorn(const mq_cloud *rows, const mq_cloud *columns, double epsilon, size_t iterations, double *mean);

#ifdef __cplusplus
}
#endif
