#include "ct_lstm_gates.h"

#include <cstring>

#include "parallel.h"
#include "per_instruction_set.h"

#define INLINE static inline __attribute__((always_inline))

namespace {

struct bfloat16 {
  uint16_t bits;
};

INLINE float load(float value) { return value; }
INLINE float load(bfloat16 value) {
  uint32_t bits = uint32_t(value.bits) << 16;
  float result;
  std::memcpy(&result, &bits, 4);
  return result;
}
INLINE void store(float &target, float value) { target = value; }
INLINE void store(bfloat16 &target, float value) {  // round to nearest, ties to even, as the engine does
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  target.bits = uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

INLINE float limited(float value, float low, float high) {
  return value < low ? low : (value > high ? high : value);
}

// exp by range reduction and a polynomial of degree 6: below 2e-7 relative; libm's does not vectorize.
INLINE float exponential(float x) {
  x = limited(x, -87.0f, 88.0f);
  const float n = __builtin_rintf(x * 1.44269504f);
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const uint32_t bits = uint32_t(int32_t(n) + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, 4);
  return p * scale;
}

template <int activation>
INLINE float gate(float x) {
  if (activation == CT_GATE_SIGMOID) return 1.0f / (1.0f + exponential(-x));
  const float slope = activation == CT_GATE_HARD_SIGMOID_FIFTH ? 0.2f : 1.0f / 6.0f;
  return limited(slope * x + 0.5f, 0.0f, 1.0f);
}

// The derivative by the pre-activation, from the activated value.
template <int activation>
INLINE float gateSlope(float a) {
  if (activation == CT_GATE_SIGMOID) return a * (1.0f - a);
  const float slope = activation == CT_GATE_HARD_SIGMOID_FIFTH ? 0.2f : 1.0f / 6.0f;
  return (a > 0.0f && a < 1.0f) ? slope : 0.0f;
}

template <int activation>
INLINE float squash(float x) {
  if (activation == CT_CELL_RELU) return x > 0.0f ? x : 0.0f;
  const float e = exponential(-2.0f * (x < 0.0f ? -x : x));
  const float magnitude = (1.0f - e) / (1.0f + e);
  return x < 0.0f ? -magnitude : magnitude;
}

template <int activation>
INLINE float squashSlope(float a) {
  if (activation == CT_CELL_RELU) return a > 0.0f ? 1.0f : 0.0f;
  return 1.0f - a * a;
}

template <typename T, int gateKind, int cellKind>
INLINE void forwardRows(int64_t begin, int64_t end, int64_t F, T *__restrict gates, const T *__restrict recurrent,
                        const float *__restrict previous, float *__restrict cell, T *__restrict hidden) {
  for (int64_t row = begin; row < end; row++) {
    T *z = gates + row * 4 * F;
    if (recurrent) {
      const T *r = recurrent + row * 4 * F;
      for (int64_t k = 0; k < 4 * F; k++) store(z[k], load(z[k]) + load(r[k]));
    }
    for (int64_t k = 0; k < F; k++) {
      const float i = gate<gateKind>(load(z[k])), f = gate<gateKind>(load(z[F + k]));
      const float g = squash<cellKind>(load(z[2 * F + k])), o = gate<gateKind>(load(z[3 * F + k]));
      store(z[k], i), store(z[F + k], f), store(z[2 * F + k], g), store(z[3 * F + k], o);
      const float c = i * g + (previous ? f * previous[row * F + k] : 0.0f);
      cell[row * F + k] = c;
      store(hidden[row * F + k], o * squash<cellKind>(c));
    }
  }
}

template <typename T, int gateKind, int cellKind>
INLINE void backwardRows(int64_t begin, int64_t end, int64_t F, const T *__restrict gates,
                         const float *__restrict previous, const float *__restrict cell, const T *__restrict dHidden,
                         const T *__restrict dRecurrent, float *__restrict dCell, T *__restrict dGates) {
  for (int64_t row = begin; row < end; row++) {
    const T *a = gates + row * 4 * F;
    T *dz = dGates + row * 4 * F;
    for (int64_t k = 0; k < F; k++) {
      const int64_t at = row * F + k;
      const float i = load(a[k]), f = load(a[F + k]), g = load(a[2 * F + k]), o = load(a[3 * F + k]);
      const float dh = load(dHidden[at]) + (dRecurrent ? load(dRecurrent[at]) : 0.0f);
      const float squashed = squash<cellKind>(cell[at]);
      const float dc = dCell[at] + dh * o * squashSlope<cellKind>(squashed);
      store(dz[k], dc * g * gateSlope<gateKind>(i));
      store(dz[F + k], previous ? dc * previous[at] * gateSlope<gateKind>(f) : 0.0f);
      store(dz[2 * F + k], dc * i * squashSlope<cellKind>(g));
      store(dz[3 * F + k], dh * squashed * gateSlope<gateKind>(o));
      dCell[at] = dc * f;
    }
  }
}

struct Forward {
  const ct_lstm_shape *shape;
  void *gates;
  const void *recurrent;
  const float *previous;
  float *cell;
  void *hidden;
  template <typename T, int g, int c>
  INLINE void rows(const Forward &s, int64_t begin, int64_t end) {
    forwardRows<T, g, c>(begin, end, s.shape->filters, (T *)s.gates, (const T *)s.recurrent, s.previous, s.cell,
                         (T *)s.hidden);
  }
};

struct Backward {
  const ct_lstm_shape *shape;
  const void *gates;
  const float *previous, *cell;
  const void *dHidden, *dRecurrent;
  float *dCell;
  void *dGates;
  template <typename T, int g, int c>
  INLINE void rows(const Backward &s, int64_t begin, int64_t end) {
    backwardRows<T, g, c>(begin, end, s.shape->filters, (const T *)s.gates, s.previous, s.cell, (const T *)s.dHidden,
                          (const T *)s.dRecurrent, s.dCell, (T *)s.dGates);
  }
};

template <typename Step, typename T, int g>
INLINE void byCell(const Step &step, int64_t begin, int64_t end) {
  if (step.shape->cell_activation == CT_CELL_RELU) Step::template rows<T, g, CT_CELL_RELU>(step, begin, end);
  else Step::template rows<T, g, CT_CELL_TANH>(step, begin, end);
}

template <typename Step, typename T>
INLINE void byGate(const Step &step, int64_t begin, int64_t end) {
  switch (step.shape->gate_activation) {
    case CT_GATE_SIGMOID: return byCell<Step, T, CT_GATE_SIGMOID>(step, begin, end);
    case CT_GATE_HARD_SIGMOID_FIFTH: return byCell<Step, T, CT_GATE_HARD_SIGMOID_FIFTH>(step, begin, end);
    default: return byCell<Step, T, CT_GATE_HARD_SIGMOID_SIXTH>(step, begin, end);
  }
}

PER_INSTRUCTION_SET void runForward(const Forward &step, int64_t begin, int64_t end) {
  if (step.shape->is_bfloat16) byGate<Forward, bfloat16>(step, begin, end);
  else byGate<Forward, float>(step, begin, end);
}

PER_INSTRUCTION_SET void runBackward(const Backward &step, int64_t begin, int64_t end) {
  if (step.shape->is_bfloat16) byGate<Backward, bfloat16>(step, begin, end);
  else byGate<Backward, float>(step, begin, end);
}

template <typename Step, void (*run)(const Step &, int64_t, int64_t)>
void inParallel(const Step &step) {
  formcast::inParallel(step.shape->rows, 1024, step.shape->threads,
                       [&](int64_t begin, int64_t end) { run(step, begin, end); });
}

}  // namespace

extern "C" void ct_lstm_gates_forward(const ct_lstm_shape *shape, void *gates, const void *recurrent,
                                      const float *previous_cell, float *cell, void *hidden) {
  inParallel<Forward, runForward>({shape, gates, recurrent, previous_cell, cell, hidden});
}

extern "C" void ct_lstm_gates_backward(const ct_lstm_shape *shape, const void *gates, const float *previous_cell,
                                       const float *cell, const void *hidden_gradient, const void *recurrent_gradient,
                                       float *cell_gradient, void *gate_gradient) {
  inParallel<Backward, runBackward>(
      {shape, gates, previous_cell, cell, hidden_gradient, recurrent_gradient, cell_gradient, gate_gradient});
}
