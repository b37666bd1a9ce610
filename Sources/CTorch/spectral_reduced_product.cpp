#include "ct_spectral.h"

#include "parallel.h"
#include "scratch.h"
#include "vectors.h"

// Complex matrix products of bfloat16 numbers with float32 sums, one for each frequency.
//
// A complex number is a pair (re, im) of bfloat16, and the processor adds the products of two pairs in one instruction:
// with b = (re, im) the real part of x b is (x.re, -x.im) . b, the imaginary one (x.im, x.re) . b. The matrices a are
// float32 spectra that are packed in both of these ways, frequency by frequency, while they lie in a core's cache.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma"))), apply_to = function)
namespace formcast {
namespace {
#include "spectral_reduced_product_kernels.h"
}  // namespace
}  // namespace formcast
#pragma clang attribute pop

using namespace formcast;

extern "C" int32_t ct_spectral_can_reduce(void) {
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

extern "C" void ct_spectral_reduced_product(const ct_spectral_product_shape *shape, const ct_spectral_term *terms,
                                            int64_t term_count, float *sum) {
  const ReducedProduct product{*shape, terms, term_count, sum};
  inParallel(shape->frequencies, 16, shape->threads,
             [&](int64_t begin, int64_t end) { runReducedProduct(product, begin, end); });
}

extern "C" void ct_spectral_pack(const float *spectrum, int64_t frequencies, int64_t rows, int64_t lanes, int32_t threads,
                                 void *packed) {
  inParallel(frequencies, 16, threads, [&](int64_t begin, int64_t end) {
    for (int64_t f = begin; f < end; f++) {
      const float *re = spectrum + f * ct_spectral_stride(rows, lanes);
      pack(re, re + rows * lanes, rows * lanes, false, (uint32_t *)packed + f * ct_spectral_packed_stride(rows, lanes));
    }
  });
}

#else

extern "C" int32_t ct_spectral_can_reduce(void) { return 0; }
extern "C" void ct_spectral_reduced_product(const ct_spectral_product_shape *, const ct_spectral_term *, int64_t,
                                            float *) {
  __builtin_trap();
}
extern "C" void ct_spectral_pack(const float *, int64_t, int64_t, int64_t, int32_t, void *) { __builtin_trap(); }

#endif
