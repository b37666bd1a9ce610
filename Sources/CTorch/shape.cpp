#include "ctorch_ops.h"
#include "guard.h"

using namespace ct;

ct_status ct_reshape(ct_tensor *out, ct_tensor self, ct_ints shape) {
  return giving(out, [&] { return at::reshape(self->value, ints(shape)); });
}

ct_status ct_permute(ct_tensor *out, ct_tensor self, ct_ints order) {
  return giving(out, [&] { return at::permute(self->value, ints(order)); });
}

ct_status ct_transpose(ct_tensor *out, ct_tensor self, ct_int first, ct_int second) {
  return giving(out, [&] { return at::transpose(self->value, first, second); });
}

ct_status ct_expand(ct_tensor *out, ct_tensor self, ct_ints shape) {
  return giving(out, [&] { return self->value.expand(ints(shape)); });
}

ct_status ct_repeat(ct_tensor *out, ct_tensor self, ct_ints counts) {
  return giving(out, [&] { return self->value.repeat(ints(counts)); });
}

ct_status ct_squeeze(ct_tensor *out, ct_tensor self, ct_ints dims) {
  return giving(out, [&] { return dims.count == 0 ? at::squeeze(self->value) : at::squeeze(self->value, ints(dims)); });
}

ct_status ct_unsqueeze(ct_tensor *out, ct_tensor self, ct_int dim) {
  return giving(out, [&] { return at::unsqueeze(self->value, dim); });
}

ct_status ct_flatten(ct_tensor *out, ct_tensor self, ct_int first, ct_int last) {
  return giving(out, [&] { return at::flatten(self->value, first, last); });
}

ct_status ct_narrow(ct_tensor *out, ct_tensor self, ct_int dim, ct_int start, ct_int length) {
  return giving(out, [&] { return at::narrow(self->value, dim, static_cast<int64_t>(start), length); });
}

ct_status ct_slice(ct_tensor *out, ct_tensor self, ct_int dim, ct_ints range) {
  return giving(out, [&] {
    TORCH_CHECK(range.count == 3, "a slice is start, end and step");
    return at::slice(self->value, dim, range.values[0], range.values[1], range.values[2]);
  });
}

ct_status ct_select(ct_tensor *out, ct_tensor self, ct_int dim, ct_int index) {
  return giving(out, [&] { return at::select(self->value, dim, static_cast<int64_t>(index)); });
}

ct_status ct_flip(ct_tensor *out, ct_tensor self, ct_ints dims) {
  return giving(out, [&] { return at::flip(self->value, ints(dims)); });
}

ct_status ct_roll(ct_tensor *out, ct_tensor self, ct_ints shifts, ct_ints dims) {
  return giving(out, [&] { return at::roll(self->value, ints(shifts), ints(dims)); });
}

ct_status ct_constant_pad_nd(ct_tensor *out, ct_tensor self, ct_ints amounts, double value) {
  return giving(out, [&] { return at::constant_pad_nd(self->value, ints(amounts), scalar(self->value, value)); });
}

ct_status ct_split_with_sizes(ct_tensor *out, ct_tensor self, ct_ints sizes, ct_int dim) {
  return giving_all(out, [&] { return at::split_with_sizes(self->value, ints(sizes), dim); });
}

ct_status ct_cat(ct_tensor *out, ct_tensors tensors, ct_int dim) {
  return giving(out, [&] { return at::cat(list(tensors), dim); });
}

ct_status ct_stack(ct_tensor *out, ct_tensors tensors, ct_int dim) {
  return giving(out, [&] { return at::stack(list(tensors), dim); });
}
