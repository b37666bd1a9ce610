// Nearest points between two clouds, sixteen by sixteen. Included once for each instruction set.

#include "lanes_kernels.h"

/// The least number of each of sixteen vectors: number k of the result is that of vector k.
inline vf leastOfEach(const vf *v) {
  vf halves[8], quarters[4], eighths[2];
  for (int k = 0; k < 8; k++)
    halves[k] = lesser(__builtin_shufflevector(v[k], v[k + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
                       __builtin_shufflevector(v[k], v[k + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  for (int k = 0; k < 4; k++) {
    const vf a = halves[k], b = halves[k + 4];
    quarters[k] = lesser(__builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
                         __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31));
  }
  for (int k = 0; k < 2; k++) {
    const vf a = quarters[k], b = quarters[k + 2];
    eighths[k] = lesser(__builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
                        __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31));
  }
  const vf a = eighths[0], b = eighths[1];
  return lesser(__builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
                __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31));
}

/// All distances between two blocks, in eight operations for sixteen pairs: three differences, three of squares and sums,
/// two minima. All blocks of 2,048 x 2,048 points would take 16,384 meetings of 128 operations, 2.1 million; clouds of
/// shapes of one size leave about a quarter of them. Two minima in turn do not wait for each other.
inline void meet(const PointBlock &rows, const PointBlock &columns, vf *rowLeast, float *columnLeast) {
  const vf x = load(columns.x), y = load(columns.y), z = load(columns.z);
  vf least = load(columnLeast), other = least;
  for (size_t k = 0; k < PointBlock::size; k += 2) {
    const vf squares = squaredLengths(x - rows.x[k], y - rows.y[k], z - rows.z[k]);
    const vf others = squaredLengths(x - rows.x[k + 1], y - rows.y[k + 1], z - rows.z[k + 1]);
    rowLeast[k] = lesser(squares, rowLeast[k]);
    rowLeast[k + 1] = lesser(others, rowLeast[k + 1]);
    least = lesser(squares, least);
    other = lesser(others, other);
  }
  least = lesser(least, other);
  store(columnLeast, least);
}

/// How far apart boxes are along an axis, zero if they overlap.
inline vf gap(const BlockBoxes &boxes, int axis, float lower, float upper) {
  const vf none = {};
  return greater(greater(load(boxes.lower[axis]) - upper, lower - load(boxes.upper[axis])), none);
}

/// Where the box of a block lies.
struct Box {
  float lower[3], upper[3];

  Box(const PointCloud &cloud, size_t number) {
    const BlockBoxes &boxes = cloud.boxes[number / BlockBoxes::size];
    for (int axis = 0; axis < 3; axis++) {
      lower[axis] = boxes.lower[axis][number % BlockBoxes::size];
      upper[axis] = boxes.upper[axis][number % BlockBoxes::size];
    }
  }

  /// Bounds of the squared distances to points of sixteen other blocks, from below.
  vf squaredGaps(const BlockBoxes &boxes) const {
    return squaredLengths(gap(boxes, 0, lower[0], upper[0]), gap(boxes, 1, lower[1], upper[1]),
                          gap(boxes, 2, lower[2], upper[2]));
  }

  /// Four times the squared distances between the centres of this and sixteen other boxes.
  vf squaredOffsets(const BlockBoxes &boxes) const {
    vf offsets[3];
    for (int axis = 0; axis < 3; axis++)
      offsets[axis] = load(boxes.lower[axis]) + load(boxes.upper[axis]) - (lower[axis] + upper[axis]);
    return squaredLengths(offsets[0], offsets[1], offsets[2]);
  }
};

/// The distances of two clouds that are known so far.
struct Minima {
  const PointCloud &rows, &columns;
  /// The least squared distances of the points, and the largest of them in each block.
  float *rowLeast, *columnLeast;
  std::vector<float> rowNeeds, columnNeeds;

  Minima(const PointCloud &rows, const PointCloud &columns, float *rowLeast, float *columnLeast)
      : rows(rows), columns(columns), rowLeast(rowLeast), columnLeast(columnLeast), rowNeeds(rows.blocks.size(), INFINITY),
        columnNeeds(columns.boxes.size() * BlockBoxes::size, INFINITY) {
    std::fill(rowLeast, rowLeast + rows.blocks.size() * PointBlock::size, INFINITY);
    std::fill(columnLeast, columnLeast + columns.blocks.size() * PointBlock::size, INFINITY);
  }

  void meetColumn(size_t row, size_t column, vf *least) {
    float *place = columnLeast + column * PointBlock::size;
    meet(rows.blocks[row], columns.blocks[column], least, place);
    columnNeeds[column] = largestLane(load(place));
  }

  void begin(size_t row, vf *least) const {
    for (size_t k = 0; k < PointBlock::size; k++) least[k] = vf{} + rowLeast[row * PointBlock::size + k];
  }

  void end(size_t row, const vf *least) {
    const vf all = leastOfEach(least);
    store(rowLeast + row * PointBlock::size, all);
    rowNeeds[row] = largestLane(all);
  }

  /// Lets every block meet the one of the other cloud whose centre is nearest, so that all bounds are near the truth.
  void meetNearest() {
    std::vector<uint32_t> nearest(columns.boxes.size() * BlockBoxes::size);
    std::vector<float> offsets(nearest.size(), INFINITY);
    vf least[PointBlock::size];
    for (size_t row = 0; row < rows.blocks.size(); row++) {
      const Box box(rows, row);
      float best = INFINITY;
      size_t column = 0;
      for (size_t group = 0; group < columns.boxes.size(); group++) {
        const vf squares = box.squaredOffsets(columns.boxes[group]);
        vi numbers;
        memcpy(&numbers, &nearest[group * BlockBoxes::size], sizeof numbers);
        const vf before = load(&offsets[group * BlockBoxes::size]);
        numbers = squares < before ? vi{} + int32_t(row) : numbers;
        memcpy(&nearest[group * BlockBoxes::size], &numbers, sizeof numbers);
        store(&offsets[group * BlockBoxes::size], lesser(squares, before));
        const float smallest = -largestLane(-squares);
        if (!(smallest < best)) continue;
        best = smallest;
        column = group * BlockBoxes::size;
        while (squares[column % BlockBoxes::size] != smallest) column++;
      }
      begin(row, least);
      meetColumn(row, column, least);
      end(row, least);
    }
    for (size_t column = 0; column < columns.blocks.size(); column++) {
      begin(nearest[column], least);
      meetColumn(nearest[column], column, least);
      end(nearest[column], least);
    }
  }

  /// Lets a block meet every other one that may have something nearer for a point of either.
  void meetRest(size_t row) {
    const Box box(rows, row);
    vf least[PointBlock::size];
    begin(row, least);
    for (size_t group = 0; group < columns.boxes.size(); group++) {
      const vf needs = greater(load(&columnNeeds[group * BlockBoxes::size]), vf{} + rowNeeds[row]);
      uint32_t wanted = bitsOf(box.squaredGaps(columns.boxes[group]) < needs);
      if (!wanted) continue;
      for (; wanted; wanted &= wanted - 1) meetColumn(row, group * BlockBoxes::size + __builtin_ctz(wanted), least);
      end(row, least);
    }
  }
};

/// The least squared distances of all points of both clouds, in the order of the blocks.
inline void findMinima(const PointCloud &rows, const PointCloud &columns, float *rowLeast, float *columnLeast) {
  Minima minima(rows, columns, rowLeast, columnLeast);
  minima.meetNearest();
  for (size_t row = 0; row < rows.blocks.size(); row++) minima.meetRest(row);
}

/// Means of squares and of their roots, added to a result; in double precision, in an order of their own.
inline void addMeans(const float *squares, size_t count, mq_chamfer &result) {
  typedef double vd __attribute__((vector_size(128)));
  vd squareSums = {}, rootSums = {};
  size_t place = 0;
  for (; place + lanesPerVector <= count; place += lanesPerVector) {
    const vf values = load(squares + place);
    squareSums += __builtin_convertvector(values, vd);
    rootSums += __builtin_convertvector(__builtin_elementwise_sqrt(values), vd);
  }
  double squared = 0, plain = 0;
  for (; place < count; place++) squared += squares[place], plain += __builtin_sqrtf(squares[place]);
  for (int lane = 0; lane < lanesPerVector; lane++) squared += squareSums[lane], plain += rootSums[lane];
  result.squared += squared / double(count);
  result.plain += plain / double(count);
}
