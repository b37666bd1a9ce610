#include "ctorch_tensor.h"

#include <cstring>

#include "guard.h"

using namespace ct;

void ct_tensor_free(ct_tensor self) { delete self; }

ct_tensor ct_share(ct_tensor self) { return boxed(self->value); }

ct_status ct_from_data(ct_tensor *out, const void *data, ct_int bytes, ct_ints shape, ct_options opts) {
  return giving(out, [&] {
    at::Tensor result = at::empty(ints(shape), at::TensorOptions().dtype(scalar_type(opts.dtype)));
    TORCH_CHECK(static_cast<ct_int>(result.nbytes()) == bytes, "shape ", result.sizes(), " of ", result.scalar_type(),
                " takes ", result.nbytes(), " bytes, given are ", bytes);
    if (bytes > 0) {
      std::memcpy(result.mutable_data_ptr(), data, bytes);
    }
    return result.to(device(opts.device));
  });
}

ct_status ct_full(ct_tensor *out, ct_ints shape, double value, ct_options opts) {
  return giving(out, [&] { return at::full(ints(shape), value, options(opts)); });
}

ct_status ct_empty(ct_tensor *out, ct_ints shape, ct_options opts) {
  return giving(out, [&] { return at::empty(ints(shape), options(opts)); });
}

ct_status ct_zeros(ct_tensor *out, ct_ints shape, ct_options opts) {
  return giving(out, [&] { return at::zeros(ints(shape), options(opts)); });
}

ct_status ct_arange(ct_tensor *out, double start, double end, double step, ct_options opts) {
  return giving(out, [&] { return at::arange(start, end, step, options(opts)); });
}

ct_status ct_linspace(ct_tensor *out, double start, double end, ct_int steps, ct_options opts) {
  return giving(out, [&] { return at::linspace(start, end, steps, options(opts)); });
}

ct_status ct_eye(ct_tensor *out, ct_int n, ct_options opts) {
  return giving(out, [&] { return at::eye(n, options(opts)); });
}

ct_tensor ct_stand_in(ct_tensor like) {
  at::NoGradGuard no_grad;
  if (!like) {
    return boxed(at::zeros({1}));
  }
  std::vector<int64_t> ones(like->value.dim(), 1);
  return boxed(at::zeros(ones, at::TensorOptions().dtype(like->value.scalar_type())).expand(like->value.sizes()));
}

ct_int ct_dim(ct_tensor self) { return self->value.dim(); }

ct_int ct_numel(ct_tensor self) { return self->value.numel(); }

void ct_sizes(ct_tensor self, ct_int *out) {
  for (int64_t size : self->value.sizes()) {
    *out++ = size;
  }
}

void ct_strides(ct_tensor self, ct_int *out) {
  for (int64_t stride : self->value.strides()) {
    *out++ = stride;
  }
}

int32_t ct_dtype(ct_tensor self) { return dtype_code(self->value.scalar_type()); }

ct_device ct_device_of(ct_tensor self) { return device_code(self->value.device()); }

bool ct_requires_grad(ct_tensor self) { return self->value.requires_grad(); }

bool ct_is_leaf(ct_tensor self) { return self->value.is_leaf(); }

bool ct_is_same(ct_tensor self, ct_tensor other) { return self->value.is_same(other->value); }

void ct_note_write(ct_tensor self) { self->value.unsafeGetTensorImpl()->bump_version(); }

int64_t ct_version_of(ct_tensor self) { return int64_t(self->value._version()); }

bool ct_is_contiguous(ct_tensor self, bool channels_last_3d) {
  if (!channels_last_3d) {
    return self->value.is_contiguous();
  }
  return self->value.dim() == 5 && self->value.is_contiguous(at::MemoryFormat::ChannelsLast3d);
}

void *ct_data(ct_tensor self) {
  bool reachable = self->value.device().is_cpu() && self->value.has_storage();
  return reachable ? self->value.data_ptr() : nullptr;
}

ct_status ct_copy_out(ct_tensor self, int32_t dtype, void *destination, ct_int bytes) {
  return guarded([&] {
    if (self->value.numel() == 0) {
      return;
    }
    at::NoGradGuard no_grad;
    at::ScalarType type = scalar_type(dtype);
    ct_int needed = self->value.numel() * static_cast<ct_int>(c10::elementSize(type));
    TORCH_CHECK(bytes == needed, needed, " bytes are needed, given are ", bytes);
    const at::Tensor &source = self->value;
    if (source.device().is_cpu() && source.scalar_type() == type && source.is_contiguous()) {
      std::memcpy(destination, source.const_data_ptr(), bytes);
    } else {
      at::from_blob(destination, source.sizes(), at::TensorOptions().dtype(type)).copy_(source);
    }
  });
}

ct_status ct_item(ct_tensor self, double *out) {
  return guarded([&] { *out = self->value.item().toDouble(); });
}

ct_status ct_all_finite(ct_tensors tensors, bool *out) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    bool finite = true;
    for (ct_int i = 0; i < tensors.count && finite; i++) {
      const at::Tensor &value = tensors.values[i]->value;
      if (value.is_floating_point() && value.numel() > 0) {
        // A sum of finite numbers may overflow, so a sum that is not finite is looked at again, element by element.
        finite = at::isfinite(at::sum(value)).item<bool>() || at::isfinite(value).all().item<bool>();
      }
    }
    *out = finite;
  });
}

ct_status ct_to(ct_tensor *out, ct_tensor self, ct_options opts) {
  return giving(out, [&] { return self->value.to(device(opts.device), scalar_type(opts.dtype)); });
}

ct_status ct_contiguous(ct_tensor *out, ct_tensor self, bool channels_last_3d) {
  return giving(out, [&] {
    return self->value.contiguous(channels_last_3d ? at::MemoryFormat::ChannelsLast3d : at::MemoryFormat::Contiguous);
  });
}

ct_status ct_clone(ct_tensor *out, ct_tensor self) {
  return giving(out, [&] { return self->value.clone(); });
}

ct_status ct_detach(ct_tensor *out, ct_tensor self) {
  return giving(out, [&] { return self->value.detach(); });
}

ct_status ct_leaf(ct_tensor *out, ct_tensor self, bool requires_grad) {
  return giving(out, [&] { return self->value.detach().requires_grad_(requires_grad); });
}
