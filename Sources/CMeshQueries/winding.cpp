#include <cmath>
#include <new>

#include "mesh_queries.h"
#include "vectors.h"
#include "winding_tree.h"

namespace formcast {
namespace {

#define KERNELS "winding_kernels.h"
#include "instruction_sets.h"

}  // namespace
}  // namespace formcast

using namespace formcast;

mq_winding_tree *mq_winding_create(const float *corners, size_t face_count) {
  try {
    return reinterpret_cast<mq_winding_tree *>(new WindingTree(corners, face_count));
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

void mq_winding_free(mq_winding_tree *tree) { delete reinterpret_cast<WindingTree *>(tree); }

void mq_winding_numbers(const mq_winding_tree *tree, const float *queries, size_t count, float tolerance,
                        float *numbers, float *errors) {
  const WindingTree &self = *reinterpret_cast<const WindingTree *>(tree);
  BEST_OF(windingNumbers)(self, queries, count, tolerance, numbers, errors);
}
