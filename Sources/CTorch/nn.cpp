#include "ctorch_nn.h"

#include "guard.h"

using namespace ct;

ct_status ct_convolution(ct_tensor *out, ct_tensor input, ct_tensor weight, ct_tensor bias,
                         ct_convolution_options options) {
  return giving(out, [&] {
    return at::convolution(input->value, weight->value, optional(bias), ints(options.stride), ints(options.padding),
                           ints(options.dilation), options.transposed, ints(options.output_padding), options.groups);
  });
}

ct_status ct_convolution_backward(ct_tensor *out, ct_tensors tensors, ct_convolution_options options, uint32_t mask) {
  return giving_all(out, [&] {
    TORCH_CHECK(tensors.count == 3, "wanted are the output's gradient, the input and the weight");
    std::vector<at::Tensor> given = list(tensors);
    const at::Tensor &weight = given[2];
    std::vector<int64_t> bias_size{options.transposed ? weight.size(1) * options.groups : weight.size(0)};
    return several(at::convolution_backward(
        given[0], given[1], weight, at::OptionalIntArrayRef(bias_size), ints(options.stride), ints(options.padding),
        ints(options.dilation), options.transposed, ints(options.output_padding), options.groups,
        {(mask & 1) != 0, (mask & 2) != 0, (mask & 4) != 0}));
  });
}

ct_status ct_linear(ct_tensor *out, ct_tensor input, ct_tensor weight, ct_tensor bias) {
  return giving(out, [&] { return at::linear(input->value, weight->value, optional(bias)); });
}

ct_status ct_native_batch_norm(ct_tensor *out, ct_tensor input, ct_batch_norm_options options) {
  return giving_all(out, [&] {
    return several(at::native_batch_norm(input->value, optional(options.weight), optional(options.bias),
                                         optional(options.running_mean), optional(options.running_variance),
                                         options.training, options.momentum, options.epsilon));
  });
}

ct_status ct_layer_norm(ct_tensor *out, ct_tensor input, ct_ints shape, ct_tensors weight_bias, double epsilon) {
  return giving(out, [&] {
    TORCH_CHECK(weight_bias.count == 2, "wanted are weight and bias, either of which may be null");
    return at::layer_norm(input->value, ints(shape), optional(weight_bias.values[0]), optional(weight_bias.values[1]),
                          epsilon);
  });
}

ct_status ct_max_pool3d(ct_tensor *out, ct_tensor input, ct_pool_options options) {
  return giving(out, [&] {
    return at::max_pool3d(input->value, ints(options.kernel), ints(options.stride), ints(options.padding));
  });
}

ct_status ct_avg_pool3d(ct_tensor *out, ct_tensor input, ct_pool_options options) {
  return giving(out, [&] {
    return at::avg_pool3d(input->value, ints(options.kernel), ints(options.stride), ints(options.padding));
  });
}

ct_status ct_upsample_nearest3d(ct_tensor *out, ct_tensor input, ct_ints size) {
  return giving(out, [&] { return at::upsample_nearest3d(input->value, ints(size)); });
}

ct_status ct_upsample_trilinear3d(ct_tensor *out, ct_tensor input, ct_ints size, bool align_corners) {
  return giving(out, [&] { return at::upsample_trilinear3d(input->value, ints(size), align_corners); });
}

ct_status ct_leaky_relu(ct_tensor *out, ct_tensor self, double slope) {
  return giving(out, [&] { return at::leaky_relu(self->value, slope); });
}

ct_status ct_elu(ct_tensor *out, ct_tensor self, double alpha) {
  return giving(out, [&] { return at::elu(self->value, alpha); });
}

ct_status ct_gelu(ct_tensor *out, ct_tensor self, bool tanh_approximation) {
  return giving(out, [&] { return at::gelu(self->value, tanh_approximation ? "tanh" : "none"); });
}

ct_status ct_softplus(ct_tensor *out, ct_tensor self, double beta, double threshold) {
  return giving(out, [&] { return at::softplus(self->value, beta, threshold); });
}

ct_status ct_hardtanh(ct_tensor *out, ct_tensor self, double minimum, double maximum) {
  return giving(out, [&] { return at::hardtanh(self->value, minimum, maximum); });
}

ct_status ct_binary_cross_entropy(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction) {
  return giving(out, [&] { return at::binary_cross_entropy(self->value, target->value, {}, reduction); });
}

ct_status ct_binary_cross_entropy_with_logits(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction) {
  return giving(out, [&] {
    return at::binary_cross_entropy_with_logits(self->value, target->value, {}, {}, reduction);
  });
}

ct_status ct_mse_loss(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction) {
  return giving(out, [&] { return at::mse_loss(self->value, target->value, reduction); });
}

ct_status ct_l1_loss(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction) {
  return giving(out, [&] { return at::l1_loss(self->value, target->value, reduction); });
}

ct_status ct_smooth_l1_loss(ct_tensor *out, ct_tensor self, ct_tensor target, int32_t reduction, double beta) {
  return giving(out, [&] { return at::smooth_l1_loss(self->value, target->value, reduction, beta); });
}
