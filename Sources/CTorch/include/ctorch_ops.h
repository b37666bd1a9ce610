// Arithmetic, shape, reduction, indexing and algebra. The tables are expanded here to declarations and in the
// implementation to definitions, so that an operator is named once.
#pragma once
#include "ctorch_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CT_UNARY_OPS(X) \
  X(neg) X(abs) X(exp) X(expm1) X(log) X(log1p) X(log2) X(sqrt) X(rsqrt) X(square) X(reciprocal) X(sign) X(floor) \
  X(ceil) X(round) X(trunc) X(sin) X(cos) X(tan) X(asin) X(acos) X(atan) X(erf) X(isnan) X(isfinite) X(logical_not) \
  X(sigmoid) X(tanh) X(relu) X(silu) X(log_sigmoid) X(nonzero)

#define CT_BINARY_OPS(X) \
  X(add) X(sub) X(mul) X(div) X(pow) X(maximum) X(minimum) X(atan2) X(remainder) X(eq) X(ne) X(lt) X(le) X(gt) X(ge) \
  X(logical_and) X(logical_or) X(logical_xor) X(matmul) X(bmm) X(take) X(masked_select)

/// `self op value`; a whole number keeps an integer tensor an integer tensor.
#define CT_SCALAR_OPS(X) \
  X(add) X(sub) X(mul) X(div) X(pow) X(remainder) X(eq) X(ne) X(lt) X(le) X(gt) X(ge) X(rsub)

/// Over the dimensions given; over all of them when none is given.
#define CT_DIMENSION_OPS(X) X(sum) X(mean) X(amax) X(amin) X(logsumexp)

/// One dimension, result of the same rank.
#define CT_ONE_DIMENSION_OPS(X) X(softmax) X(log_softmax) X(cumsum) X(cumprod)

/// Changes `self` in place; not recorded for differentiation and refused on a tensor that requires a gradient
/// unless gradients are off.
#define CT_IN_PLACE_OPS(X) X(add_) X(mul_) X(div_) X(copy_)

#define CT_DECLARE(name) ct_status ct_##name(ct_tensor *out, ct_tensor self);
CT_UNARY_OPS(CT_DECLARE)
#undef CT_DECLARE
#define CT_DECLARE(name) ct_status ct_##name(ct_tensor *out, ct_tensor self, ct_tensor other);
CT_BINARY_OPS(CT_DECLARE)
#undef CT_DECLARE
#define CT_DECLARE(name) ct_status ct_##name##_scalar(ct_tensor *out, ct_tensor self, double value);
CT_SCALAR_OPS(CT_DECLARE)
#undef CT_DECLARE
#define CT_DECLARE(name) ct_status ct_##name(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep);
CT_DIMENSION_OPS(CT_DECLARE)
#undef CT_DECLARE
#define CT_DECLARE(name) ct_status ct_##name(ct_tensor *out, ct_tensor self, ct_int dim);
CT_ONE_DIMENSION_OPS(CT_DECLARE)
#undef CT_DECLARE
#define CT_DECLARE(name) ct_status ct_##name(ct_tensor self, ct_tensor other);
CT_IN_PLACE_OPS(CT_DECLARE)
#undef CT_DECLARE

ct_status ct_clamp(ct_tensor *out, ct_tensor self, const double *minimum, const double *maximum);
ct_status ct_where(ct_tensor *out, ct_tensor condition, ct_tensor self, ct_tensor other);

// Shape.
ct_status ct_reshape(ct_tensor *out, ct_tensor self, ct_ints shape);
ct_status ct_permute(ct_tensor *out, ct_tensor self, ct_ints order);
ct_status ct_transpose(ct_tensor *out, ct_tensor self, ct_int first, ct_int second);
ct_status ct_expand(ct_tensor *out, ct_tensor self, ct_ints shape);
ct_status ct_repeat(ct_tensor *out, ct_tensor self, ct_ints counts);
ct_status ct_squeeze(ct_tensor *out, ct_tensor self, ct_ints dims);
ct_status ct_unsqueeze(ct_tensor *out, ct_tensor self, ct_int dim);
ct_status ct_flatten(ct_tensor *out, ct_tensor self, ct_int first, ct_int last);
ct_status ct_narrow(ct_tensor *out, ct_tensor self, ct_int dim, ct_int start, ct_int length);
ct_status ct_slice(ct_tensor *out, ct_tensor self, ct_int dim, ct_ints start_end_step);
ct_status ct_select(ct_tensor *out, ct_tensor self, ct_int dim, ct_int index);
ct_status ct_flip(ct_tensor *out, ct_tensor self, ct_ints dims);
ct_status ct_roll(ct_tensor *out, ct_tensor self, ct_ints shifts, ct_ints dims);
/// Two numbers a dimension, last dimension first, as ATen has it.
ct_status ct_constant_pad_nd(ct_tensor *out, ct_tensor self, ct_ints amounts, double value);
/// Writes `sizes.count` tensors.
ct_status ct_split_with_sizes(ct_tensor *out, ct_tensor self, ct_ints sizes, ct_int dim);
ct_status ct_cat(ct_tensor *out, ct_tensors tensors, ct_int dim);
ct_status ct_stack(ct_tensor *out, ct_tensors tensors, ct_int dim);

