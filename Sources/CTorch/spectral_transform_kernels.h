// Transforms of blocks of lanes. No include guard: each instruction set has its copy.
#include "vector_kernels.h"

// out[r] = sum over j of table[j][r] in[j], for V vectors beside each other.
template <int R, int V>
static inline void rowBlock(const float *table, int width, int inner, const vf *in, vf *out) {
  vf sums[R][V];
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) sums[r][v] = vf{};
  for (int j = 0; j < inner; j++) {
    vf x[V];
    for (int v = 0; v < V; v++) x[v] = in[j * V + v];
    for (int r = 0; r < R; r++) {
      const vf factor = splat(table[j * width + r]);
      for (int v = 0; v < V; v++) sums[r][v] += factor * x[v];
    }
  }
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) out[r * V + v] = sums[r][v];
}

template <int V>
__attribute__((noinline)) static void smallProduct(const float *table, int outer, int inner, const vf *in, vf *out) {
  constexpr int block = 5;
  int r = 0;
  for (; r + block <= outer; r += block) rowBlock<block, V>(table + r, outer, inner, in, out + r * V);
  switch (outer - r) {
    case 4: return rowBlock<4, V>(table + r, outer, inner, in, out + r * V);
    case 3: return rowBlock<3, V>(table + r, outer, inner, in, out + r * V);
    case 2: return rowBlock<2, V>(table + r, outer, inner, in, out + r * V);
    case 1: return rowBlock<1, V>(table + r, outer, inner, in, out + r * V);
  }
}

// Real numbers to the frequencies k + 1/2. load(point, x[V]) answers whether there is something on that point.
template <int V, typename Load, typename Store>
void halfForward(const Tables &t, const Load &load, const Store &store) {
  const int half = t.points / 2;
  vf differences[maximumHalf * V], sums[maximumHalf * V], re[maximumHalf * V], im[maximumHalf * V];
  load(0, differences);
  for (int j = 1; j < half; j++) {
    vf a[V], b[V];
    load(j, a), load(t.points - j, b);
    for (int v = 0; v < V; v++) differences[j * V + v] = a[v] - b[v], sums[(j - 1) * V + v] = a[v] + b[v];
  }
  load(half, sums + (half - 1) * V);
  smallProduct<V>(t.cosines.data(), half, half, differences, re);
  smallProduct<V>(t.sines.data(), half, half, sums, im);
  for (int k = 0; k < half; k++) {
    for (int v = 0; v < V; v++) im[k * V + v] = -im[k * V + v];
    store(k, re + k * V, im + k * V);
  }
}

template <int V, typename Load, typename Store>
void halfBackward(const Tables &t, const Load &load, const Store &store) {
  const int half = t.points / 2;
  vf re[maximumHalf * V], im[maximumHalf * V], c[maximumHalf * V], s[maximumHalf * V];
  for (int k = 0; k < half; k++) load(k, re + k * V, im + k * V);
  smallProduct<V>(t.cosinesBack.data(), half, half, re, c);
  smallProduct<V>(t.sinesBack.data(), half, half, im, s);
  store(0, c);
  for (int j = 1; j < half; j++) {
    vf a[V], b[V];
    for (int v = 0; v < V; v++) {
      a[v] = c[j * V + v] - s[(j - 1) * V + v];
      b[v] = -c[j * V + v] - s[(j - 1) * V + v];
    }
    store(j, a), store(t.points - j, b);
  }
  vf last[V];
  for (int v = 0; v < V; v++) last[v] = -s[(half - 1) * V + v];
  store(half, last);
}

