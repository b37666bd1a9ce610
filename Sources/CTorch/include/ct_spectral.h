// Volumes to frequencies and back, and the complex products between. Plain pointers: no tensor, no autograd.
//
// A spectrum has rows (a tile of a sample each) of lanes (channels side by side) for each of
// points0 / 2 * points1 * points2 frequencies: [frequencies][2][rows][lanes] numbers, real parts before imaginary
// ones, with ct_spectral_stride(rows, lanes) numbers from one frequency to the next.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The most points that one axis of a transform may have.
#define CT_SPECTRAL_MAXIMUM_POINTS 48

// Numbers between one frequency and the next: an odd number of cache lines, so that neighbours do not compete for the
// same places of a cache.
static inline int64_t ct_spectral_stride(int64_t rows, int64_t lanes) {
  return ((2 * rows * lanes + 15) / 16 | 1) * 16;
}

// How one axis of a volume lies on the points of a transform. Tile t holds the elements t * step + start + j, where
// 0 <= j < length and the element exists; that element lies on point first + j, which wraps round.
typedef struct {
  int64_t extent;  // elements of the volume
  int64_t stride;  // numbers between neighbours in memory
  int64_t points;  // of the transform; even on the first axis
  int64_t tiles, step, start, length, first;
} ct_spectral_axis;

// A batch of volumes; the lanes of a voxel lie side by side.
typedef struct {
  void *data;
  int64_t rows, row_stride, lanes;
  ct_spectral_axis axes[3];
  int32_t is_bfloat16;  // the volume; spectra are always float32
  int32_t threads;
} ct_spectral_volume;

// The rows of a spectrum that a batch of volumes fills.
typedef struct {
  float *data;
  int64_t rows;   // of the whole spectrum
  int64_t first;  // the batch's first
} ct_spectral_rows;

// The transform of each tile, or its complex conjugate.
void ct_spectral_analysis(const ct_spectral_volume *volume, ct_spectral_rows spectrum, int32_t conjugated);

// The way back. Tiles that overlap are added (then there can be no bias); `bias`, one number for each lane, may be null.
void ct_spectral_synthesis(const ct_spectral_volume *volume, ct_spectral_rows spectrum, const float *bias);

// One summand of a product: at each frequency, rows of a spectrum times a matrix.
typedef struct {
  ct_spectral_rows a;  // [rows][inner], or with `correlates` [inner][rows of the sum]
  const void *b;        // [inner][columns]: float32, or packed
  int64_t inner;
} ct_spectral_term;

typedef struct {
  int64_t frequencies, rows, columns;
  int32_t accumulates;  // the sum is added to what is there
  int32_t correlates;   // the sum is a transposed times the conjugate of b
  int32_t threads;
} ct_spectral_product_shape;

// sum = the terms' products, [rows][columns] at each frequency.
void ct_spectral_product(const ct_spectral_product_shape *shape, const ct_spectral_term *terms, int64_t term_count,
                         float *sum);

// The same in bfloat16 with float32 sums, which takes half of the time where the processor multiplies pairs of such numbers.
// With `correlates`, b is an ordinary spectrum; otherwise it was packed: each number a pair (re, im) of bfloat16.
int32_t ct_spectral_can_reduce(void);
void ct_spectral_reduced_product(const ct_spectral_product_shape *shape, const ct_spectral_term *terms,
                                 int64_t term_count, float *sum);
void ct_spectral_pack(const float *spectrum, int64_t frequencies, int64_t rows, int64_t lanes, int32_t threads,
                      void *packed);

// Pairs between one frequency of a packed spectrum and the next.
static inline int64_t ct_spectral_packed_stride(int64_t rows, int64_t lanes) {
  return ((rows * lanes + 15) / 16 | 1) * 16;
}

// The most terms that a product may have.
#define CT_SPECTRAL_MAXIMUM_TERMS 4

// Asks the system for large pages under a large block of memory; scattered access is slow without.
void ct_prefer_large_pages(void *data, int64_t byte_count);

#ifdef __cplusplus
}
#endif
