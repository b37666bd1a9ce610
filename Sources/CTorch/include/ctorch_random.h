// Random numbers; every draw names its generator.
#pragma once
#include "ctorch_types.h"

#ifdef __cplusplus
extern "C" {
#endif

ct_status ct_generator_create(ct_generator *out, uint64_t seed, ct_device device);
void ct_generator_free(ct_generator self);
/// The state as a tensor of bytes.
ct_status ct_generator_get_state(ct_tensor *out, ct_generator self);
ct_status ct_generator_set_state(ct_generator self, ct_tensor state);
ct_status ct_generator_random64(ct_generator self, uint64_t *out);

ct_status ct_uniform_(ct_tensor self, double low, double high, ct_generator generator);
ct_status ct_normal_(ct_tensor self, double mean, double deviation, ct_generator generator);
ct_status ct_random_(ct_tensor self, ct_int low, ct_int high, ct_generator generator);
ct_status ct_randperm(ct_tensor *out, ct_int n, ct_generator generator);
ct_status ct_dropout(ct_tensor *out, ct_tensor self, double probability, ct_generator generator);

#ifdef __cplusplus
}
#endif
