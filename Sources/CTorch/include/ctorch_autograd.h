// Differentiation: gradients, the switch, and functions whose backward is written on the other side of this header.
#pragma once
#include "ctorch_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  bool create_graph;
  bool retain_graph;
  bool allow_unused;
} ct_grad_options;

/// Writes `inputs.count` tensors, null where an input is unused. `output_gradients` is empty, or as long as
/// `outputs` with null where ones are meant.
ct_status ct_grad(ct_tensor *out, ct_tensors outputs, ct_tensors inputs, ct_tensors output_gradients,
                  ct_grad_options options);

bool ct_grad_enabled(void);
void ct_set_grad_enabled(bool enabled);

typedef struct {
  ct_tensors saved;
  /// Null where nothing depends on an output.
  ct_tensors output_gradients;
  /// Whether each input's gradient is asked for; as many as there are inputs.
  const bool *needed;
  ct_int input_count;
} ct_backward_call;

typedef struct {
  void *context;
  /// Writes `input_count` tensors (null for none), which become the shim's. A status other than 0 makes the
  /// differentiation fail with the message noted by `ct_note_error`.
  ct_status (*backward)(void *context, const ct_backward_call *call, ct_tensor *out);
  /// Called exactly once, when the node no longer needs the context.
  void (*release)(void *context);
} ct_gradient_function;

/// Makes `message` the last error of this thread; for callbacks.
void ct_note_error(const char *message);

typedef struct {
  ct_tensors inputs;
  ct_tensors outputs;
  /// Inputs and outputs among these keep their identity, so that they can be differentiated again.
  ct_tensors saved;
} ct_forward_record;

/// Ties outputs, computed without gradient, to inputs. Writes `outputs.count` tensors. Takes over the context,
/// also when it fails or when there is nothing to differentiate.
ct_status ct_custom_gradient(ct_tensor *out, ct_forward_record record, ct_gradient_function function);

#ifdef __cplusplus
}
#endif
