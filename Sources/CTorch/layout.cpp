#include "ct_layout.h"

#include <algorithm>

#include "parallel.h"

namespace {

// Small enough that a tile of source and target lies in the first cache.
constexpr int64_t tile = 32;

void transposeTile(const float *source, float *target, int64_t rows, int64_t columns, int64_t row, int64_t column) {
  const int64_t lastRow = std::min(row + tile, rows), lastColumn = std::min(column + tile, columns);
  for (int64_t c = column; c < lastColumn; c++) {
    for (int64_t r = row; r < lastRow; r++) target[c * rows + r] = source[r * columns + c];
  }
}

// Calls body(first voxel of the block, row of means) for every row of channels of the coarse volume.
template <typename Body>
void forEachBlock(const ct_pool &pool, const Body &body) {
  const auto [d, h, w] = pool.extents;
  const int64_t height = h * pool.block[1], width = w * pool.block[2];
  formcast::inParallel(pool.samples * d * h, 8, pool.threads, [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; line++) {
      const int64_t y = line % h, z = line / h % d, sample = line / h / d;
      const int64_t fine = ((sample * d + z) * pool.block[0] * height + y * pool.block[1]) * width;
      for (int64_t x = 0; x < w; x++) body(fine + x * pool.block[2], line * w + x, height, width);
    }
  });
}

// Calls body(voxel) for every voxel of a block.
template <typename Body>
void forEachVoxel(const ct_pool &pool, int64_t first, int64_t height, int64_t width, const Body &body) {
  for (int64_t z = 0; z < pool.block[0]; z++) {
    for (int64_t y = 0; y < pool.block[1]; y++) {
      for (int64_t x = 0; x < pool.block[2]; x++) body(first + (z * height + y) * width + x);
    }
  }
}

}  // namespace

void ct_transpose_floats(const float *source, float *target, int64_t rows, int64_t columns, int32_t threads) {
  const int64_t down = (rows + tile - 1) / tile, across = (columns + tile - 1) / tile;
  formcast::inParallel(down, 16, threads, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      for (int64_t j = 0; j < across; j++) transposeTile(source, target, rows, columns, i * tile, j * tile);
    }
  });
}

void ct_block_means(const ct_pool *pool, const float *volumes, float *means) {
  const int64_t channels = pool->channels;
  const float share = 1.0f / float(pool->block[0] * pool->block[1] * pool->block[2]);
  forEachBlock(*pool, [&](int64_t first, int64_t row, int64_t height, int64_t width) {
    float *mean = means + row * channels;
    std::fill(mean, mean + channels, 0.0f);
    forEachVoxel(*pool, first, height, width, [&](int64_t voxel) {
      const float *values = volumes + voxel * channels;
      for (int64_t c = 0; c < channels; c++) mean[c] += values[c];
    });
    for (int64_t c = 0; c < channels; c++) mean[c] *= share;
  });
}

void ct_block_spread(const ct_pool *pool, const float *means, float *volumes) {
  const int64_t channels = pool->channels;
  const float share = 1.0f / float(pool->block[0] * pool->block[1] * pool->block[2]);
  forEachBlock(*pool, [&](int64_t first, int64_t row, int64_t height, int64_t width) {
    const float *mean = means + row * channels;
    forEachVoxel(*pool, first, height, width, [&](int64_t voxel) {
      float *values = volumes + voxel * channels;
      for (int64_t c = 0; c < channels; c++) values[c] = mean[c] * share;
    });
  });
}
