#pragma once
#include <embree3/rtcore.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace formcast {

/// Part of a mesh seen from afar: its multipole moments round a centre, for the field w = 1/(4 pi) sum of n.x / |x|^3.
/// Reference: Barill, Dickson, Schmidt, Levin, Jacobson, "Fast winding numbers for soups and clouds", 2018, order 2.
/// Differs: moments without trace (the field is harmonic, so traces say nothing), exact second moments of the triangles,
/// and nodes are accepted by a bound on their own error instead of one opening angle for all.
struct WindingExpansion {
  float center[3];
  /// Sum of normals times area; second moments xx yy zz xy xz yz; third xxx yyy zzz xxy xxz xyy yyz xzz yzz xyz. Each
  /// is symmetric, without trace and has its factor of the expansion in it, 1/(4 pi) included.
  float first[3];
  float second[6];
  float third[10];
};

/// A node of the tree of winding numbers: up to sixteen parts of the mesh, number k of each list belonging to part k.
struct WindingNode {
  static constexpr size_t size = 16;
  float center[3][size];
  /// All corners lie within it of the centre.
  float radius[size];
  /// At least the integral of |x - centre|^3 over the faces, over 4 pi; 0 for an unused place.
  float spread[size];
  WindingExpansion expansion[size];
  /// The node of the part; 0 for a part that is not divided further.
  uint32_t child[size];
  /// Its faces.
  uint32_t begin[size], end[size];
};

/// Sixteen neighbouring faces, prepared for their distances to a point: number k of each list belongs to face k. Computed
/// in double precision and then rounded. Places without a face repeat the last one.
struct FaceCluster {
  static constexpr size_t size = 16;
  float corner[3][size];
  /// From the first corner to the second, and from there to the third.
  float edge[2][3][size];
  /// One over the squared lengths of the three edges; 0 for an edge without length.
  float inverseLength[3][size];
  /// Unit normals; zero for a face without area.
  float normal[3][size];
};

/// The faces of a mesh, grouped by place: in a binary tree for winding numbers, and in clusters, which Embree keeps in a
/// tree of its own, for nearest points.
struct MeshTree {
  std::vector<WindingNode> nodes;
  /// Nine floats a face, in the order of the tree.
  std::vector<float> corners;
  /// Number of each face of the tree in the mesh.
  std::vector<uint32_t> faces;
  std::vector<FaceCluster> clusters;
  RTCDevice device = nullptr;
  RTCScene scene = nullptr;

  /// Throws std::bad_alloc.
  MeshTree(const float *corners, size_t faceCount);
  MeshTree(const MeshTree &) = delete;
  ~MeshTree();
};

}  // namespace formcast