// Complex numbers to whole frequencies; the way back is the same with the result stored at P - k.
template <int V, typename Load, typename Store>
void whole(const Tables &t, const Load &load, const Store &store) {
  const int P = t.points, sines = t.sineCount;
  vf sumRe[maximumHalf * V], sumIm[maximumHalf * V], difRe[maximumHalf * V], difIm[maximumHalf * V];
  vf cRe[maximumHalf * V], cIm[maximumHalf * V], sRe[maximumHalf * V], sIm[maximumHalf * V];
  load(0, sumRe, sumIm);
  for (int j = 1; j <= sines; j++) {
    vf aRe[V], aIm[V], bRe[V], bIm[V];
    load(j, aRe, aIm), load(P - j, bRe, bIm);
    for (int v = 0; v < V; v++) {
      sumRe[j * V + v] = aRe[v] + bRe[v], sumIm[j * V + v] = aIm[v] + bIm[v];
      difRe[(j - 1) * V + v] = aRe[v] - bRe[v], difIm[(j - 1) * V + v] = aIm[v] - bIm[v];
    }
  }
  if (P % 2 == 0) load(P / 2, sumRe + P / 2 * V, sumIm + P / 2 * V);
  smallProduct<V>(t.cosines.data(), t.cosineCount, t.cosineCount, sumRe, cRe);
  smallProduct<V>(t.cosines.data(), t.cosineCount, t.cosineCount, sumIm, cIm);
  smallProduct<V>(t.sines.data(), sines, sines, difRe, sRe);
  smallProduct<V>(t.sines.data(), sines, sines, difIm, sIm);
  store(0, cRe, cIm);
  for (int k = 1; k <= sines; k++) {
    vf aRe[V], aIm[V], bRe[V], bIm[V];
    for (int v = 0; v < V; v++) {
      const int c = k * V + v, s = (k - 1) * V + v;
      aRe[v] = cRe[c] + sIm[s], aIm[v] = cIm[c] - sRe[s];
      bRe[v] = cRe[c] - sIm[s], bIm[v] = cIm[c] + sRe[s];
    }
    store(k, aRe, aIm), store(P - k, bRe, bIm);
  }
  if (P % 2 == 0) store(P / 2, cRe + P / 2 * V, cIm + P / 2 * V);
}

// Calls body.run<V>(first) so that the columns 0 ..< count are done.
template <typename Body>
void columns(int64_t count, const Body &body) {
  int64_t x = 0;
  for (; x + 4 <= count; x += 4) body.template run<4>(x);
  for (; x < count; x++) body.template run<1>(x);
}

template <int V>
void clear(vf *x) {
  for (int v = 0; v < V; v++) x[v] = vf{};
}

// One block of lanes of one tile of one volume.
template <typename T>
struct Block {
  const ct_spectral_volume &volume;
  float *spectrum;  // at row, tile and lane
  int64_t partStride, frequencyStride;
  T *elements;  // at row, tile and lane
  const Range &first, &second, &third;
  const Tables &t0, &t1, &t2;
  vf *planes, *plane;
  int width;
  bool conjugated, accumulates, streams;
  vf bias;

  vf *at(int64_t k, int part, int64_t y) const {
    return planes + ((k * 2 + part) * second.count + y) * third.count;
  }
  T *element(int64_t z, int64_t y, int64_t x) const {
    return elements + z * volume.axes[0].stride + y * volume.axes[1].stride + x * volume.axes[2].stride;
  }
  float *frequency(int64_t k0, int64_t k1, int64_t k2) const {
    return spectrum + ((k0 * t1.points + k1) * t2.points + k2) * frequencyStride;
  }

  // Asks for the lines of the next `count` rows of frequencies.
  void prefetchFrequencies(int64_t row, int64_t count) const {
    const int64_t end = std::min((row + count) * t2.points, frequencyCount());
    for (int64_t f = row * t2.points; f < end; f++) {
      const float *line = spectrum + f * frequencyStride;
      __builtin_prefetch(line, 0, 2), __builtin_prefetch(line + partStride, 0, 2);
    }
  }
  int64_t frequencyCount() const { return int64_t(t0.points / 2) * t1.points * t2.points; }

