#include "ctorch_runtime.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <sys/resource.h>
#include <torch/version.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <string>

#include "guard.h"

using namespace ct;

const char *ct_version(void) { return TORCH_VERSION; }

int32_t ct_get_num_threads(void) { return at::get_num_threads(); }

ct_status ct_set_num_threads(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

ct_status ct_set_deterministic(bool on) {
  return guarded([&] { at::globalContext().setDeterministicAlgorithms(on, /*warn_only=*/false); });
}

namespace {

/// Opens the CUDA half of libtorch, which registers itself, once: from the loader's path, or else from beside the
/// half that is linked. Answers why not, or nothing.
const std::string &cuda_library_problem() {
  static const std::string problem = [] {
    std::string name = "libtorch_cuda.so";
    if (dlopen(name.c_str(), RTLD_NOW | RTLD_GLOBAL)) {
      return std::string();
    }
    std::string first = dlerror();
    Dl_info where{};
    if (dladdr(reinterpret_cast<void *>(&at::get_num_threads), &where) && where.dli_fname) {
      std::string path = where.dli_fname;
      path = path.substr(0, path.rfind('/') + 1) + name;
      if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL)) {
        return std::string();
      }
      first = dlerror();
    }
    return first;
  }();
  return problem;
}

std::string &unavailable_reason() {
  static thread_local std::string reason;
  return reason;
}

bool cuda_is_available(int32_t index) {
  std::string &reason = unavailable_reason();
  reason = cuda_library_problem();
  if (!reason.empty()) {
    return false;
  }
  int32_t count = ct_device_count(CT_CUDA);
  if (index >= count) {
    reason = count == 0 ? "no CUDA device or driver" : "there are only " + std::to_string(count) + " CUDA devices";
  }
  return reason.empty();
}

}  // namespace

bool ct_is_available(ct_device device) {
  switch (device.kind) {
    case CT_CPU: return true;
    case CT_CUDA: return cuda_is_available(device.index);
    case CT_MPS: {
      bool available = false;
      guarded([&] { available = at::hasMPS(); });
      return available;
    }
    default: return false;
  }
}

const char *ct_unavailable_reason(void) { return unavailable_reason().c_str(); }

int32_t ct_device_count(int32_t kind) {
  if (kind == CT_CPU) {
    return 1;
  }
  int32_t count = 0;
  guarded([&] {
    if (kind == CT_CUDA && cuda_library_problem().empty() && at::hasCUDA()) {
      count = static_cast<int32_t>(at::detail::getCUDAHooks().deviceCount());
    } else if (kind == CT_MPS && at::hasMPS()) {
      count = 1;
    }
  });
  return count;
}

ct_status ct_synchronize(ct_device where) {
  return guarded([&] {
    if (where.kind != CT_CPU) {
      at::accelerator::synchronizeDevice(static_cast<c10::DeviceIndex>(where.index));
    }
  });
}

ct_status ct_device_memory(ct_device where, ct_int *current, ct_int *peak) {
  return guarded([&] {
    auto stats = at::getDeviceAllocator(device(where).type())->getDeviceStats(where.index);
    const auto &bytes = stats.allocated_bytes[0];
    *current = bytes.current;
    *peak = bytes.peak;
  });
}

ct_status ct_reset_peak_device_memory(ct_device where) {
  return guarded([&] { at::getDeviceAllocator(device(where).type())->resetPeakStats(where.index); });
}

// A training step makes and drops the same blocks of some megabytes again and again, aligned to cache lines. glibc's
// allocator does badly at that: above 32 MB it maps each block anew, below it trims the heap, so that the kernel
// clears the same pages at every step; and a dropped aligned block rarely fits the next aligned request of its size, so
// that the heap grows. In a loop of element-wise operators with gradients on 16 MB tensors, glibc took 98,000 page
// faults and 1,415 MB at its peak; without mapping and trimming (mallopt) 135,000 and 1,495 MB; tcmalloc took 4,100
// and 635 MB, and a fiftieth of the time in the kernel. So tcmalloc is linked (see the module map). The reference is
// weak because a program may run without it.
extern "C" {
__attribute__((weak)) const char *tc_version(int *, int *, const char **);
__attribute__((weak)) void MallocExtension_ReleaseFreeMemory(void);
}

const char *ct_allocator(void) { return tc_version ? "tcmalloc" : "system"; }

void ct_release_free_memory(void) {
  if (MallocExtension_ReleaseFreeMemory) {
    MallocExtension_ReleaseFreeMemory();
  }
}

ct_int ct_resident_memory(void) {
  long pages = 0, resident = 0;
  if (FILE *file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) {
      resident = 0;
    }
    std::fclose(file);
  }
  return resident * sysconf(_SC_PAGESIZE);
}

ct_int ct_peak_resident_memory(void) {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  return usage.ru_maxrss;
#else
  return usage.ru_maxrss * 1024;
#endif
}
