#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace formcast {

/// Part of a mesh seen from afar: its multipole moments round a centre, for the field w = 1/(4 pi) sum of n.x / |x|^3.
/// Reference: Barill, Dickson, Schmidt, Levin, Jacobson, "Fast winding numbers for soups and clouds", 2018, order 2.
/// Differs: moments without trace (the field is harmonic, so traces say nothing), exact second moments of the triangles,
/// and nodes are accepted by a bound on their own error instead of one opening angle for all.
struct WindingNode {
  float center[3];
  /// All corners lie within it of the centre.
  float radius;
  /// Area over 4 pi.
  float weight;
  /// Sum of normals times area; second moments xx yy zz xy xz yz; third xxx yyy zzz xxy xxz xyy yyz xzz yzz xyz. Each
  /// is symmetric, without trace and has its factor of the expansion in it, 1/(4 pi) included.
  float first[3];
  float second[6];
  float third[10];
  /// Faces of the leaf, or of the whole subtree.
  uint32_t begin, end;
  /// The second child; the first follows its parent at once. Zero in a leaf.
  uint32_t right;
};

/// The faces of a mesh, grouped by place.
struct WindingTree {
  std::vector<WindingNode> nodes;
  /// Nine floats a face, in the order of the tree.
  std::vector<float> corners;

  WindingTree(const float *corners, size_t faceCount);
};

}  // namespace formcast