// Reductions.
ct_status ct_var(ct_tensor *out, ct_tensor self, ct_ints dims, bool unbiased, bool keep);
ct_status ct_norm(ct_tensor *out, ct_tensor self, double order, ct_ints dims, bool keep);
ct_status ct_any(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep);
ct_status ct_all(ct_tensor *out, ct_tensor self, ct_ints dims, bool keep);
ct_status ct_argmax(ct_tensor *out, ct_tensor self, ct_int dim, bool keep);
ct_status ct_argmin(ct_tensor *out, ct_tensor self, ct_int dim, bool keep);
/// Each of these writes two tensors: values, indices.
ct_status ct_max_dim(ct_tensor *out, ct_tensor self, ct_int dim, bool keep);
ct_status ct_min_dim(ct_tensor *out, ct_tensor self, ct_int dim, bool keep);
ct_status ct_topk(ct_tensor *out, ct_tensor self, ct_int k, ct_int dim, bool largest);
ct_status ct_sort(ct_tensor *out, ct_tensor self, ct_int dim, bool descending);

// Indexing.
ct_status ct_index_select(ct_tensor *out, ct_tensor self, ct_int dim, ct_tensor index);
ct_status ct_gather(ct_tensor *out, ct_tensor self, ct_int dim, ct_tensor index);
ct_status ct_scatter_add(ct_tensor *out, ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source);
ct_status ct_index_add(ct_tensor *out, ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source);
ct_status ct_index_copy_(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source);
ct_status ct_masked_fill(ct_tensor *out, ct_tensor self, ct_tensor mask, double value);

// Algebra.
ct_status ct_addmm_(ct_tensor self, ct_tensor first, ct_tensor second);
ct_status ct_addmm(ct_tensor *out, ct_tensor self, ct_tensor first, ct_tensor second);
ct_status ct_einsum(ct_tensor *out, const char *equation, ct_tensors tensors);
/// Writes two tensors: q, r.
ct_status ct_qr(ct_tensor *out, ct_tensor self);

// In place.
ct_status ct_add_scaled_(ct_tensor self, ct_tensor other, double scale);
ct_status ct_addcmul_(ct_tensor self, ct_tensor first, ct_tensor second, double scale);
ct_status ct_addcdiv_(ct_tensor self, ct_tensor first, ct_tensor second, double scale);
ct_status ct_lerp_(ct_tensor self, ct_tensor end, double weight);
ct_status ct_mul_scalar_(ct_tensor self, double value);
ct_status ct_add_scalar_(ct_tensor self, double value);
ct_status ct_fill_(ct_tensor self, double value);
ct_status ct_clamp_(ct_tensor self, const double *minimum, const double *maximum);
ct_status ct_sqrt_(ct_tensor self);

// The same over lists of tensors, element by element: one call for all parameters of a network.
ct_status ct_foreach_mul_(ct_tensors self, double value);
ct_status ct_foreach_add_(ct_tensors self, ct_tensors other, double scale);
ct_status ct_foreach_lerp_(ct_tensors self, ct_tensors end, double weight);
ct_status ct_foreach_addcmul_(ct_tensors self, ct_tensors first, ct_tensors second, double scale);
ct_status ct_foreach_addcdiv_(ct_tensors self, ct_tensors first, ct_tensors second, double scale);
/// The square root of the sum of squares of everything in the list, as a scalar tensor.
ct_status ct_foreach_norm(ct_tensor *out, ct_tensors self);

typedef struct {
  double learning_rate;
  double first_decay;
  double second_decay;
  double epsilon;
  double weight_decay;
  /// Counted from one.
  ct_int step;
  /// The decay acts on the parameters (AdamW) and not through the gradient.
  bool is_decoupled;
} ct_adam_options;

/// One step of Adam over all parameters: three lists of state beside the parameters.
ct_status ct_fused_adam_(ct_tensors self, ct_tensors gradients, ct_tensors first_moments, ct_tensors second_moments,
                         ct_adam_options options);

#ifdef __cplusplus
}
#endif
