// The assignment of least cost by shortest augmenting paths. Included once for each instruction set.
//
// Reference: Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems",
// Computing 38, 1987. Differs: of equal columns the lowest is taken also in the search, and rows bid a bounded number of
// times, since prices may stand still in floating point.

#include "lanes_kernels.h"

typedef double vd __attribute__((vector_size(64)));
typedef int64_t vl __attribute__((vector_size(64)));
typedef float vq __attribute__((vector_size(32)));
constexpr size_t doublesPerVector = 8;

template <typename Vector, typename Number>
inline Vector read(const Number *numbers) {
  Vector result;
  memcpy(&result, numbers, sizeof result);
  return result;
}

template <typename Vector, typename Number>
inline void write(Number *numbers, Vector vector) {
  memcpy(numbers, &vector, sizeof vector);
}

inline vd readCosts(const float *costs) { return __builtin_convertvector(read<vq>(costs), vd); }

/// Distances between all points of two clouds.
inline void fillCosts(Assignment &problem, const PointCloud &rows, const PointCloud &columns) {
  for (size_t row = 0; row < problem.count; row++) {
    const PointBlock &block = rows.blocks[row / PointBlock::size];
    const size_t lane = row % PointBlock::size;
    float *costs = problem.costs.data() + row * problem.stride;
    for (size_t k = 0; k < columns.blocks.size(); k++)
      store(costs + k * PointBlock::size, __builtin_elementwise_sqrt(squaredDistances(
                                              columns.blocks[k], block.x[lane], block.y[lane], block.z[lane])));
    for (size_t column = problem.count; column < problem.stride; column++) costs[column] = INFINITY;
  }
}

/// The least of some numbers and where it is, the lowest place of equal ones.
struct Least {
  double value;
  int64_t place;
};

/// The least lane of vectors of numbers and places.
inline Least leastLane(vd values, vl places) {
  Least least = {values[0], places[0]};
  for (size_t lane = 1; lane < doublesPerVector; lane++)
    if (values[lane] < least.value || (values[lane] == least.value && places[lane] < least.place))
      least = {values[lane], places[lane]};
  return least;
}

/// The cheapest column of a row at the prices, and what the next one costs.
struct Bid {
  Least first;
  double second;
};

inline Bid cheapest(const Assignment &problem, int64_t row) {
  const float *costs = problem.costs.data() + size_t(row) * problem.stride;
  vd first = vd{} + double(INFINITY), second = first;
  vl places = {}, here = {0, 1, 2, 3, 4, 5, 6, 7};
  for (size_t column = 0; column < problem.stride; column += doublesPerVector, here += doublesPerVector) {
    const vd values = readCosts(costs + column) - read<vd>(problem.prices.data() + column);
    const vl isLess = values < first;
    second = isLess ? first : (values < second ? values : second);
    first = isLess ? values : first;
    places = isLess ? here : places;
  }
  const Least least = leastLane(first, places);
  double next = INFINITY;
  for (size_t lane = 0; lane < doublesPerVector; lane++) {
    const double value = places[lane] == least.place && first[lane] == least.value ? second[lane] : first[lane];
    if (value < next) next = value;
  }
  return {least, next};
}

/// Every column's price becomes its least cost, and rows get columns that are theirs alone.
inline void reduceColumns(Assignment &problem) {
  std::vector<float> least(problem.stride, INFINITY);
  std::vector<int32_t> owners(problem.stride);
  for (size_t row = 0; row < problem.count; row++) {
    const float *costs = problem.costs.data() + row * problem.stride;
    for (size_t column = 0; column < problem.stride; column += lanesPerVector) {
      const vf values = load(costs + column), before = load(&least[column]);
      const vi owner = values < before ? vi{} + int32_t(row) : read<vi>(&owners[column]);
      write(&owners[column], owner);
      store(&least[column], lesser(values, before));
    }
  }
  for (size_t column = problem.count; column-- > 0;) {
    problem.prices[column] = least[column];
    int64_t &given = problem.columnOfRow[size_t(owners[column])];
    if (given != Assignment::none) continue;
    given = int64_t(column);
    problem.rowOfColumn[column] = owners[column];
  }
  for (size_t row = 0; row < problem.count; row++) {
    if (problem.columnOfRow[row] == Assignment::none) continue;
    const Bid bid = cheapest(problem, int64_t(row));
    // The price falls to where the row's second choice is as good.
    if (bid.first.place == problem.columnOfRow[row] && bid.second < INFINITY)
      problem.prices[size_t(bid.first.place)] -= bid.second - bid.first.value;
  }
}

