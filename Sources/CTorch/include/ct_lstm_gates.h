// The pointwise half of a convolutional LSTM step, in one pass over memory. Plain pointers: no tensor, no autograd.
//
// A row is one voxel of one sample; rows lie one behind the other (channels last). A row of `gates` holds 4F values
// in the order input, forget, candidate, output; a row of everything else holds F values.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ct_gate_activation { CT_GATE_SIGMOID = 0, CT_GATE_HARD_SIGMOID_FIFTH = 1, CT_GATE_HARD_SIGMOID_SIXTH = 2 };
enum ct_cell_activation { CT_CELL_RELU = 0, CT_CELL_TANH = 1 };

typedef struct {
  int64_t rows;             // N * D * H * W
  int64_t filters;          // F
  int32_t gate_activation;  // ct_gate_activation
  int32_t cell_activation;  // ct_cell_activation
  int32_t is_bfloat16;      // gates, recurrent, hidden and their gradients are bfloat16 (cells are always float32)
  int32_t threads;          // how many threads to use
} ct_lstm_shape;

// gates: in, pre-activations of the input product; out, activated gates.
// recurrent (pre-activations of the recurrent product) and previous_cell are null at the first step.
void ct_lstm_gates_forward(const ct_lstm_shape *shape, void *gates, const void *recurrent, const float *previous_cell,
                           float *cell, void *hidden);

// cell_gradient: in, the gradient that comes from the next step; out, the one for the previous step.
// recurrent_gradient (of hidden, through the next step's product) and previous_cell are null where there is none.
// gate_gradient: out, with respect to the pre-activations.
void ct_lstm_gates_backward(const ct_lstm_shape *shape, const void *gates, const float *previous_cell,
                            const float *cell, const void *hidden_gradient, const void *recurrent_gradient,
                            float *cell_gradient, void *gate_gradient);

#ifdef __cplusplus
}
#endif
