#include "ct_spectral.h"

#include <sys/mman.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "parallel.h"
#include "scratch.h"
#include "vectors.h"

// Discrete Fourier transforms of short axes as products with small matrices, sixteen channels at a time.
//
// A transform of P points costs a quarter of the P x P complex product, because the points j and P - j are added and
// subtracted first: cosines then meet the sums only, sines the differences only. The first axis takes real numbers to
// the frequencies k + 1/2, of which one half are the conjugates of the others; none of them is real.
namespace formcast {
namespace {

constexpr int maximumPoints = CT_SPECTRAL_MAXIMUM_POINTS;
constexpr int maximumHalf = maximumPoints / 2 + 1;

struct Tables {
  int points, cosineCount, sineCount;
  std::vector<float> cosines, sines;                // [input][output] of the way to the frequencies
  std::vector<float> cosinesBack, sinesBack;        // and of the way back
};

// The axes whose frequencies are whole numbers: j, k = 0 ... P / 2 for cosines, 1 ... (P - 1) / 2 for sines.
Tables wholeTables(int points) {
  Tables t{points, points / 2 + 1, (points - 1) / 2, {}, {}, {}, {}};
  for (int j = 0; j < t.cosineCount; j++)
    for (int k = 0; k < t.cosineCount; k++) t.cosines.push_back(std::cos(2 * M_PI * (j * k % points) / points));
  for (int j = 1; j <= t.sineCount; j++)
    for (int k = 1; k <= t.sineCount; k++) t.sines.push_back(std::sin(2 * M_PI * (j * k % points) / points));
  t.cosinesBack = t.cosines, t.sinesBack = t.sines;
  return t;
}

// The axis with frequencies k + 1/2, k < P / 2: j = 0 ... P / 2 - 1 for cosines, 1 ... P / 2 for sines. The way back
// carries the factor 2 / P.
Tables halfTables(int points) {
  const int half = points / 2;
  Tables t{points, half, half, {}, {}, {}, {}};
  const auto angle = [&](int j, int k) { return M_PI * (j * (2 * k + 1) % (2 * points)) / points; };
  for (int j = 0; j < half; j++)
    for (int k = 0; k < half; k++) {
      t.cosines.push_back(std::cos(angle(j, k)));
      t.sines.push_back(std::sin(angle(j + 1, k)));
    }
  for (int k = 0; k < half; k++)
    for (int j = 0; j < half; j++) {
      t.cosinesBack.push_back(2.0 / points * std::cos(angle(j, k)));
      t.sinesBack.push_back(2.0 / points * std::sin(angle(j + 1, k)));
    }
  return t;
}

const Tables &tables(int64_t points, bool isHalf) {
  static std::mutex mutex;
  static std::map<std::pair<int64_t, bool>, Tables> known;
  std::lock_guard<std::mutex> lock(mutex);
  const auto key = std::make_pair(points, isHalf);
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  return known.emplace(key, isHalf ? halfTables(points) : wholeTables(points)).first->second;
}

// The elements of one tile along one axis: `count` of them from `index` on, on the points from `point` on.
struct Range {
  int64_t index, count;
  int point;
  int source[maximumPoints];   // element (from `index` on) of each point, -1 for none
  bool isNegative[maximumPoints];  // whether the element wrapped round once more: where frequencies are odd halves, it changes sign

  Range(const ct_spectral_axis &axis, int64_t tile) {
    const int64_t begin = tile * axis.step + axis.start;
    const int64_t low = std::max<int64_t>(begin, 0), high = std::min(begin + axis.length, axis.extent);
    index = low, count = std::max<int64_t>(high - low, 0);
    std::fill(source, source + axis.points, -1);
    std::fill(isNegative, isNegative + axis.points, false);
    for (int64_t j = 0; j < count; j++) {
      const int64_t place = axis.first + (low - begin) + j;
      const int64_t wrapped = ((place % axis.points) + axis.points) % axis.points;
      source[wrapped] = int(j);
      isNegative[wrapped] = ((place - wrapped) / axis.points) % 2 != 0;
    }
  }
};

struct Job {
  const ct_spectral_volume &volume;
  ct_spectral_rows spectrum;
  const float *bias;
  bool isSynthesis, conjugated, streams;

  int64_t tileCount() const { return volume.axes[0].tiles * volume.axes[1].tiles * volume.axes[2].tiles; }
  bool tilesOverlap() const {
    const auto overlap = [](const ct_spectral_axis &axis) { return axis.tiles > 1 && axis.length > axis.step; };
    return overlap(volume.axes[0]) || overlap(volume.axes[1]) || overlap(volume.axes[2]);
  }
  int64_t blockCount() const { return (volume.lanes + lanesPerVector - 1) / lanesPerVector; }
};

#define KERNELS "spectral_transform_kernels.h"
#include "instruction_sets.h"

// Results that are larger than what a core keeps of its caches, and whose vectors are aligned.
bool streams(const ct_spectral_volume &volume, const void *result, int64_t count) {
  return count * int64_t(sizeof(float)) > (4 << 20) && volume.lanes % lanesPerVector == 0 && (uintptr_t)result % 64 == 0;
}

int64_t elementCount(const ct_spectral_volume &volume) {
  return volume.rows * volume.lanes * volume.axes[0].extent * volume.axes[1].extent * volume.axes[2].extent;
}

void run(const Job &job) {
  inParallel(job.volume.rows * job.blockCount(), 1, job.volume.threads,
             [&](int64_t begin, int64_t end) { BEST_OF(runTransform)(job, begin, end); });
}

}  // namespace
}  // namespace formcast

using namespace formcast;

extern "C" void ct_spectral_analysis(const ct_spectral_volume *volume, ct_spectral_rows spectrum, int32_t conjugated) {
  const bool isLarge = streams(*volume, spectrum.data, 2 * elementCount(*volume));
  run({*volume, spectrum, nullptr, false, conjugated != 0, isLarge});
}

extern "C" void ct_spectral_synthesis(const ct_spectral_volume *volume, ct_spectral_rows spectrum, const float *bias) {
  const bool isLarge = streams(*volume, volume->data, elementCount(*volume));
  run({*volume, spectrum, bias, true, false, isLarge});
}

extern "C" void ct_prefer_large_pages(void *data, int64_t byte_count) {
#if defined(__linux__)
  const uintptr_t page = 2 << 20, begin = ((uintptr_t)data + page - 1) / page * page;
  const uintptr_t end = ((uintptr_t)data + uintptr_t(byte_count)) / page * page;
  if (begin < end) madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#endif
}
