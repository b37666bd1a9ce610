#include "ctorch_autograd.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <memory>
#include <mutex>

#include "ctorch_tensor.h"
#include "guard.h"

using namespace ct;
using torch::autograd::Node;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

ct_status ct_grad(ct_tensor *out, ct_tensors outputs, ct_tensors inputs, ct_tensors output_gradients,
                  ct_grad_options options) {
  return giving_all(out, [&] {
    return torch::autograd::grad(list(outputs), list(inputs), list(output_gradients), options.retain_graph,
                                 options.create_graph, options.allow_unused);
  });
}

bool ct_grad_enabled(void) { return at::GradMode::is_enabled(); }

void ct_note_error(const char *message) { set_last_error(message); }

void ct_set_grad_enabled(bool enabled) { at::GradMode::set_enabled(enabled); }

namespace {

/// Lends tensors to a callback as handles.
class Lent {
 public:
  explicit Lent(const variable_list &tensors) : boxes_(tensors.size()), handles_(tensors.size(), nullptr) {
    for (size_t i = 0; i < tensors.size(); i++) {
      if (tensors[i].defined()) {
        boxes_[i].value = tensors[i];
        handles_[i] = &boxes_[i];
      }
    }
  }

  ct_tensors span() const { return {handles_.data(), static_cast<ct_int>(handles_.size())}; }

 private:
  std::vector<ct_tensor_box> boxes_;
  std::vector<ct_tensor> handles_;
};

/// The node of a function whose backward is a callback. It owns the callback's context: both go, with the saved
/// tensors, after a differentiation that does not retain the graph, or with the node.
class CallbackNode final : public Node {
 public:
  explicit CallbackNode(ct_gradient_function function) : function_(function) {}

  ~CallbackNode() override { release_context(); }

  std::string name() const override { return "CustomGradient"; }

  void save(std::vector<SavedVariable> saved) { saved_ = std::move(saved); }

  void release_variables() override {
    std::lock_guard<std::mutex> lock(mutex_);
    saved_.clear();
    release_context();
  }

  variable_list apply(variable_list &&output_gradients) override {
    std::lock_guard<std::mutex> lock(mutex_);
    TORCH_CHECK(function_.context != nullptr, "differentiated a second time, but the graph was not retained");
    variable_list saved;
    for (const SavedVariable &variable : saved_) {
      saved.push_back(variable.unpack(shared_from_this()));
    }
    std::unique_ptr<bool[]> needed(new bool[num_outputs()]);
    for (size_t i = 0; i < num_outputs(); i++) {
      needed[i] = task_should_compute_output(i);
    }
    Lent lent_saved(saved), lent_gradients(output_gradients);
    ct_int input_count = static_cast<ct_int>(num_outputs());
    ct_backward_call call{lent_saved.span(), lent_gradients.span(), needed.get(), input_count};
    std::vector<ct_tensor> results(num_outputs(), nullptr);
    ct_status status = function_.backward(function_.context, &call, results.data());
    variable_list gradients(results.size());
    for (size_t i = 0; i < results.size(); i++) {
      if (results[i]) {
        gradients[i] = results[i]->value;
        ct_tensor_free(results[i]);
      }
    }
    TORCH_CHECK(status == 0, ct_last_error());
    return gradients;
  }

 private:
  void release_context() {
    if (function_.context) {
      function_.release(std::exchange(function_.context, nullptr));
    }
  }

  ct_gradient_function function_;
  std::vector<SavedVariable> saved_;
};

SavedVariable save(const at::Tensor &tensor, const variable_list &given, const variable_list &outputs) {
  for (size_t i = 0; i < given.size(); i++) {
    if (given[i].is_same(tensor)) {
      return SavedVariable(outputs[i], /*is_output=*/outputs[i].requires_grad());
    }
  }
  return SavedVariable(tensor, /*is_output=*/false);
}

}  // namespace

ct_status ct_custom_gradient(ct_tensor *out, ct_forward_record record, ct_gradient_function function) {
  return giving_all(out, [&] {
    auto node = std::shared_ptr<CallbackNode>(new CallbackNode(function), torch::autograd::deleteNode);
    variable_list inputs = list(record.inputs), given = list(record.outputs), outputs;
    for (const at::Tensor &tensor : given) {
      outputs.push_back(tensor.detach());
    }
    if (!torch::autograd::compute_requires_grad(inputs)) {
      return outputs;
    }
    node->set_next_edges(torch::autograd::collect_next_edges(inputs));
    for (const at::Tensor &output : outputs) {
      if (torch::autograd::isDifferentiableType(output.scalar_type())) {
        torch::autograd::set_history(output, node);
      } else {
        node->add_input_metadata(Node::undefined_input());
      }
    }
    std::vector<SavedVariable> saved;
    for (const at::Tensor &tensor : list(record.saved)) {
      saved.push_back(save(tensor, given, outputs));
    }
    node->save(std::move(saved));
    return outputs;
  });
}
