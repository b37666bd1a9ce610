#pragma once
#include <dlfcn.h>
#include <algorithm>
#include <cstdint>
#include <memory>
namespace formcast {
// libtorch's own thread pool (libgomp, which it brings along): threads of another pool would fight with its spinning
// ones. Where it is not there, the caller's thread does all the work.
using ParallelRegion = void (*)(void (*)(void *), void *, unsigned, unsigned);

// Calls work(begin, end) on blocks of 0..<count, each thread taking the next block when it is done with one.
template <typename Work>
void inParallel(int64_t count, int64_t block, int threads, const Work &work) {
  struct Region {
    const Work *work;
    int64_t next, count, block;
    static void worker(void *context) {
      auto *region = (Region *)context;
      for (;;) {
        const int64_t begin = __atomic_fetch_add(&region->next, region->block, __ATOMIC_RELAXED);
        if (begin >= region->count) return;
        (*region->work)(begin, std::min(begin + region->block, region->count));
      }
    }
  };
  static const auto parallel = (ParallelRegion)dlsym(RTLD_DEFAULT, "GOMP_parallel");
  Region region{&work, 0, count, block};
  if (parallel && threads > 1 && count > block) parallel(Region::worker, &region, threads, 0);
  else Region::worker(&region);
}
}  // namespace formcast
