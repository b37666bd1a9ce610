// Includes the file named KERNELS once for each instruction set that is worth a copy of its functions, each copy in a
// namespace of its own. bestOf(f) is the copy of f for this processor.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma"))), apply_to = function)
namespace avx512 {
#include KERNELS
}
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
namespace avx2 {
#include KERNELS
}
#pragma clang attribute pop
namespace plain {
#include KERNELS
}
inline bool hasAVX512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
inline bool hasAVX2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#define BEST_OF(function) (hasAVX512() ? avx512::function : hasAVX2() ? avx2::function : plain::function)
#else
namespace plain {
#include KERNELS
}
#define BEST_OF(function) (plain::function)
#endif
#undef KERNELS
