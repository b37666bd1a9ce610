// Random numbers that depend on nothing but a seed and a place, so that any number of threads makes the same ones.
#pragma once
#include <cstdint>

namespace formcast {
// Whitens a counter: two rounds of multiply and shift, whose constants Wellons found by search ("lowbias32", 2018).
inline uint32_t whitened(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ (x >> 16);
}

// The numbers of 2^32 places from a multiple of that many on.
struct CounterRandom {
  uint32_t low, high;

  CounterRandom(uint64_t seed, int64_t place)
      : low(uint32_t(seed)), high(whitened(uint32_t(seed >> 32) ^ whitened(uint32_t(place >> 32)))) {}

  uint32_t at(int64_t place) const { return whitened(whitened(uint32_t(place) ^ low) + high); }
};

// What numbers below this limit are is dropped at a rate.
inline uint32_t dropLimit(double rate) { return uint32_t(rate * 4294967296.0); }
}  // namespace formcast
