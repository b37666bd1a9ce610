// Two checksums. They are C because Swift reaches neither the processor's CRC-32C instruction nor carry-less
// multiplication; everything that can be done in Swift is done there.
#include "cchecksum.h"

#include <pthread.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

enum { castagnoli = 0, ieee = 1 };

static const uint32_t polynomials[2] = {0x82f63b78u, 0xedb88320u};
static uint32_t tables[2][8][256];
static pthread_once_t tables_made = PTHREAD_ONCE_INIT;

static void make_tables(void) {
  for (int kind = 0; kind < 2; kind++) {
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t crc = byte;
      for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? polynomials[kind] : 0);
      tables[kind][0][byte] = crc;
    }
    for (int slice = 1; slice < 8; slice++) {
      for (int byte = 0; byte < 256; byte++) {
        uint32_t before = tables[kind][slice - 1][byte];
        tables[kind][slice][byte] = (before >> 8) ^ tables[kind][0][before & 0xff];
      }
    }
  }
}

// Slicing by 8 on a raw (already inverted) state; assumes a little-endian machine, as all of Swift's platforms are.
static uint32_t sliced(int kind, uint32_t state, const uint8_t *bytes, size_t length) {
  pthread_once(&tables_made, make_tables);
  uint32_t(*t)[256] = tables[kind];
  for (; length >= 8; bytes += 8, length -= 8) {
    uint32_t low, high;
    memcpy(&low, bytes, 4);
    memcpy(&high, bytes + 4, 4);
    low ^= state;
    state = t[7][low & 0xff] ^ t[6][(low >> 8) & 0xff] ^ t[5][(low >> 16) & 0xff] ^ t[4][low >> 24] ^
            t[3][high & 0xff] ^ t[2][(high >> 8) & 0xff] ^ t[1][(high >> 16) & 0xff] ^ t[0][high >> 24];
  }
  for (; length > 0; bytes++, length--) state = (state >> 8) ^ t[0][(state ^ *bytes) & 0xff];
  return state;
}

uint32_t cchecksum_crc32c_portable(uint32_t crc, const void *bytes, size_t length) {
  return ~sliced(castagnoli, ~crc, bytes, length);
}

uint32_t cchecksum_crc32_portable(uint32_t crc, const void *bytes, size_t length) {
  return ~sliced(ieee, ~crc, bytes, length);
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) static uint32_t instruction(uint32_t state, const uint8_t *bytes, size_t length) {
  uint64_t wide = state;
  for (; length >= 8; bytes += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    wide = _mm_crc32_u64(wide, word);
  }
  state = (uint32_t)wide;
  for (; length > 0; bytes++, length--) state = _mm_crc32_u8(state, *bytes);
  return state;
}

uint32_t cchecksum_crc32c(uint32_t crc, const void *bytes, size_t length) {
  if (__builtin_cpu_supports("sse4.2")) return ~instruction(~crc, bytes, length);
  return cchecksum_crc32c_portable(crc, bytes, length);
}

// x^n mod P for the distances by which the folds shift, in the reflected convention of carry-less multiplication:
// a 128-bit lane is moved on by `bits` when its halves are multiplied with x^(bits+32) and x^(bits-32).
static uint64_t reflected_power(unsigned exponent) {
  uint64_t value = 0x80000000u;  // x^0
  for (unsigned i = 0; i < exponent; i++) value = (value >> 1) ^ (value & 1 ? polynomials[ieee] : 0);
  return value << 1;
}

static uint64_t fold_by_512[2], fold_by_128[2];
static pthread_once_t folds_made = PTHREAD_ONCE_INIT;

static void make_folds(void) {
  fold_by_512[0] = reflected_power(512 + 32);
  fold_by_512[1] = reflected_power(512 - 32);
  fold_by_128[0] = reflected_power(128 + 32);
  fold_by_128[1] = reflected_power(128 - 32);
}

__attribute__((target("pclmul,sse4.1"))) static inline __m128i fold(__m128i lane, __m128i by, __m128i next) {
  __m128i low = _mm_clmulepi64_si128(lane, by, 0x00);
  __m128i high = _mm_clmulepi64_si128(lane, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// Folds all whole blocks of 64 bytes into 16 bytes that have the same remainder, then finishes by table.
__attribute__((target("pclmul,sse4.1"))) static uint32_t folded(uint32_t state, const uint8_t *bytes, size_t length) {
  pthread_once(&folds_made, make_folds);
  const __m128i *blocks = (const __m128i *)bytes;
  __m128i lanes[4];
  for (int i = 0; i < 4; i++) lanes[i] = _mm_loadu_si128(blocks + i);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)state));
  bytes += 64, length -= 64;
  const __m128i by_512 = _mm_set_epi64x((long long)fold_by_512[1], (long long)fold_by_512[0]);
  for (; length >= 64; bytes += 64, length -= 64) {
    blocks = (const __m128i *)bytes;
    for (int i = 0; i < 4; i++) lanes[i] = fold(lanes[i], by_512, _mm_loadu_si128(blocks + i));
  }
  const __m128i by_128 = _mm_set_epi64x((long long)fold_by_128[1], (long long)fold_by_128[0]);
  __m128i rest = lanes[0];
  for (int i = 1; i < 4; i++) rest = fold(rest, by_128, lanes[i]);
  uint8_t last[16];
  _mm_storeu_si128((__m128i *)last, rest);
  return sliced(ieee, sliced(ieee, 0, last, sizeof last), bytes, length);
}

uint32_t cchecksum_crc32(uint32_t crc, const void *bytes, size_t length) {
  if (length >= 128 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1")) {
    return ~folded(~crc, bytes, length);
  }
  return cchecksum_crc32_portable(crc, bytes, length);
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

uint32_t cchecksum_crc32c(uint32_t crc, const void *start, size_t length) {
  const uint8_t *bytes = start;
  uint32_t state = ~crc;
  for (; length >= 8; bytes += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    state = __crc32cd(state, word);
  }
  for (; length > 0; bytes++, length--) state = __crc32cb(state, *bytes);
  return ~state;
}

uint32_t cchecksum_crc32(uint32_t crc, const void *start, size_t length) {
  const uint8_t *bytes = start;
  uint32_t state = ~crc;
  for (; length >= 8; bytes += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    state = __crc32d(state, word);
  }
  for (; length > 0; bytes++, length--) state = __crc32b(state, *bytes);
  return ~state;
}

#else

uint32_t cchecksum_crc32c(uint32_t crc, const void *bytes, size_t length) {
  return cchecksum_crc32c_portable(crc, bytes, length);
}

uint32_t cchecksum_crc32(uint32_t crc, const void *bytes, size_t length) {
  return cchecksum_crc32_portable(crc, bytes, length);
}

#endif
