// Making tensors, asking about them, and moving their contents.
#pragma once
#include "ctorch_types.h"

#ifdef __cplusplus
extern "C" {
#endif

void ct_tensor_free(ct_tensor self);
/// Another handle to the same tensor; never fails.
ct_tensor ct_share(ct_tensor self);

ct_status ct_from_data(ct_tensor *out, const void *data, ct_int bytes, ct_ints shape, ct_options options);
ct_status ct_full(ct_tensor *out, ct_ints shape, double value, ct_options options);
ct_status ct_empty(ct_tensor *out, ct_ints shape, ct_options options);
ct_status ct_zeros(ct_tensor *out, ct_ints shape, ct_options options);
ct_status ct_arange(ct_tensor *out, double start, double end, double step, ct_options options);
ct_status ct_linspace(ct_tensor *out, double start, double end, ct_int steps, ct_options options);
ct_status ct_eye(ct_tensor *out, ct_int n, ct_options options);
/// Zeros without storage of their own in the shape of `like`, or of one element when that is null; never fails.
ct_tensor ct_stand_in(ct_tensor like);

ct_int ct_dim(ct_tensor self);
ct_int ct_numel(ct_tensor self);
/// Writes `ct_dim(self)` numbers.
void ct_sizes(ct_tensor self, ct_int *out);
void ct_strides(ct_tensor self, ct_int *out);
/// -1 for a type that the shim does not name.
int32_t ct_dtype(ct_tensor self);
ct_device ct_device_of(ct_tensor self);
bool ct_requires_grad(ct_tensor self);
bool ct_is_leaf(ct_tensor self);
bool ct_is_same(ct_tensor self, ct_tensor other);
/// To be said when elements are written to past the engine, so that their version rises as with any other writing.
void ct_note_write(ct_tensor self);
/// How often the elements were written to in place.
int64_t ct_version_of(ct_tensor self);
bool ct_is_contiguous(ct_tensor self, bool channels_last_3d);
/// The first element's address, or null when the tensor is not in this process's memory.
void *ct_data(ct_tensor self);

/// Copies every element in row-major order as `dtype` into memory that holds `bytes`.
ct_status ct_copy_out(ct_tensor self, int32_t dtype, void *destination, ct_int bytes);
ct_status ct_item(ct_tensor self, double *out);
ct_status ct_all_finite(ct_tensors tensors, bool *out);

ct_status ct_to(ct_tensor *out, ct_tensor self, ct_options options);
ct_status ct_contiguous(ct_tensor *out, ct_tensor self, bool channels_last_3d);
ct_status ct_clone(ct_tensor *out, ct_tensor self);
ct_status ct_detach(ct_tensor *out, ct_tensor self);
/// A leaf that shares memory with `self` and has no history.
ct_status ct_leaf(ct_tensor *out, ct_tensor self, bool requires_grad);

#ifdef __cplusplus
}
#endif
