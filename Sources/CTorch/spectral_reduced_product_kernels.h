// Tiles of complex products of bfloat16 pairs.
#include "vector_kernels.h"

struct ReducedProduct {
  const ct_spectral_product_shape &shape;
  const ct_spectral_term *terms;
  int64_t termCount;
  float *sum;
};

// One term at one frequency, ready to be multiplied.
struct PackedTerm {
  const uint32_t *real, *imaginary;  // what b meets for the real and for the imaginary part
  int64_t rowStep, innerStep;        // of both
  const uint32_t *b;                 // [inner][columns]
  int64_t inner;
  int64_t ahead;                     // from b to the next frequency's
};

static inline vu rounded(vf value) {  // to nearest, ties to even: the upper half is the bfloat16 number
  const vu bits = (vu)value;
  return bits + 0x7fff + ((bits >> 16) & 1);
}

// Pairs (first, second), or (first, -second).
static inline vu paired(vf first, vf second, bool negates) {
  const vu sign = vu{} + (negates ? 0x80000000u : 0u);
  return rounded(first) >> 16 | ((rounded(second) ^ sign) & 0xffff0000u);
}

static inline void pack(const float *first, const float *second, int64_t count, bool negates, uint32_t *to) {
  for (int64_t i = 0; i < count; i += lanesPerVector) {
    const int width = int(count - i < lanesPerVector ? count - i : lanesPerVector);
    const vu pairs = paired(loadLanes(first + i, width), loadLanes(second + i, width), negates);
    std::memcpy(to + i, &pairs, size_t(width) * sizeof(uint32_t));
  }
}

static inline vu loadPairs(const uint32_t *from, int width) {
  vu result{};
  if (width == lanesPerVector) std::memcpy(&result, from, sizeof(vu));
  else std::memcpy(&result, from, size_t(width) * sizeof(uint32_t));
  return result;
}

static inline void addProducts(vf &sum, uint32_t a, vu b) {
  sum = (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32(int(a)), (__m512bh)b);
}

// R rows by V vectors of columns.
template <int R, int V, bool isFull>
__attribute__((noinline)) static void tile(const ReducedProduct &p, const PackedTerm *terms, int64_t f, int64_t row,
                                           int64_t column) {
  const int64_t M = p.shape.rows, N = p.shape.columns;
  const int width = isFull ? lanesPerVector : int(N - column);
  vf re[R][V], im[R][V];
  float *out = p.sum + f * ct_spectral_stride(M, N) + row * N + column;
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) {
      re[r][v] = im[r][v] = vf{};
      if (p.shape.accumulates) {
        re[r][v] = loadLanes(out + r * N + v * lanesPerVector, width);
        im[r][v] = loadLanes(out + M * N + r * N + v * lanesPerVector, width);
      }
    }
  for (const PackedTerm *term = terms; term != terms + p.termCount; term++) {
    const uint32_t *b = term->b + column;
    const uint32_t *real = term->real + row * term->rowStep, *imaginary = term->imaginary + row * term->rowStep;
    const int64_t ahead = row == 0 ? term->ahead : 0, rowStep = term->rowStep, innerStep = term->innerStep;
    for (int64_t k = 0; k < term->inner; k++, b += N, real += innerStep, imaginary += innerStep) {
      vu pairs[V];
      for (int v = 0; v < V; v++) pairs[v] = loadPairs(b + v * lanesPerVector, width);
      if (ahead)
        for (int v = 0; v < V; v++) __builtin_prefetch(b + ahead + v * lanesPerVector, 0, 2);
      for (int r = 0; r < R; r++)
        for (int v = 0; v < V; v++) {
          addProducts(re[r][v], real[r * rowStep], pairs[v]);
          addProducts(im[r][v], imaginary[r * rowStep], pairs[v]);
        }
    }
  }
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) {
      storeLanes(out + r * N + v * lanesPerVector, re[r][v], width);
      storeLanes(out + M * N + r * N + v * lanesPerVector, im[r][v], width);
    }
}

template <int V, bool isFull>
static void allRows(const ReducedProduct &p, const PackedTerm *terms, int64_t f, int64_t column) {
  const int64_t M = p.shape.rows;
  int64_t row = 0;
  for (; row + 6 <= M; row += 6) tile<6, V, isFull>(p, terms, f, row, column);
  switch (M - row) {
    case 5: return tile<5, V, isFull>(p, terms, f, row, column);
    case 4: return tile<4, V, isFull>(p, terms, f, row, column);
    case 3: return tile<3, V, isFull>(p, terms, f, row, column);
    case 2: return tile<2, V, isFull>(p, terms, f, row, column);
    case 1: return tile<1, V, isFull>(p, terms, f, row, column);
  }
}

static void allColumns(const ReducedProduct &p, const PackedTerm *terms, int64_t f) {
  const int64_t N = p.shape.columns;
  int64_t column = 0;
  for (; column + 2 * lanesPerVector <= N; column += 2 * lanesPerVector) allRows<2, true>(p, terms, f, column);
  if (column + lanesPerVector <= N) allRows<1, true>(p, terms, f, column), column += lanesPerVector;
  if (column < N) allRows<1, false>(p, terms, f, column);
}

// Packs what is not packed yet of a term at a frequency; answers where the next term's pairs may go.
static uint32_t *prepare(const ReducedProduct &p, int64_t t, int64_t f, uint32_t *room, PackedTerm &packed) {
  const int64_t M = p.shape.rows, N = p.shape.columns, K = p.terms[t].inner;
  const bool correlates = p.shape.correlates;
  const ct_spectral_rows &from = p.terms[t].a;
  const int64_t lanes = correlates ? M : K, count = M * K;
  const float *re = from.data + f * ct_spectral_stride(from.rows, lanes) + from.first * lanes;
  const float *im = re + from.rows * lanes;
  // Times b: (re, -im) and (im, re); times the conjugate of b: (re, im) and (im, -re).
  pack(re, im, count, !correlates, room);
  pack(im, re, count, correlates, room + count);
  packed = {room, room + count, correlates ? 1 : K, correlates ? M : 1, nullptr, K, 0};
  room += 2 * count;
  if (!correlates) {
    packed.ahead = ct_spectral_packed_stride(K, N);
    packed.b = (const uint32_t *)p.terms[t].b + f * packed.ahead;
    return room;
  }
  const float *b = (const float *)p.terms[t].b + f * ct_spectral_stride(K, N);
  pack(b, b + K * N, K * N, false, room);
  packed.b = room;
  return room + K * N;
}

static void runReducedProduct(const ReducedProduct &p, int64_t begin, int64_t end) {
  int64_t words = 0;
  for (int64_t t = 0; t < p.termCount; t++) words += p.terms[t].inner * (2 * p.shape.rows + p.shape.columns);
  auto *room = (uint32_t *)scratch<ReducedProduct>(size_t(words) * sizeof(uint32_t));
  PackedTerm packed[CT_SPECTRAL_MAXIMUM_TERMS];
  for (int64_t f = begin; f < end; f++) {
    uint32_t *next = room;
    for (int64_t t = 0; t < p.termCount; t++) next = prepare(p, t, f, next, packed[t]);
    allColumns(p, packed, f);
  }
}
