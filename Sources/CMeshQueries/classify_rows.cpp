#include "classify_rows.h"

#include <limits>

#include "vectors.h"

namespace formcast {
namespace {

#define KERNELS "classify_rows_kernels.h"
#include "instruction_sets.h"

}  // namespace
}  // namespace formcast

using namespace formcast;

extern "C" mq_rows_summary mq_classify_rows(const mq_rows *rows, float level, int is_above) {
  return is_above ? BEST_OF(classifyRows<true>)(*rows, level) : BEST_OF(classifyRows<false>)(*rows, level);
}
