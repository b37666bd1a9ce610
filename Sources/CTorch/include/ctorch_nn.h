// The operators that layers and losses are made of.
#pragma once
#include "ctorch_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  ct_ints stride;
  ct_ints padding;
  ct_ints dilation;
  ct_ints output_padding;
  bool transposed;
  ct_int groups;
} ct_convolution_options;

/// `bias` may be null.
ct_status ct_convolution(ct_tensor *out, ct_tensor input, ct_tensor weight, ct_tensor bias,
                         ct_convolution_options options);
/// Writes three tensors: gradients of input, weight and bias; null where the mask (bit 0, 1, 2) leaves one out.
ct_status ct_convolution_backward(ct_tensor *out, ct_tensors output_gradient_input_weight,
                                  ct_convolution_options options, uint32_t mask);
/// `bias` may be null.
ct_status ct_linear(ct_tensor *out, ct_tensor input, ct_tensor weight, ct_tensor bias);

typedef struct {
  /// These four may be null.
  ct_tensor weight;
  ct_tensor bias;
  ct_tensor running_mean;
  ct_tensor running_variance;
  bool training;
  double momentum;
  double epsilon;
} ct_batch_norm_options;

/// Writes three tensors: the output, and the mean and the inverse deviation of the batch (of no elements when not
/// training).
ct_status ct_native_batch_norm(ct_tensor *out, ct_tensor input, ct_batch_norm_options options);
/// `weight` and `bias` may be null.
ct_status ct_layer_norm(ct_tensor *out, ct_tensor input, ct_ints shape, ct_tensors weight_bias, double epsilon);

typedef struct {
  ct_ints kernel;
  ct_ints stride;
  ct_ints padding;
} ct_pool_options;

ct_status ct_max_pool3d(ct_tensor *out, ct_tensor input, ct_pool_options options);
ct_status ct_avg_pool3d(ct_tensor *out, ct_tensor input, ct_pool_options options);
ct_status ct_upsample_nearest3d(ct_tensor *out, ct_tensor input, ct_ints size);
ct_status ct_upsample_trilinear3d(ct_tensor *out, ct_tensor input, ct_ints size, bool align_corners);

ct_status ct_leaky_relu(ct_tensor *out, ct_tensor self, double slope);
ct_status ct_elu(ct_tensor *out, ct_tensor self, double alpha);
ct_status ct_gelu(ct_tensor *out, ct_tensor self, bool tanh_approximation);
ct_status ct_softplus(ct_tensor *out, ct_tensor self, double beta, double threshold);
ct_status ct_hardtanh(ct_tensor *out, ct_tensor self, double minimum, double maximum);

enum { CT_REDUCE_NONE = 0, CT_REDUCE_MEAN = 1, CT_REDUCE_SUM = 2 };

ct_status ct_binary_cross_entropy(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction);
ct_status ct_binary_cross_entropy_with_logits(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction);
ct_status ct_mse_loss(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction);
ct_status ct_l1_loss(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction);
ct_status ct_smooth_l1_loss(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction, double beta);

#ifdef __cplusplus
}
#endif
