// The types that every other header of this shim uses. Readable by C; no C++ type crosses it.
//
// Conventions: every function returns a status (0 is success) and writes its results through out-pointers, which it
// leaves alone when it fails. `ct_last_error` then tells why, for the calling thread. A tensor written through an
// out-pointer belongs to the caller, who frees it with `ct_tensor_free`. A null `ct_tensor` stands for "none" where
// a comment allows it. Names follow ATen.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor_box *ct_tensor;
typedef struct ct_generator_box *ct_generator;
typedef int32_t ct_status;

/// A size, an index or a count: 64 bits, and `Int` in Swift.
typedef intptr_t ct_int;

enum {
  CT_FLOAT32 = 0,
  CT_FLOAT64 = 1,
  CT_BFLOAT16 = 2,
  CT_FLOAT16 = 3,
  CT_INT64 = 4,
  CT_INT32 = 5,
  CT_UINT8 = 6,
  CT_BOOL = 7,
};

enum { CT_CPU = 0, CT_CUDA = 1, CT_MPS = 2 };

typedef struct {
  int32_t kind;
  int32_t index;
} ct_device;

typedef struct {
  int32_t dtype;
  ct_device device;
} ct_options;

typedef struct {
  const ct_int *values;
  ct_int count;
} ct_ints;

typedef struct {
  const ct_tensor *values;
  ct_int count;
} ct_tensors;

/// The message of the last failure on this thread; valid until the next failure on it.
const char *ct_last_error(void);

#ifdef __cplusplus
}
#endif
