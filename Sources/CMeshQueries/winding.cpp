#include <cmath>

#include "mesh_queries.h"
#include "vectors.h"
#include "mesh_tree.h"

namespace formcast {
namespace {

#define KERNELS "winding_kernels.h"
#include "instruction_sets.h"

}  // namespace
}  // namespace formcast

using namespace formcast;

void mq_winding_numbers(const mq_tree *tree, const float *queries, size_t count, float tolerance, float *numbers,
                        float *errors) {
  BEST_OF(windingNumbers)(*reinterpret_cast<const MeshTree *>(tree), queries, count, tolerance, numbers, errors);
}
