// Samples to bits. No include guard: each instruction set has its copy.

typedef int32_t vi __attribute__((vector_size(64)));
typedef bool vb __attribute__((ext_vector_type(16)));

/// One bit for each lane.
static inline uint64_t bitsOf(vi mask) {
  const vb lanes = __builtin_convertvector(mask, vb);
  uint16_t bits;
  memcpy(&bits, &lanes, sizeof bits);
  return bits;
}

template <bool isAbove>
static mq_rows_summary classifyRows(const mq_rows &rows, float level) {
  const float nothing = isAbove ? std::numeric_limits<float>::infinity() : -std::numeric_limits<float>::infinity();
  vf farthest, sum = {};
  for (int lane = 0; lane < lanesPerVector; lane++) farthest[lane] = nothing;
  float lastFarthest = nothing, lastSum = 0;
  for (size_t row = 0; row < rows.row_count; row++) {
    const float *sample = rows.samples + row * rows.row_length;
    uint64_t *bits = rows.bits + row * rows.words_per_row;
    for (size_t begin = 0; begin < rows.row_length; begin += 64) {
      const size_t count = rows.row_length - begin < 64 ? rows.row_length - begin : 64;
      uint64_t word = 0;
      size_t k = 0;
      for (; k + lanesPerVector <= count; k += lanesPerVector) {
        vf x;
        memcpy(&x, sample + begin + k, sizeof x);
        word |= bitsOf(isAbove ? x > level : x < level) << k;
        farthest = (isAbove ? x < farthest : x > farthest) ? x : farthest;
        sum += x - x;  // stays zero for finite samples only
      }
      for (; k < count; k++) {
        const float x = sample[begin + k];
        word |= uint64_t(isAbove ? x > level : x < level) << k;
        if (isAbove ? x < lastFarthest : x > lastFarthest) lastFarthest = x;
        lastSum += x - x;
      }
      bits[begin / 64] = word;
    }
  }
  for (int lane = 0; lane < lanesPerVector; lane++) {
    const float x = farthest[lane];
    if (isAbove ? x < lastFarthest : x > lastFarthest) lastFarthest = x;
    lastSum += sum[lane];
  }
  return {lastFarthest, lastSum == 0};
}
