#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace formcast {

/// Rows that are to be given columns, one each, at the least sum of costs.
///
/// Prices of columns make every row's column its cheapest, costs less prices; that is what proves a sum to be the least.
/// Costs are in single precision, sums of them in double.
struct Assignment {
  static constexpr int64_t none = -1;
  /// Rows and columns; numbers of a row of costs, a multiple of sixteen of which those beyond `count` are infinite.
  size_t count, stride;
  std::vector<float> costs;
  std::vector<double> prices;
  std::vector<int64_t> columnOfRow, rowOfColumn;
  /// Of a search: how far columns are that are not reached yet (infinite for the others), and their prices (minus infinity).
  std::vector<double> distances, openPrices;
  /// From which row each column was come upon.
  std::vector<int64_t> previous;
  /// The columns that are reached, with their distances.
  std::vector<int64_t> reached;
  std::vector<double> reachedAt;

  /// Room for costs; throws std::bad_alloc.
  explicit Assignment(size_t count)
      : count(count), stride((count + 15) / 16 * 16), costs(count * stride), prices(stride), columnOfRow(count, none),
        rowOfColumn(stride, none), distances(stride), openPrices(stride), previous(stride), reached(count),
        reachedAt(count) {}
};

}  // namespace formcast
