// Rearrangements of float32 memory that the library does element by element. Plain pointers: no tensor, no autograd.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// target[column][row] = source[row][column].
void ct_transpose_floats(const float *source, float *target, int64_t rows, int64_t columns, int32_t threads);

// Blocks of voxels of volumes [samples, extents * block, channels].
typedef struct {
  int64_t samples, channels;
  int64_t extents[3];  // blocks along each axis
  int64_t block[3];    // voxels of a block along each axis
  int32_t threads;
} ct_pool;

// means [samples, extents, channels]: the mean of each block.
void ct_block_means(const ct_pool *pool, const float *volumes, float *means);
// The transpose: every voxel of a block gets its share.
void ct_block_spread(const ct_pool *pool, const float *means, float *volumes);

#ifdef __cplusplus
}
#endif
