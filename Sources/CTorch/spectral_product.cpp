#include "ct_spectral.h"

#include "parallel.h"
#include "vectors.h"

// Complex matrix products, one for each frequency: sums = sum over terms of a b.
namespace formcast {
namespace {

struct Product {
  const ct_spectral_product_shape &shape;
  const ct_spectral_term *terms;
  int64_t termCount;
  float *sum;
};

#define KERNELS "spectral_product_kernels.h"
#include "instruction_sets.h"

}  // namespace
}  // namespace formcast

using namespace formcast;

extern "C" void ct_spectral_product(const ct_spectral_product_shape *shape, const ct_spectral_term *terms,
                                    int64_t term_count, float *sum) {
  const formcast::Product product{*shape, terms, term_count, sum};
  formcast::inParallel(shape->frequencies, 16, shape->threads,
                       [&](int64_t begin, int64_t end) { BEST_OF(runProduct)(product, begin, end); });
}
