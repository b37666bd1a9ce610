// Arithmetic, reductions, indexing and algebra; shape and in-place operators are in files of their own.
#include "ctorch_ops.h"

#include "guard.h"

using namespace ct;

#define CT_DEFINE(name) \
  ct_status ct_##name(ct_tensor *out, ct_tensor self) { \
    return giving(out, [&] { return at::name(self->value); }); \
  }
CT_UNARY_OPS(CT_DEFINE)
#undef CT_DEFINE

#define CT_DEFINE(name) \
  ct_status ct_##name(ct_tensor *out, ct_tensor self, ct_tensor other) { \
    return giving(out, [&] { return at::name(self->value, other->value); }); \
  }
CT_BINARY_OPS(CT_DEFINE)
#undef CT_DEFINE

#define CT_DEFINE(name) \
  ct_status ct_##name##_scalar(ct_tensor *out, ct_tensor self, double value) { \
    return giving(out, [&] { return at::name(self->value, scalar(self->value, value)); }); \
  }
CT_SCALAR_OPS(CT_DEFINE)
#undef CT_DEFINE

#define CT_DEFINE(name) \
  ct_status ct_##name(ct_tensor *out, ct_tensor self, ct_int dim) { \
    return giving(out, [&] { return at::name(self->value, dim); }); \
  }
CT_ONE_DIMENSION_OPS(CT_DEFINE)
#undef CT_DEFINE

namespace {

std::optional<at::Scalar> bound(const at::Tensor &self, const double *value) {
  return value ? std::optional<at::Scalar>(scalar(self, *value)) : std::nullopt;
}

/// Every dimension by number, for the operators to which an empty list does not mean "all".
std::vector<int64_t> spelled_out(const at::Tensor &self, at::IntArrayRef dims) {
  std::vector<int64_t> result(dims.begin(), dims.end());
  for (int64_t i = 0; dims.empty() && i < self.dim(); i++) {
    result.push_back(i);
  }
  return result;
}

}  // namespace

ct_status ct_clamp(ct_tensor *out, ct_tensor self, const double *minimum, const double *maximum) {
  return giving(out, [&] { return at::clamp(self->value, bound(self->value, minimum), bound(self->value, maximum)); });
}

ct_status ct_where(ct_tensor *out, ct_tensor condition, ct_tensor self, ct_tensor other) {
  return giving(out, [&] { return at::where(condition->value, self->value, other->value); });
}

ct_status ct_sum(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep) {
  return giving(out, [&] { return at::sum(self->value, dimensions(ints(dims)), keep); });
}

ct_status ct_mean(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep) {
  return giving(out, [&] { return at::mean(self->value, dimensions(ints(dims)), keep); });
}

ct_status ct_amax(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep) {
  return giving(out, [&] { return at::amax(self->value, ints(dims), keep); });
}

ct_status ct_amin(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep) {
  return giving(out, [&] { return at::amin(self->value, ints(dims), keep); });
}

ct_status ct_logsumexp(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep) {
  return giving(out, [&] { return at::logsumexp(self->value, spelled_out(self->value, ints(dims)), keep); });
}

ct_status ct_var(ct_tensor *out, ct_tensor self, ct_ints dims, bool unbiased, bool keep) {
  return giving(out, [&] {
    return at::var(self->value, dimensions(ints(dims)), std::optional<at::Scalar>(unbiased ? 1 : 0), keep);
  });
}

ct_status ct_norm(ct_tensor *out, ct_tensor self, double order, ct_ints dims, bool keep) {
  return giving(out, [&] { return at::linalg_vector_norm(self->value, order, dimensions(ints(dims)), keep); });
}

ct_status ct_any(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep) {
  return giving(out, [&] { return at::any(self->value, dimensions(ints(dims)), keep); });
}

ct_status ct_all(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep) {
  return giving(out, [&] { return at::all(self->value, dimensions(ints(dims)), keep); });
}

ct_status ct_argmax(ct_tensor *out, ct_tensor self, ct_int dim, bool keep) {
  return giving(out, [&] { return at::argmax(self->value, dim, keep); });
}

ct_status ct_argmin(ct_tensor *out, ct_tensor self, ct_int dim, bool keep) {
  return giving(out, [&] { return at::argmin(self->value, dim, keep); });
}

ct_status ct_max_dim(ct_tensor *out, ct_tensor self, ct_int dim, bool keep) {
  return giving_all(out, [&] { return several(at::max(self->value, dim, keep)); });
}

ct_status ct_min_dim(ct_tensor *out, ct_tensor self, ct_int dim, bool keep) {
  return giving_all(out, [&] { return several(at::min(self->value, dim, keep)); });
}

ct_status ct_topk(ct_tensor *out, ct_tensor self, ct_int k, ct_int dim, bool largest) {
  return giving_all(out, [&] { return several(at::topk(self->value, k, dim, largest)); });
}

ct_status ct_sort(ct_tensor *out, ct_tensor self, ct_int dim, bool descending) {
  // Stable, so that ties do not depend on the number of threads.
  return giving_all(out, [&] { return several(at::sort(self->value, /*stable=*/true, dim, descending)); });
}

ct_status ct_index_select(ct_tensor *out, ct_tensor self, ct_int dim, ct_tensor index) {
  return giving(out, [&] { return at::index_select(self->value, dim, index->value); });
}

ct_status ct_gather(ct_tensor *out, ct_tensor self, ct_int dim, ct_tensor index) {
  return giving(out, [&] { return at::gather(self->value, dim, index->value); });
}

ct_status ct_scatter_add(ct_tensor *out, ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source) {
  return giving(out, [&] { return at::scatter_add(self->value, dim, index->value, source->value); });
}

ct_status ct_index_add(ct_tensor *out, ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source) {
  return giving(out, [&] { return at::index_add(self->value, dim, index->value, source->value); });
}

ct_status ct_masked_fill(ct_tensor *out, ct_tensor self, ct_tensor mask, double value) {
  return giving(out, [&] { return at::masked_fill(self->value, mask->value, scalar(self->value, value)); });
}

ct_status ct_addmm_(ct_tensor self, ct_tensor first, ct_tensor second) {
  return guarded([&] { self->value.addmm_(first->value, second->value); });
}

ct_status ct_addmm(ct_tensor *out, ct_tensor self, ct_tensor first, ct_tensor second) {
  return giving(out, [&] { return at::addmm(self->value, first->value, second->value); });
}

ct_status ct_einsum(ct_tensor *out, const char *equation, ct_tensors tensors) {
  return giving(out, [&] { return at::einsum(equation, list(tensors)); });
}

ct_status ct_qr(ct_tensor *out, ct_tensor self) {
  return giving_all(out, [&] { return several(at::linalg_qr(self->value)); });
}