  struct ToPlanes {
    const Block &b;
    int64_t y;
    template <int V>
    void run(int64_t x) const {
      const Block &b = this->b;
      const int64_t y = this->y;
      if (x + V < b.third.count || y + 1 < b.second.count) {
        const T *next = x + V < b.third.count ? b.element(0, y, x + V) : b.element(0, y + 1, 0);
        for (int z = 0; z < b.first.count; z++)
          for (int v = 0; v < V; v++) __builtin_prefetch(next + z * b.volume.axes[0].stride + v * b.volume.axes[2].stride, 0, 2);
      }
      halfForward<V>(
          b.t0,
          [&](int p, vf *out) {
            const int z = b.first.source[p];
            if (z < 0) return clear<V>(out);
            for (int v = 0; v < V; v++) out[v] = loadLanes(b.element(z, y, x + v), b.width);
            if (b.first.isNegative[p])
              for (int v = 0; v < V; v++) out[v] = -out[v];
          },
          [&](int k, const vf *re, const vf *im) {
            for (int v = 0; v < V; v++) b.at(k, 0, y)[x + v] = re[v], b.at(k, 1, y)[x + v] = im[v];
          });
    }
  };

  struct AlongSecond {
    const Block &b;
    int64_t k0;
    template <int V>
    void run(int64_t x) const {
      const Block &b = this->b;
      const int64_t k0 = this->k0, width = b.third.count;
      whole<V>(
          b.t1,
          [&](int p, vf *re, vf *im) {
            const int y = b.second.source[p];
            if (y < 0) return clear<V>(re), clear<V>(im);
            for (int v = 0; v < V; v++) re[v] = b.at(k0, 0, y)[x + v], im[v] = b.at(k0, 1, y)[x + v];
          },
          [&](int k, const vf *re, const vf *im) {
            vf *out = b.plane + k * 2 * width + x;
            for (int v = 0; v < V; v++) out[v] = re[v], out[width + v] = im[v];
          });
    }
  };

  struct ToSpectrum {
    const Block &b;
    int64_t k0;
    template <int V>
    void run(int64_t k1) const {
      const Block &b = this->b;
      const int64_t k0 = this->k0, width = b.third.count;
      whole<V>(
          b.t2,
          [&](int p, vf *re, vf *im) {
            const int x = b.third.source[p];
            if (x < 0) return clear<V>(re), clear<V>(im);
            const vf *in = b.plane + k1 * 2 * width + x;
            for (int v = 0; v < V; v++) re[v] = in[v * 2 * width], im[v] = in[(v * 2 + 1) * width];
          },
          [&](int k, const vf *re, const vf *im) {
            for (int v = 0; v < V; v++) {
              float *out = b.frequency(k0, k1 + v, k);
              storeLanes(out, re[v], b.width, b.streams);
              storeLanes(out + b.partStride, b.conjugated ? -im[v] : im[v], b.width, b.streams);
            }
          });
    }
  };

  struct FromSpectrum {
    const Block &b;
    int64_t k0;
    template <int V>
    void run(int64_t k1) const {
      const Block &b = this->b;
      const int64_t k0 = this->k0, width = b.third.count;
      b.prefetchFrequencies(k0 * b.t1.points + k1 + V, V);
      whole<V>(
          b.t2,
          [&](int k, vf *re, vf *im) {
            for (int v = 0; v < V; v++) {
              const float *in = b.frequency(k0, k1 + v, k);
              re[v] = loadLanes(in, b.width), im[v] = loadLanes(in + b.partStride, b.width);
            }
          },
          [&](int p, const vf *re, const vf *im) {
            const int x = b.third.source[p == 0 ? 0 : b.t2.points - p];
            if (x < 0) return;
            vf *out = b.plane + k1 * 2 * width + x;
            for (int v = 0; v < V; v++) out[v * 2 * width] = re[v], out[(v * 2 + 1) * width] = im[v];
          });
    }
  };

  struct BackAlongSecond {
    const Block &b;
    int64_t k0;
    template <int V>
    void run(int64_t x) const {
      const Block &b = this->b;
      const int64_t k0 = this->k0, width = b.third.count;
      whole<V>(
          b.t1,
          [&](int k, vf *re, vf *im) {
            const vf *in = b.plane + k * 2 * width + x;
            for (int v = 0; v < V; v++) re[v] = in[v], im[v] = in[width + v];
          },
          [&](int p, const vf *re, const vf *im) {
            const int y = b.second.source[p == 0 ? 0 : b.t1.points - p];
            if (y < 0) return;
            for (int v = 0; v < V; v++) b.at(k0, 0, y)[x + v] = re[v], b.at(k0, 1, y)[x + v] = im[v];
          });
    }
  };

