#include "mesh_tree.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>

namespace formcast {
namespace {

/// A part with so few faces is not divided.
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
void setCoefficients(WindingExpansion &node, const Moments &m) {
  for (int i = 0; i < 3; i++) {
    node.center[i] = float(m.center[i]);
    node.first[i] = float(m.first[i] * quarterInversePi);
  }
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

/// What is needed of every face until the tree stands.
struct Centroid {
  float place[3];
  float area;
};

Centroid centroid(const float *corner) {
  const Moments m = momentsOfFace(corner);
  return {{float(m.center[0]), float(m.center[1]), float(m.center[2])}, float(m.area)};
}

/// A node of the binary tree from which the wide one is made.
struct Part {
  WindingExpansion expansion;
  uint32_t begin, end;
  /// Numbers of the halves; 0 for a part that is not divided.
  uint32_t left, right;
};

struct Builder {
  const float *corners;
  const std::vector<Centroid> &centroids;
  std::vector<uint32_t> &order;
  std::vector<Part> parts;

  /// Adds a part of the mesh and all parts of it.
  Moments divide(uint32_t begin, uint32_t end) {
    const uint32_t index = uint32_t(parts.size());
    parts.push_back(Part{{}, begin, end, 0, 0});
    Moments sources[leafSize];
    size_t count = 0;
    if (end - begin > leafSize) {
      const uint32_t middle = split(begin, end);
      parts[index].left = uint32_t(parts.size());
      sources[count++] = divide(begin, middle);
      parts[index].right = uint32_t(parts.size());
      sources[count++] = divide(middle, end);
    } else {
      for (uint32_t f = begin; f < end; f++) sources[count++] = momentsOfFace(corners + 9 * size_t(order[f]));
    }
    const Moments sum = joined(sources, count);
    setCoefficients(parts[index].expansion, sum);
    return sum;
  }

  static Moments joined(const Moments *sources, size_t count) {
    Moments sum;
    double weight = 0;
    for (size_t s = 0; s < count; s++) {
      // Faces without area still need a place.
      const double w = sources[s].area + 1e-30;
      sum.area += sources[s].area;
      for (int i = 0; i < 3; i++) sum.center[i] += w * sources[s].center[i];
      weight += w;
    }
    // Rounded to what queries will use.
    for (int i = 0; i < 3; i++) sum.center[i] = float(sum.center[i] / weight);
    for (size_t s = 0; s < count; s++) sum.add(sources[s]);
    return sum;
  }

  /// Halves a range along the longest side of the box of its centroids.
  uint32_t split(uint32_t begin, uint32_t end) {
    float lower[3], upper[3];
    for (int i = 0; i < 3; i++) lower[i] = INFINITY, upper[i] = -INFINITY;
    for (uint32_t f = begin; f < end; f++)
      for (int i = 0; i < 3; i++) {
        lower[i] = std::min(lower[i], centroids[order[f]].place[i]);
        upper[i] = std::max(upper[i], centroids[order[f]].place[i]);
      }
    int axis = 0;
    for (int i = 1; i < 3; i++)
      if (upper[i] - lower[i] > upper[axis] - lower[axis]) axis = i;
    uint32_t middle = begin + (end - begin) / 2;
    // Clusters are cut out of the order of the faces, so no subtree may begin inside one.
    if (end - begin > FaceCluster::size)
      middle = (middle + FaceCluster::size - 1) / FaceCluster::size * FaceCluster::size;
    std::nth_element(order.begin() + begin, order.begin() + middle, order.begin() + end, [&](uint32_t a, uint32_t b) {
      const float x = centroids[a].place[axis], y = centroids[b].place[axis];
      return x < y || (x == y && a < b);
    });
    return middle;
  }
};

/// Makes the wide tree out of the binary one.
struct Widener {
  const Builder &builder;
  std::vector<WindingNode> &nodes;

  /// Adds a node for a part, with the parts it is divided into until there are enough of them.
  uint32_t add(uint32_t root) {
    const std::vector<Part> &parts = builder.parts;
    uint32_t members[WindingNode::size] = {root};
    size_t count = 1;
    while (count < WindingNode::size) {
      // The largest part is divided next.
      size_t largest = count;
      uint32_t most = 0;
      for (size_t k = 0; k < count; k++) {
        const Part &part = parts[members[k]];
        if (part.left != 0 && part.end - part.begin > most) {
          largest = k;
          most = part.end - part.begin;
        }
      }
      if (largest == count) break;
      const Part &part = parts[members[largest]];
      members[largest] = part.left;
      members[count++] = part.right;
    }
    const uint32_t index = uint32_t(nodes.size());
    nodes.push_back(WindingNode{});
    for (size_t k = 0; k < count; k++) {
      const Part &part = parts[members[k]];
      const uint32_t child = part.left != 0 ? add(members[k]) : 0;
      set(nodes[index], k, part, child);
    }
    return index;
  }

  void set(WindingNode &node, size_t k, const Part &part, uint32_t child) const {
    node.expansion[k] = part.expansion;
    for (int i = 0; i < 3; i++) node.center[i][k] = part.expansion.center[i];
    node.child[k] = child;
    node.begin[k] = part.begin;
    node.end[k] = part.end;
    double largest = 0, spread = 0;
    for (uint32_t f = part.begin; f < part.end; f++) {
      const float *corner = builder.corners + 9 * size_t(builder.order[f]);
      double cubes = 0;
      for (int c = 0; c < 3; c++) {
        double squared = 0;
        for (int i = 0; i < 3; i++) {
          const double d = double(corner[3 * c + i]) - part.expansion.center[i];
          squared += d * d;
        }
        largest = std::max(largest, squared);
        cubes += squared * std::sqrt(squared);
      }
      // A convex function is in the mean over a triangle at most what it is in the mean over the corners.
      spread += builder.centroids[builder.order[f]].area * cubes / 3;
    }
    node.radius[k] = std::nextafter(float(std::sqrt(largest)), INFINITY);
    // Rounded up, and never 0 for a part that is there.
    node.spread[k] = std::nextafter(float(1.000001 * spread * quarterInversePi), INFINITY);
  }
};

FaceCluster cluster(const float *corners, size_t count) {
  FaceCluster result;
  for (size_t k = 0; k < FaceCluster::size; k++) {
    const float *c = corners + 9 * std::min(k, count - 1);
    double e[3][3], n[3];
    for (int i = 0; i < 3; i++) {
      result.corner[i][k] = c[i];
      for (int j = 0; j < 3; j++) e[j][i] = double(c[3 * ((j + 1) % 3) + i]) - c[3 * j + i];
      for (int j = 0; j < 2; j++) result.edge[j][i][k] = float(e[j][i]);
    }
    double area = 0;
    for (int i = 0; i < 3; i++) {
      n[i] = e[0][(i + 1) % 3] * e[1][(i + 2) % 3] - e[0][(i + 2) % 3] * e[1][(i + 1) % 3];
      area += n[i] * n[i];
    }
    for (int i = 0; i < 3; i++) {
      const double squared = e[i][0] * e[i][0] + e[i][1] * e[i][1] + e[i][2] * e[i][2];
      result.normal[i][k] = area > 0 ? float(n[i] / std::sqrt(area)) : 0;
      result.inverseLength[i][k] = squared > 0 ? float(1 / squared) : 0;
    }
  }
  return result;
}

/// The box of a cluster, for Embree.
void setBounds(const RTCBoundsFunctionArguments *arguments) {
  const auto &tree = *static_cast<const MeshTree *>(arguments->geometryUserPtr);
  const size_t begin = arguments->primID * FaceCluster::size, end = begin + FaceCluster::size;
  float lower[3] = {INFINITY, INFINITY, INFINITY}, upper[3] = {-INFINITY, -INFINITY, -INFINITY};
  for (size_t i = 9 * begin; i < std::min(9 * end, tree.corners.size()); i++) {
    lower[i % 3] = std::min(lower[i % 3], tree.corners[i]);
    upper[i % 3] = std::max(upper[i % 3], tree.corners[i]);
  }
  *arguments->bounds_o = {lower[0], lower[1], lower[2], 0, upper[0], upper[1], upper[2], 0};
}

/// The tree of clusters. One thread builds it: its shape must not depend on the machine's load.
void build(MeshTree &tree) {
  tree.device = rtcNewDevice("threads=1");
  if (tree.device == nullptr) throw std::bad_alloc();
  tree.scene = rtcNewScene(tree.device);
  RTCGeometry geometry = rtcNewGeometry(tree.device, RTC_GEOMETRY_TYPE_USER);
  rtcSetGeometryUserPrimitiveCount(geometry, unsigned(tree.clusters.size()));
  rtcSetGeometryUserData(geometry, &tree);
  rtcSetGeometryBoundsFunction(geometry, setBounds, nullptr);
  rtcCommitGeometry(geometry);
  rtcAttachGeometry(tree.scene, geometry);
  rtcReleaseGeometry(geometry);
  rtcCommitScene(tree.scene);
  if (rtcGetDeviceError(tree.device) != RTC_ERROR_NONE) throw std::bad_alloc();
}

}  // namespace

MeshTree::MeshTree(const float *source, size_t faceCount) {
  std::vector<Centroid> centroids(faceCount);
  for (size_t f = 0; f < faceCount; f++) centroids[f] = centroid(source + 9 * f);
  faces.resize(faceCount);
  std::iota(faces.begin(), faces.end(), 0);
  Builder builder{source, centroids, faces, {}};
  builder.parts.reserve(faceCount);
  builder.divide(0, uint32_t(faceCount));
  Widener{builder, nodes}.add(0);
  corners.resize(9 * faceCount);
  for (size_t f = 0; f < faceCount; f++) std::copy_n(source + 9 * size_t(faces[f]), 9, corners.begin() + 9 * f);
  for (size_t f = 0; f < faceCount; f += FaceCluster::size)
    clusters.push_back(cluster(corners.data() + 9 * f, std::min(FaceCluster::size, faceCount - f)));
  build(*this);
}

MeshTree::~MeshTree() {
  if (scene != nullptr) rtcReleaseScene(scene);
  if (device != nullptr) rtcReleaseDevice(device);
}

}  // namespace formcast
