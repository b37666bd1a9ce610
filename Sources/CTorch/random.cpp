#include "ctorch_random.h"

#include <ATen/CPUGeneratorImpl.h>

#include <ATen/Parallel.h>

#include "counter_random.h"
#include "guard.h"
#include "parallel.h"

using namespace ct;

namespace {

at::Generator make(at::Device device) {
  if (device.is_cpu()) {
    return at::make_generator<at::CPUGeneratorImpl>();
  }
  return at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index());
}

/// Fills `self` with `draw`, on the generator's device; the numbers move where that is another one.
template <typename Draw>
void fill(at::Tensor &self, const at::Generator &generator, Draw &&draw) {
  if (self.device() == generator.device()) {
    draw(self);
    return;
  }
  at::Tensor drawn = at::empty(self.sizes(), self.options().device(generator.device()));
  draw(drawn);
  self.copy_(drawn);
}

}  // namespace

ct_status ct_generator_create(ct_generator *out, uint64_t seed, ct_device where) {
  return guarded([&] {
    at::Generator generator = make(device(where));
    generator.set_current_seed(seed);
    *out = new ct_generator_box{std::move(generator)};
  });
}

void ct_generator_free(ct_generator self) { delete self; }

ct_status ct_generator_get_state(ct_tensor *out, ct_generator self) {
  return giving(out, [&] {
    std::lock_guard<std::mutex> lock(self->value.mutex());
    return self->value.get_state();
  });
}

ct_status ct_generator_set_state(ct_generator self, ct_tensor state) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(self->value.mutex());
    self->value.set_state(state->value);
  });
}

ct_status ct_generator_random64(ct_generator self, uint64_t *out) {
  return guarded([&] {
    at::Tensor number = at::empty({1}, at::TensorOptions().dtype(at::kLong).device(self->value.device()));
    number.random_(self->value);
    *out = static_cast<uint64_t>(number.item<int64_t>());
  });
}

ct_status ct_uniform_(ct_tensor self, double low, double high, ct_generator generator) {
  return guarded([&] {
    fill(self->value, generator->value, [&](at::Tensor &target) { target.uniform_(low, high, generator->value); });
  });
}

ct_status ct_normal_(ct_tensor self, double mean, double deviation, ct_generator generator) {
  return guarded([&] {
    fill(self->value, generator->value, [&](at::Tensor &target) { target.normal_(mean, deviation, generator->value); });
  });
}

ct_status ct_random_(ct_tensor self, ct_int low, ct_int high, ct_generator generator) {
  return guarded([&] {
    fill(self->value, generator->value, [&](at::Tensor &target) { target.random_(low, high, generator->value); });
  });
}

ct_status ct_randperm(ct_tensor *out, ct_int n, ct_generator generator) {
  return giving(out, [&] {
    return at::randperm(n, generator->value, at::TensorOptions().dtype(at::kLong).device(generator->value.device()));
  });
}

namespace {

// A mask of zeros and `kept`, made from a number per element that depends on nothing but the seed and the element's place: any
// number of threads makes the same one, where drawing one after the other takes longer than a layer.
void fill_mask(float *mask, int64_t count, double probability, uint64_t seed) {
  const uint32_t limit = formcast::dropLimit(probability);
  const auto kept = float(1 / (1 - probability));
  formcast::inParallel(count, 1 << 16, at::get_num_threads(), [&](int64_t begin, int64_t end) {
    const formcast::CounterRandom random(seed, begin);  // blocks do not straddle a multiple of 2^32
    for (int64_t i = begin; i < end; i++) mask[i] = random.at(i) < limit ? 0.0f : kept;
  });
}

}  // namespace

ct_status ct_dropout(ct_tensor *out, ct_tensor self, double probability, ct_generator generator) {
  return giving(out, [&] {
    TORCH_CHECK(probability >= 0 && probability < 1, "a share to drop lies in 0 ..< 1, given is ", probability);
    at::Tensor mask = at::empty_like(self->value.detach());
    if (mask.is_cpu() && mask.scalar_type() == at::kFloat && mask.is_non_overlapping_and_dense()) {
      uint64_t seed = 0;
      TORCH_CHECK(ct_generator_random64(generator, &seed) == 0, "no random number for dropout");
      fill_mask(mask.mutable_data_ptr<float>(), mask.numel(), probability, seed);
      return self->value * mask;
    }
    fill(mask, generator->value, [&](at::Tensor &target) { target.bernoulli_(1 - probability, generator->value); });
    return self->value * mask.div_(1 - probability);
  });
}