  struct FromPlanes {
    const Block &b;
    int64_t y;
    template <int V>
    void run(int64_t x) const {
      const Block &b = this->b;
      const int64_t y = this->y;
      const vf scale = splat(1.0f / float(b.t1.points * b.t2.points));
      halfBackward<V>(
          b.t0,
          [&](int k, vf *re, vf *im) {
            for (int v = 0; v < V; v++) re[v] = b.at(k, 0, y)[x + v], im[v] = b.at(k, 1, y)[x + v];
          },
          [&](int p, const vf *values) {
            const int z = b.first.source[p];
            if (z < 0) return;
            const vf factor = b.first.isNegative[p] ? -scale : scale;
            for (int v = 0; v < V; v++) {
              T *out = b.element(z, y, x + v);
              const vf before = b.accumulates ? loadLanes(out, b.width) : b.bias;
              storeLanes(out, before + factor * values[v], b.width, b.streams);
            }
          });
    }
  };

  void analyze() const {
    for (int64_t y = 0; y < second.count; y++) columns(third.count, ToPlanes{*this, y});
    for (int64_t k0 = 0; k0 < t0.points / 2; k0++) {
      columns(third.count, AlongSecond{*this, k0});
      columns(t1.points, ToSpectrum{*this, k0});
    }
  }
  void synthesize() const {
    for (int64_t k0 = 0; k0 < t0.points / 2; k0++) {
      columns(t1.points, FromSpectrum{*this, k0});
      columns(third.count, BackAlongSecond{*this, k0});
    }
    for (int64_t y = 0; y < second.count; y++) columns(third.count, FromPlanes{*this, y});
  }
};

template <typename T>
void runBlock(const Job &job, int64_t row, int64_t block, const Range &first, const Range &second,
                     const Range &third, int64_t tile, bool accumulates) {
  const ct_spectral_volume &volume = job.volume;
  const auto &axes = volume.axes;
  const int64_t rows = job.spectrum.rows, lane = block * lanesPerVector;
  const Tables &t0 = tables(axes[0].points, true), &t1 = tables(axes[1].points, false);
  const Tables &t2 = tables(axes[2].points, false);
  const size_t planes = size_t(axes[0].points * second.count * third.count);
  vf *room = (vf *)scratch<Job>((planes + size_t(2 * axes[1].points * third.count)) * sizeof(vf));
  T *elements = (T *)volume.data + row * volume.row_stride + lane + first.index * axes[0].stride +
                second.index * axes[1].stride + third.index * axes[2].stride;
  const int width = int(std::min<int64_t>(lanesPerVector, volume.lanes - lane));
  const Block<T> work{
      volume, job.spectrum.data + (job.spectrum.first + row * job.tileCount() + tile) * volume.lanes + lane, rows * volume.lanes,
      ct_spectral_stride(rows, volume.lanes), elements, first, second, third, t0, t1, t2, room, room + planes, width, job.conjugated,
      accumulates, job.streams && !accumulates, job.bias ? loadLanes(job.bias + lane, width) : vf{}};
  if (job.isSynthesis) work.synthesize();
  else work.analyze();
}

// All tiles of one block of lanes of one volume, one after the other because they may write to the same voxels.
template <typename T>
void runJobs(const Job &job, int64_t begin, int64_t end) {
  const auto &axes = job.volume.axes;
  for (int64_t at = begin; at < end; at++) {
    const int64_t row = at / job.blockCount(), block = at % job.blockCount();
    int64_t tile = 0;
    for (int64_t z = 0; z < axes[0].tiles; z++)
      for (int64_t y = 0; y < axes[1].tiles; y++)
        for (int64_t x = 0; x < axes[2].tiles; x++, tile++) {
          const Range first(axes[0], z), second(axes[1], y), third(axes[2], x);
          const bool accumulates = job.isSynthesis && job.tilesOverlap();
          runBlock<T>(job, row, block, first, second, third, tile, accumulates);
        }
  }
}

static void runTransform(const Job &job, int64_t begin, int64_t end) {
  if (job.volume.is_bfloat16) runJobs<bfloat16>(job, begin, end);
  else runJobs<float>(job, begin, end);
}

