#include "ct_element_factors.h"

#include "counter_random.h"
#include "parallel.h"
#include "per_instruction_set.h"

namespace {

struct Span {
  int64_t begin, end;
};

// Blocks are a power of two, so that none straddles a multiple of 2^32.
constexpr int64_t block = 1 << 15;

PER_INSTRUCTION_SET void activate(const float *input, float *output, uint8_t *codes, Span span, float slope) {
  for (int64_t i = span.begin; i < span.end; i++) {
    const bool isAbove = input[i] > 0;
    output[i] = isAbove ? input[i] : slope * input[i];
    codes[i] = isAbove ? 2 : 1;
  }
}

struct Dropping {
  formcast::CounterRandom random;
  uint32_t limit;
  float below, above;
};

PER_INSTRUCTION_SET void activateAndDrop(const float *input, float *output, uint8_t *codes, Span span, Dropping dropping) {
  const formcast::CounterRandom random = dropping.random;
  for (int64_t i = span.begin; i < span.end; i++) {
    const bool isKept = random.at(i) >= dropping.limit, isAbove = input[i] > 0;
    // A product with zero would keep what is not a number; so does the engine's own dropout.
    output[i] = input[i] * (isKept ? (isAbove ? dropping.above : dropping.below) : 0.0f);
    codes[i] = isKept ? (isAbove ? 2 : 1) : 0;
  }
}

PER_INSTRUCTION_SET void scale(const uint8_t *codes, const float *input, float *output, Span span, float below, float above) {
  for (int64_t i = span.begin; i < span.end; i++) {
    output[i] = input[i] * (codes[i] == 2 ? above : codes[i] == 1 ? below : 0.0f);
  }
}

}  // namespace

void ct_activate(ct_element_factors factors, uint64_t seed, const float *input, float *output, uint8_t *codes,
                 int64_t count) {
  formcast::inParallel(count, block, factors.threads, [&](int64_t begin, int64_t end) {
    if (factors.rate == 0) return activate(input, output, codes, {begin, end}, factors.slope);
    const auto above = float(1 / (1 - factors.rate));
    activateAndDrop(input, output, codes, {begin, end},
                    {{seed, begin}, formcast::dropLimit(factors.rate), factors.slope * above, above});
  });
}

void ct_scale_by_codes(ct_element_factors factors, const uint8_t *codes, const float *input, float *output,
                       int64_t count) {
  const auto above = float(1 / (1 - factors.rate));
  formcast::inParallel(count, block, factors.threads, [&](int64_t begin, int64_t end) {
    scale(codes, input, output, {begin, end}, factors.slope * above, above);
  });
}
