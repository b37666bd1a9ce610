// Vectors to and from memory, for the kernels of clouds. Included once for each instruction set.

typedef bool vb __attribute__((ext_vector_type(16)));

inline vf load(const float *values) {
  vf result;
  memcpy(&result, values, sizeof(vf));
  return result;
}

inline void store(float *values, vf vector) { memcpy(values, &vector, sizeof(vf)); }

/// A comparison and a choice, which is one instruction; the library's minimum looks for NaN first.
inline vf lesser(vf a, vf b) { return a < b ? a : b; }
inline vf greater(vf a, vf b) { return a > b ? a : b; }

/// The largest lane, without a look for NaN.
inline float largestLane(vf v) {
  v = greater(v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  v = greater(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3));
  v = greater(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1));
  v = greater(v, __builtin_shufflevector(v, v, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0));
  return v[0];
}

/// One bit for each lane of a comparison.
inline uint32_t bitsOf(vi mask) {
  const vb lanes = __builtin_convertvector(mask, vb);
  uint16_t bits;
  memcpy(&bits, &lanes, sizeof bits);
  return bits;
}

/// Squared lengths. Rounding never makes a longer offset shorter, so what holds for a box holds for its points.
inline vf squaredLengths(vf x, vf y, vf z) { return x * x + y * y + z * z; }

/// Squared distances of a point to those of a block.
inline vf squaredDistances(const PointBlock &block, float x, float y, float z) {
  return squaredLengths(load(block.x) - x, load(block.y) - y, load(block.z) - z);
}
