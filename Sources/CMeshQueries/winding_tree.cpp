#include "winding_tree.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace formcast {
namespace {

constexpr size_t leafSize = 4;

struct double3 {
  double v[3];
  double &operator[](int i) { return v[i]; }
  double operator[](int i) const { return v[i]; }
};

/// Moments of a set of faces round a centre: integrals of n_i, n_i x_j and n_i x_j x_k.
struct Moments {
  double area = 0;
  double3 center = {};
  double first[3] = {};
  double second[3][3] = {};
  double third[3][3][3] = {};

  /// Adds other moments, moved to this centre.
  void add(const Moments &other) {
    double d[3];
    for (int i = 0; i < 3; i++) d[i] = other.center[i] - center[i];
    for (int i = 0; i < 3; i++) {
      first[i] += other.first[i];
      for (int j = 0; j < 3; j++) {
        second[i][j] += other.second[i][j] + other.first[i] * d[j];
        for (int k = 0; k < 3; k++)
          third[i][j][k] += other.third[i][j][k] + other.second[i][j] * d[k] + other.second[i][k] * d[j] +
                            other.first[i] * d[j] * d[k];
      }
    }
  }
};

/// Moments of one face round its own centroid.
Moments momentsOfFace(const float *corner) {
  Moments m;
  double p[3][3], u[3], v[3];
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < 3; i++) p[c][i] = corner[3 * c + i];
  for (int i = 0; i < 3; i++) {
    u[i] = p[1][i] - p[0][i];
    v[i] = p[2][i] - p[0][i];
    m.center[i] = (p[0][i] + p[1][i] + p[2][i]) / 3;
  }
  m.first[0] = (u[1] * v[2] - u[2] * v[1]) / 2;
  m.first[1] = (u[2] * v[0] - u[0] * v[2]) / 2;
  m.first[2] = (u[0] * v[1] - u[1] * v[0]) / 2;
  m.area = std::sqrt(m.first[0] * m.first[0] + m.first[1] * m.first[1] + m.first[2] * m.first[2]);
  // The mean of x x^T over a triangle round its centroid is a twelfth of the sum over its corners.
  for (int j = 0; j < 3; j++)
    for (int k = 0; k < 3; k++) {
      double sum = 0;
      for (int c = 0; c < 3; c++) sum += (p[c][j] - m.center[j]) * (p[c][k] - m.center[k]);
      for (int i = 0; i < 3; i++) m.third[i][j][k] = m.first[i] * sum / 12;
    }
  return m;
}

constexpr double quarterInversePi = 0.25 / 3.14159265358979323846;

/// The coefficients that a query multiplies with: with r from query to centre,
/// 4 pi w = N.r / r^3 - 3 r.M.r / r^5 + 15/2 S(r, r, r) / r^7 for M and S symmetric and without trace.
void setCoefficients(WindingNode &node, const Moments &m) {
  for (int i = 0; i < 3; i++) node.first[i] = float(m.first[i] * quarterInversePi);
  const double trace = (m.second[0][0] + m.second[1][1] + m.second[2][2]) / 3;
  static constexpr int pairs[6][2] = {{0, 0}, {1, 1}, {2, 2}, {0, 1}, {0, 2}, {1, 2}};
  for (int n = 0; n < 6; n++) {
    const int i = pairs[n][0], j = pairs[n][1];
    const double symmetric = i == j ? m.second[i][i] - trace : m.second[i][j] + m.second[j][i];
    node.second[n] = float(-3 * quarterInversePi * symmetric);
  }
  double s[3][3][3], t[3];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      for (int k = 0; k < 3; k++) s[i][j][k] = (m.third[i][j][k] + m.third[j][i][k] + m.third[k][i][j]) / 3;
  for (int k = 0; k < 3; k++) t[k] = (s[0][0][k] + s[1][1][k] + s[2][2][k]) / 5;
  static constexpr int triples[10][3] = {{0, 0, 0}, {1, 1, 1}, {2, 2, 2}, {0, 0, 1}, {0, 0, 2},
                                         {0, 1, 1}, {1, 1, 2}, {0, 2, 2}, {1, 2, 2}, {0, 1, 2}};
  for (int n = 0; n < 10; n++) {
    const int i = triples[n][0], j = triples[n][1], k = triples[n][2];
    const double trace3 = (i == j ? t[k] : 0) + (i == k ? t[j] : 0) + (j == k ? t[i] : 0);
    const double multiplicity = i == k ? 1 : (i == j || j == k) ? 3 : 6;
    node.third[n] = float(7.5 * quarterInversePi * multiplicity * (s[i][j][k] - trace3));
  }
}

