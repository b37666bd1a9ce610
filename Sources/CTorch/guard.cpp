#include "guard.h"

#include <cmath>

namespace ct {

namespace {
std::string &last_error() noexcept {
  static thread_local std::string message;
  return message;
}
}  // namespace

void set_last_error(const std::string &message) noexcept {
  try {
    last_error() = message;
  } catch (...) {
    last_error().clear();
  }
}

at::ScalarType scalar_type(int32_t dtype) {
  switch (dtype) {
    case CT_FLOAT32: return at::kFloat;
    case CT_FLOAT64: return at::kDouble;
    case CT_BFLOAT16: return at::kBFloat16;
    case CT_FLOAT16: return at::kHalf;
    case CT_INT64: return at::kLong;
    case CT_INT32: return at::kInt;
    case CT_UINT8: return at::kByte;
    case CT_BOOL: return at::kBool;
    default: TORCH_CHECK(false, "no such element type: ", dtype);
  }
}

int32_t dtype_code(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return CT_FLOAT32;
    case at::kDouble: return CT_FLOAT64;
    case at::kBFloat16: return CT_BFLOAT16;
    case at::kHalf: return CT_FLOAT16;
    case at::kLong: return CT_INT64;
    case at::kInt: return CT_INT32;
    case at::kByte: return CT_UINT8;
    case at::kBool: return CT_BOOL;
    default: return -1;
  }
}

at::Device device(ct_device device) {
  switch (device.kind) {
    case CT_CPU: return at::Device(at::kCPU);
    case CT_CUDA: return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device.index));
    case CT_MPS: return at::Device(at::kMPS);
    default: TORCH_CHECK(false, "no such kind of device: ", device.kind);
  }
}

ct_device device_code(at::Device device) {
  switch (device.type()) {
    case at::kCUDA: return {CT_CUDA, device.index()};
    case at::kMPS: return {CT_MPS, 0};
    default: return {CT_CPU, 0};
  }
}

at::Scalar scalar(const at::Tensor &beside, double value) {
  bool whole = std::trunc(value) == value && std::abs(value) < 9e15;
  bool integral = at::isIntegralType(beside.scalar_type(), /*includeBool=*/true);
  return whole && integral ? at::Scalar(static_cast<int64_t>(value)) : at::Scalar(value);
}

}  // namespace ct

const char *ct_last_error(void) { return ct::last_error().c_str(); }
