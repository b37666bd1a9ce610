// What every part of the shim is built from: the boxes behind the opaque handles, the one guard that turns C++
// exceptions into a status, and conversions from the C types. Private to the shim.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ctorch_types.h"

struct ct_tensor_box {
  at::Tensor value;
};

struct ct_generator_box {
  at::Generator value;
};

namespace ct {

static_assert(sizeof(ct_int) == sizeof(int64_t), "sizes are 64 bits wide");

void set_last_error(const std::string &message) noexcept;

/// Runs `body`; no exception leaves it.
template <typename Body>
ct_status guarded(Body &&body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    set_last_error(error.what_without_backtrace());
  } catch (const std::exception &error) {
    set_last_error(error.what());
  } catch (...) {
    set_last_error("an exception that is no std::exception");
  }
  return 1;
}

inline ct_tensor boxed(at::Tensor value) { return new ct_tensor_box{std::move(value)}; }

/// Runs `body`, which makes a tensor, and hands the tensor out.
template <typename Body>
ct_status giving(ct_tensor *out, Body &&body) noexcept {
  return guarded([&] { *out = boxed(body()); });
}

/// The same for several tensors; an undefined one becomes null.
template <typename Body>
ct_status giving_all(ct_tensor *out, Body &&body) noexcept {
  return guarded([&] {
    for (at::Tensor &value : std::vector<at::Tensor>(body())) {
      *out++ = value.defined() ? boxed(std::move(value)) : nullptr;
    }
  });
}

inline at::IntArrayRef ints(ct_ints span) {
  return {reinterpret_cast<const int64_t *>(span.values), static_cast<size_t>(span.count)};
}

/// None when there are no dimensions, which ATen reads as "over all of them".
inline at::OptionalIntArrayRef dimensions(const at::IntArrayRef &dims) {
  return dims.empty() ? at::OptionalIntArrayRef() : at::OptionalIntArrayRef(dims);
}

inline std::optional<at::Tensor> optional(ct_tensor tensor) {
  return tensor ? std::optional<at::Tensor>(tensor->value) : std::nullopt;
}

/// A null in the list becomes an undefined tensor.
inline std::vector<at::Tensor> list(ct_tensors tensors) {
  std::vector<at::Tensor> result;
  result.reserve(tensors.count);
  for (ct_int i = 0; i < tensors.count; i++) {
    result.push_back(tensors.values[i] ? tensors.values[i]->value : at::Tensor());
  }
  return result;
}

template <typename... Tensors>
std::vector<at::Tensor> several(const std::tuple<Tensors...> &tuple) {
  return std::apply([](const auto &...tensors) { return std::vector<at::Tensor>{tensors...}; }, tuple);
}

at::ScalarType scalar_type(int32_t dtype);
int32_t dtype_code(at::ScalarType type);
at::Device device(ct_device device);
ct_device device_code(at::Device device);

inline at::TensorOptions options(ct_options options) {
  return at::TensorOptions().dtype(scalar_type(options.dtype)).device(device(options.device));
}

/// A whole number beside an integer tensor stays an integer, so that the result does too.
at::Scalar scalar(const at::Tensor &beside, double value);

}  // namespace ct
