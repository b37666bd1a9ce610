// Loads and stores of up to sixteen lanes. No include guard: each instruction set has its copy.
static inline vf splat(float x) { return vf{x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

static inline vf loadLanes(const float *from, int width) {
  vf result{};
  if (width == lanesPerVector) std::memcpy(&result, from, sizeof(vf));
  else std::memcpy(&result, from, size_t(width) * sizeof(float));
  return result;
}
static inline vf loadLanes(const bfloat16 *from, int width) {
  vh bits{};
  if (width == lanesPerVector) std::memcpy(&bits, from, sizeof(vh));
  else std::memcpy(&bits, from, size_t(width) * sizeof(bfloat16));
  return (vf)(__builtin_convertvector(bits, vu) << 16);
}
// `streams`: past the caches, for results too large to stay there; whole vectors only, whose places are aligned then.
static inline void storeLanes(float *to, vf value, int width, bool streams = false) {
  if (width != lanesPerVector) std::memcpy(to, &value, size_t(width) * sizeof(float));
  else if (streams) __builtin_nontemporal_store(value, (vf *)to);
  else std::memcpy(to, &value, sizeof(vf));
}
static inline void storeLanes(bfloat16 *to, vf value, int width, bool = false) {  // to nearest, ties to even, as the engine does
  const vu bits = (vu)value;
  const vh half = __builtin_convertvector((bits + 0x7fff + ((bits >> 16) & 1)) >> 16, vh);
  std::memcpy(to, &half, size_t(width) * sizeof(bfloat16));
}
