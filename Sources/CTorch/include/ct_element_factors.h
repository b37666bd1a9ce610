// An activation that is linear on both sides of zero, and dropout, as one factor per element. Plain pointers: no tensor, no autograd.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  float slope;      // below zero
  double rate;      // share of elements that become zero
  int32_t threads;  // how many threads to use
} ct_element_factors;

// output = factor * input; codes: 0 dropped, 1 below zero, 2 above. Which are dropped follows from seed and place alone.
void ct_activate(ct_element_factors factors, uint64_t seed, const float *input, float *output, uint8_t *codes,
                 int64_t count);

// output = factor * input; both may be the same memory.
void ct_scale_by_codes(ct_element_factors factors, const uint8_t *codes, const float *input, float *output,
                       int64_t count);

#ifdef __cplusplus
}
#endif
