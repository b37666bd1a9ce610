// Tiles of complex matrix products. No include guard: each instruction set has its copy.
#include "vector_kernels.h"

// R rows by V vectors of columns of one frequency.
template <bool correlates, int R, int V, bool isFull>
__attribute__((noinline)) static void tile(const Product &p, int64_t f, int64_t row, int64_t column) {
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
  for (int64_t t = 0; t < p.termCount; t++) {
    const int64_t K = p.terms[t].inner;
    const float *b = (const float *)p.terms[t].b + f * ct_spectral_stride(K, N) + column, *bIm = b + K * N;
    // The matrix a is [rows][K], or [rows][M] if it is to be transposed.
    const ct_spectral_rows &from = p.terms[t].a;
    const int64_t lanes = correlates ? M : K, rowStep = correlates ? 1 : K, innerStep = correlates ? M : 1;
    const float *a = from.data + f * ct_spectral_stride(from.rows, lanes) + from.first * lanes + row * rowStep;
    const float *aIm = a + from.rows * lanes;
    const int64_t ahead = row == 0 ? ct_spectral_stride(K, N) : 0;  // the next frequency's, while this one is used
    for (int64_t k = 0; k < K; k++, b += N, bIm += N, a += innerStep, aIm += innerStep) {
      vf bRe[V], bI[V];
      for (int v = 0; v < V; v++) {
        bRe[v] = loadLanes(b + v * lanesPerVector, width);
        bI[v] = loadLanes(bIm + v * lanesPerVector, width);
      }
      if (ahead)
        for (int v = 0; v < V; v++) {
          __builtin_prefetch(b + ahead + v * lanesPerVector, 0, 2);
          __builtin_prefetch(bIm + ahead + v * lanesPerVector, 0, 2);
        }
      for (int r = 0; r < R; r++) {
        const vf x = splat(a[r * rowStep]), y = splat(aIm[r * rowStep]);
        for (int v = 0; v < V; v++) {
          if constexpr (correlates) {
            re[r][v] += x * bRe[v], re[r][v] += y * bI[v];
            im[r][v] += y * bRe[v], im[r][v] -= x * bI[v];
          } else {
            re[r][v] += x * bRe[v], re[r][v] -= y * bI[v];
            im[r][v] += y * bRe[v], im[r][v] += x * bI[v];
          }
        }
      }
    }
  }
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) {
      storeLanes(out + r * N + v * lanesPerVector, re[r][v], width);
      storeLanes(out + M * N + r * N + v * lanesPerVector, im[r][v], width);
    }
}

template <bool correlates, int V, bool isFull>
static void allRows(const Product &p, int64_t f, int64_t column) {
  const int64_t M = p.shape.rows;
  int64_t row = 0;
  for (; row + 6 <= M; row += 6) tile<correlates, 6, V, isFull>(p, f, row, column);
  switch (M - row) {
    case 5: return tile<correlates, 5, V, isFull>(p, f, row, column);
    case 4: return tile<correlates, 4, V, isFull>(p, f, row, column);
    case 3: return tile<correlates, 3, V, isFull>(p, f, row, column);
    case 2: return tile<correlates, 2, V, isFull>(p, f, row, column);
    case 1: return tile<correlates, 1, V, isFull>(p, f, row, column);
  }
}

template <bool correlates>
static void allColumns(const Product &p, int64_t f) {
  const int64_t N = p.shape.columns;
  int64_t column = 0;
  for (; column + 2 * lanesPerVector <= N; column += 2 * lanesPerVector) allRows<correlates, 2, true>(p, f, column);
  if (column + lanesPerVector <= N) allRows<correlates, 1, true>(p, f, column), column += lanesPerVector;
  if (column < N) allRows<correlates, 1, false>(p, f, column);
}

static void runProduct(const Product &p, int64_t begin, int64_t end) {
  for (int64_t f = begin; f < end; f++) {
    if (p.shape.correlates) allColumns<true>(p, f);
    else allColumns<false>(p, f);
  }
}