/// Rows without a column bid for their cheapest one, lower its price to their second choice, and turn its owner out.
/// Returns those that are left without one.
inline std::vector<int64_t> bid(Assignment &problem, const std::vector<int64_t> &waiting) {
  std::vector<int64_t> left;
  size_t patience = 8 * problem.count;
  for (const int64_t first : waiting) {
    for (int64_t row = first; row != Assignment::none;) {
      const Bid bid = cheapest(problem, row);
      const size_t column = size_t(bid.first.place);
      const double lowered = problem.prices[column] - (bid.second - bid.first.value);
      const bool falls = lowered < problem.prices[column] && bid.second < INFINITY;
      const int64_t owner = problem.rowOfColumn[column];
      if (patience == 0 || (!falls && owner != Assignment::none)) {
        left.push_back(row);
        break;
      }
      patience--;
      if (falls) problem.prices[column] = lowered;
      problem.rowOfColumn[column] = row;
      problem.columnOfRow[size_t(row)] = int64_t(column);
      if (owner != Assignment::none) problem.columnOfRow[size_t(owner)] = Assignment::none;
      row = owner;
    }
  }
  return left;
}

/// Comes upon columns from a row that is `offset` away, and returns the nearest column that is not reached yet.
inline Least relax(Assignment &problem, int64_t row, double offset) {
  const float *costs = problem.costs.data() + size_t(row) * problem.stride;
  vd least = vd{} + double(INFINITY);
  vl places = {}, here = {0, 1, 2, 3, 4, 5, 6, 7};
  for (size_t column = 0; column < problem.stride; column += doublesPerVector, here += doublesPerVector) {
    const vd values = readCosts(costs + column) - read<vd>(problem.openPrices.data() + column) + offset;
    vd distances = read<vd>(problem.distances.data() + column);
    const vl isNearer = values < distances;
    distances = isNearer ? values : distances;
    write(problem.distances.data() + column, distances);
    write(problem.previous.data() + column,
          isNearer ? vl{} + row : read<vl>(problem.previous.data() + column));
    const vl isLess = distances < least;
    least = isLess ? distances : least;
    places = isLess ? here : places;
  }
  return leastLane(least, places);
}

/// Gives a row a column along the shortest path to one that is free.
inline void augment(Assignment &problem, int64_t first) {
  std::copy(problem.prices.begin(), problem.prices.end(), problem.openPrices.begin());
  std::fill(problem.distances.begin(), problem.distances.end(), double(INFINITY));
  size_t reachedCount = 0;
  Least next = relax(problem, first, 0);
  while (problem.rowOfColumn[size_t(next.place)] != Assignment::none) {
    const size_t column = size_t(next.place);
    problem.reached[reachedCount] = next.place;
    problem.reachedAt[reachedCount++] = next.value;
    problem.distances[column] = INFINITY;
    problem.openPrices[column] = -INFINITY;
    const int64_t row = problem.rowOfColumn[column];
    const double own = double(problem.costs[size_t(row) * problem.stride + column]) - problem.prices[column];
    next = relax(problem, row, next.value - own);
  }
  for (size_t k = 0; k < reachedCount; k++)
    problem.prices[size_t(problem.reached[k])] += problem.reachedAt[k] - next.value;
  for (int64_t column = next.place, row = Assignment::none; row != first;) {
    row = problem.previous[size_t(column)];
    problem.rowOfColumn[size_t(column)] = row;
    std::swap(problem.columnOfRow[size_t(row)], column);
  }
}

/// Finds the columns of all rows.
inline void solve(Assignment &problem) {
  reduceColumns(problem);
  std::vector<int64_t> waiting;
  for (size_t row = 0; row < problem.count; row++)
    if (problem.columnOfRow[row] == Assignment::none) waiting.push_back(int64_t(row));
  for (int round = 0; round < 2; round++) waiting = bid(problem, waiting);
  for (const int64_t row : waiting) augment(problem, row);
}
