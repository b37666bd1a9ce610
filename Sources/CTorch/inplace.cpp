// Operators that change a tensor in place, and the same over lists, for optimizers and running statistics.
#include "ctorch_ops.h"
#include "guard.h"

using namespace ct;

#define CT_DEFINE(name) \
  ct_status ct_##name(ct_tensor self, ct_tensor other) { \
    return guarded([&] { self->value.name(other->value); }); \
  }
CT_IN_PLACE_OPS(CT_DEFINE)
#undef CT_DEFINE

ct_status ct_add_scaled_(ct_tensor self, ct_tensor other, double scale) {
  return guarded([&] { self->value.add_(other->value, scalar(self->value, scale)); });
}

ct_status ct_addcmul_(ct_tensor self, ct_tensor first, ct_tensor second, double scale) {
  return guarded([&] { self->value.addcmul_(first->value, second->value, scalar(self->value, scale)); });
}

ct_status ct_addcdiv_(ct_tensor self, ct_tensor first, ct_tensor second, double scale) {
  return guarded([&] { self->value.addcdiv_(first->value, second->value, scale); });
}

ct_status ct_lerp_(ct_tensor self, ct_tensor end, double weight) {
  return guarded([&] { self->value.lerp_(end->value, weight); });
}

ct_status ct_mul_scalar_(ct_tensor self, double value) {
  return guarded([&] { self->value.mul_(scalar(self->value, value)); });
}

ct_status ct_add_scalar_(ct_tensor self, double value) {
  return guarded([&] { self->value.add_(scalar(self->value, value)); });
}

ct_status ct_fill_(ct_tensor self, double value) {
  return guarded([&] { self->value.fill_(scalar(self->value, value)); });
}

ct_status ct_clamp_(ct_tensor self, const double *minimum, const double *maximum) {
  return guarded([&] {
    auto bound = [](const double *value) { return value ? std::optional<at::Scalar>(*value) : std::nullopt; };
    self->value.clamp_(bound(minimum), bound(maximum));
  });
}

ct_status ct_sqrt_(ct_tensor self) {
  return guarded([&] { self->value.sqrt_(); });
}

ct_status ct_index_copy_(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source) {
  return guarded([&] { self->value.index_copy_(dim, index->value, source->value); });
}

ct_status ct_foreach_mul_(ct_tensors self, double value) {
  return guarded([&] { at::_foreach_mul_(list(self), at::Scalar(value)); });
}

ct_status ct_foreach_add_(ct_tensors self, ct_tensors other, double scale) {
  return guarded([&] { at::_foreach_add_(list(self), list(other), at::Scalar(scale)); });
}

ct_status ct_foreach_lerp_(ct_tensors self, ct_tensors end, double weight) {
  return guarded([&] { at::_foreach_lerp_(list(self), list(end), at::Scalar(weight)); });
}

ct_status ct_foreach_addcmul_(ct_tensors self, ct_tensors first, ct_tensors second, double scale) {
  return guarded([&] { at::_foreach_addcmul_(list(self), list(first), list(second), at::Scalar(scale)); });
}

ct_status ct_foreach_addcdiv_(ct_tensors self, ct_tensors first, ct_tensors second, double scale) {
  return guarded([&] { at::_foreach_addcdiv_(list(self), list(first), list(second), at::Scalar(scale)); });
}

ct_status ct_foreach_norm(ct_tensor *out, ct_tensors self) {
  return giving(out, [&] { return at::linalg_vector_norm(at::stack(at::_foreach_norm(list(self)))); });
}

// The fused kernel walks through all operands in memory order and does not look at their strides: a gradient that a
// channels-last convolution left would be applied to the wrong weights.
static std::vector<at::Tensor> laid_out_as(const std::vector<at::Tensor> &parameters, std::vector<at::Tensor> others) {
  for (size_t i = 0; i < others.size(); i++) {
    if (others[i].strides() != parameters[i].strides()) {
      others[i] = at::empty_like(parameters[i], others[i].options()).copy_(others[i]);
    }
  }
  return others;
}

static void check_layout(const std::vector<at::Tensor> &parameters, const std::vector<at::Tensor> &moments) {
  for (size_t i = 0; i < moments.size(); i++) {
    TORCH_CHECK(moments[i].strides() == parameters[i].strides(), "a moment lies otherwise in memory than its parameter");
  }
}

ct_status ct_fused_adam_(ct_tensors self, ct_tensors gradients, ct_tensors first_moments, ct_tensors second_moments,
                         ct_adam_options options) {
  return guarded([&] {
    if (self.count == 0) {
      return;
    }
    std::vector<at::Tensor> parameters = list(self);
    at::Tensor step = at::full({}, static_cast<double>(options.step), parameters[0].options().dtype(at::kFloat));
    std::vector<at::Tensor> steps(parameters.size(), step);
    std::vector<at::Tensor> none;
    check_layout(parameters, list(first_moments));
    check_layout(parameters, list(second_moments));
    auto update = [&](auto step_of) {
      step_of(parameters, laid_out_as(parameters, list(gradients)), list(first_moments), list(second_moments), none, steps,
              options.learning_rate, options.first_decay, options.second_decay, options.weight_decay, options.epsilon);
    };
    if (options.is_decoupled) {
      update([](const auto &...arguments) { at::_fused_adamw_(arguments..., /*amsgrad=*/false, /*maximize=*/false); });
    } else {
      update([](const auto &...arguments) { at::_fused_adam_(arguments..., /*amsgrad=*/false, /*maximize=*/false); });
    }
    // Where nothing is recorded, the fused kernel leaves no mark of having written.
    for (at::Tensor &parameter : parameters) parameter.unsafeGetTensorImpl()->bump_version();
  });
}
