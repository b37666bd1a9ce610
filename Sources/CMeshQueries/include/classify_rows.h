#pragma once
#include <stddef.h>
#include <stdint.h>

// The inner loop of surface extraction: which samples of a grid lie inside.

#ifdef __cplusplus
extern "C" {
#endif

/// Rows of samples, one after the other, and the bits that they become.
typedef struct {
  const float *samples;
  size_t row_count, row_length;
  /// A row has `words_per_row` words, at least one for each 64 samples; bit k of its first word is sample k. Words
  /// without samples are left alone.
  uint64_t *bits;
  size_t words_per_row;
} mq_rows;

/// What the samples of some rows have in common.
typedef struct {
  /// The sample farthest from the solid: the largest one, or the smallest one where the solid is above the level.
  float farthest;
  /// Whether all samples are finite.
  int is_finite;
} mq_rows_summary;

/// Sets the bit of every sample below the level (above it, if `is_above`), strictly.
mq_rows_summary mq_classify_rows(const mq_rows *rows, float level, int is_above);

#ifdef __cplusplus
}
#endif