struct Builder {
  const float *corners;
  const std::vector<Moments> &faces;
  std::vector<uint32_t> order;
  std::vector<WindingNode> &nodes;

  /// Adds the node of a range of faces and all below it.
  Moments build(uint32_t begin, uint32_t end) {
    const size_t index = nodes.size();
    nodes.emplace_back();
    Moments children[2];
    size_t childCount = 0;
    uint32_t right = 0;
    if (end - begin > leafSize) {
      const uint32_t middle = split(begin, end);
      children[childCount++] = build(begin, middle);
      right = uint32_t(nodes.size());
      children[childCount++] = build(middle, end);
    }
    Moments sum;
    center(sum, begin, end, children, childCount);
    if (childCount == 0) {
      for (uint32_t i = begin; i < end; i++) sum.add(faces[order[i]]);
    } else {
      for (size_t c = 0; c < childCount; c++) sum.add(children[c]);
    }
    WindingNode &node = nodes[index];
    for (int i = 0; i < 3; i++) node.center[i] = float(sum.center[i]);
    node.radius = radius(node, begin, end);
    node.weight = float(sum.area * quarterInversePi);
    node.begin = begin;
    node.end = end;
    node.right = right;
    setCoefficients(node, sum);
    return sum;
  }

  /// Sets area and the centre, which is rounded to what queries will use.
  void center(Moments &sum, uint32_t begin, uint32_t end, const Moments *children, size_t childCount) {
    double weight = 0;
    auto take = [&](const Moments &part) {
      sum.area += part.area;
      // Faces without area still need a place.
      const double w = part.area + 1e-30;
      for (int i = 0; i < 3; i++) sum.center[i] += w * part.center[i];
      weight += w;
    };
    if (childCount == 0) {
      for (uint32_t i = begin; i < end; i++) take(faces[order[i]]);
    } else {
      for (size_t c = 0; c < childCount; c++) take(children[c]);
    }
    for (int i = 0; i < 3; i++) sum.center[i] = float(sum.center[i] / weight);
  }

  float radius(const WindingNode &node, uint32_t begin, uint32_t end) const {
    double largest = 0;
    for (uint32_t f = begin; f < end; f++) {
      const float *corner = corners + 9 * size_t(order[f]);
      for (int c = 0; c < 3; c++) {
        double squared = 0;
        for (int i = 0; i < 3; i++) {
          const double d = double(corner[3 * c + i]) - node.center[i];
          squared += d * d;
        }
        largest = std::max(largest, squared);
      }
    }
    return std::nextafter(float(std::sqrt(largest)), INFINITY);
  }

  /// Halves a range along the longest side of the box of its centroids.
  uint32_t split(uint32_t begin, uint32_t end) {
    double lower[3], upper[3];
    for (int i = 0; i < 3; i++) lower[i] = INFINITY, upper[i] = -INFINITY;
    for (uint32_t f = begin; f < end; f++)
      for (int i = 0; i < 3; i++) {
        lower[i] = std::min(lower[i], faces[order[f]].center[i]);
        upper[i] = std::max(upper[i], faces[order[f]].center[i]);
      }
    int axis = 0;
    for (int i = 1; i < 3; i++)
      if (upper[i] - lower[i] > upper[axis] - lower[axis]) axis = i;
    const uint32_t middle = begin + (end - begin) / 2;
    std::nth_element(order.begin() + begin, order.begin() + middle, order.begin() + end, [&](uint32_t a, uint32_t b) {
      return std::make_pair(faces[a].center[axis], a) < std::make_pair(faces[b].center[axis], b);
    });
    return middle;
  }
};

}  // namespace

WindingTree::WindingTree(const float *source, size_t faceCount) {
  std::vector<Moments> faces(faceCount);
  for (size_t f = 0; f < faceCount; f++) faces[f] = momentsOfFace(source + 9 * f);
  std::vector<uint32_t> order(faceCount);
  std::iota(order.begin(), order.end(), 0);
  nodes.reserve(faceCount);
  Builder builder{source, faces, std::move(order), nodes};
  builder.build(0, uint32_t(faceCount));
  corners.resize(9 * faceCount);
  for (size_t f = 0; f < faceCount; f++)
    std::copy_n(source + 9 * size_t(builder.order[f]), 9, corners.begin() + 9 * f);
}

}  // namespace formcast
