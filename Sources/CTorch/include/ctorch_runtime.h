// The process: version, threads, devices, memory.
#pragma once
#include "ctorch_types.h"

#ifdef __cplusplus
extern "C" {
#endif

const char *ct_version(void);
int32_t ct_get_num_threads(void);
ct_status ct_set_num_threads(int32_t count);
ct_status ct_set_deterministic(bool on);

/// Whether tensors can live on the device. Opens the CUDA half of libtorch the first time that CUDA is asked for.
bool ct_is_available(ct_device device);
/// Why the last answer of `ct_is_available` for CUDA was no; empty when it was yes or was not asked.
const char *ct_unavailable_reason(void);
int32_t ct_device_count(int32_t kind);
/// Waits until everything queued on the device is done.
ct_status ct_synchronize(ct_device device);
/// Bytes that tensors occupy on an accelerator, now and at most so far.
ct_status ct_device_memory(ct_device device, ct_int *current, ct_int *peak);
ct_status ct_reset_peak_device_memory(ct_device device);
/// Which allocator serves this process: tcmalloc, or the system's.
const char *ct_allocator(void);
/// Gives memory that is free but kept back to the system.
void ct_release_free_memory(void);
/// Bytes of this process in the machine's memory, now and at most so far.
ct_int ct_resident_memory(void);
ct_int ct_peak_resident_memory(void);

#ifdef __cplusplus
}
#endif
