// Vectors of sixteen numbers.
#pragma once
#include <cstdint>
#include <cstring>

// Vectors never leave a file, so it does not matter how other files would pass them.
#pragma clang diagnostic ignored "-Wpsabi"

namespace formcast {

typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));
typedef uint32_t vu __attribute__((vector_size(64)));
typedef uint16_t vh __attribute__((vector_size(32)));
constexpr int lanesPerVector = 16;

struct bfloat16 {
  uint16_t bits;
};

}  // namespace formcast

