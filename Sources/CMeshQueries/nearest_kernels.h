// Nearest faces, sixteen faces at a time. Included once for each instruction set.

inline vf load(const float *values) {
  vf result;
  memcpy(&result, values, sizeof(vf));
  return result;
}

/// Squared distance to an edge, from its first corner.
inline vf distanceToEdge(vf ex, vf ey, vf ez, vf inverseLength, vf px, vf py, vf pz) {
  vf along = (ex * px + ey * py + ez * pz) * inverseLength;
  along = __builtin_elementwise_min(__builtin_elementwise_max(along, vf{}), vf{} + 1.0f);
  const vf dx = px - along * ex, dy = py - along * ey, dz = pz - along * ez;
  return dx * dx + dy * dy + dz * dz;
}

/// On which side of an edge a point is: positive inside. The normal points along the cross product of the edges.
inline vf sideOfEdge(vf ex, vf ey, vf ez, vf nx, vf ny, vf nz, vf px, vf py, vf pz) {
  return (ny * ez - nz * ey) * px + (nz * ex - nx * ez) * py + (nx * ey - ny * ex) * pz;
}

/// Squared distances to the faces of a cluster: that to the nearest edge, or that to the plane if the point is above or
/// below the face. Both keep their digits for slivers, and a face without area has no inside.
inline vf squaredDistances(const FaceCluster &c, float x, float y, float z) {
  const vf px = x - load(c.corner[0]), py = y - load(c.corner[1]), pz = z - load(c.corner[2]);
  const vf ax = load(c.edge[0][0]), ay = load(c.edge[0][1]), az = load(c.edge[0][2]);
  const vf bx = load(c.edge[1][0]), by = load(c.edge[1][1]), bz = load(c.edge[1][2]);
  const vf cx = -ax - bx, cy = -ay - by, cz = -az - bz;
  const vf nx = load(c.normal[0]), ny = load(c.normal[1]), nz = load(c.normal[2]);
  const vf qx = px - ax, qy = py - ay, qz = pz - az;
  const vf rx = qx - bx, ry = qy - by, rz = qz - bz;
  const vf edges = __builtin_elementwise_min(
      distanceToEdge(ax, ay, az, load(c.inverseLength[0]), px, py, pz),
      __builtin_elementwise_min(distanceToEdge(bx, by, bz, load(c.inverseLength[1]), qx, qy, qz),
                                distanceToEdge(cx, cy, cz, load(c.inverseLength[2]), rx, ry, rz)));
  const vi inside = (sideOfEdge(ax, ay, az, nx, ny, nz, px, py, pz) > 0) &
                    (sideOfEdge(bx, by, bz, nx, ny, nz, qx, qy, qz) > 0) &
                    (sideOfEdge(cx, cy, cz, nx, ny, nz, rx, ry, rz) > 0);
  const vf height = nx * px + ny * py + nz * pz;
  return inside ? height * height : edges;
}

/// The search for the face nearest to one query.
struct Search {
  const FaceCluster *clusters;
  float x, y, z;
  float squared;
  /// Number of the face in the tree.
  uint32_t face;

  /// Makes a face of a cluster the best one if it is nearer.
  bool consider(uint32_t cluster) {
    const vf distances = squaredDistances(clusters[cluster], x, y, z);
    const float least = __builtin_reduce_min(distances);
    if (!(least < squared)) return false;
    squared = least;
    uint32_t lane = 0;
    while (distances[lane] != least) lane++;
    face = cluster * FaceCluster::size + lane;
    return true;
  }

  static bool visit(RTCPointQueryFunctionArguments *arguments) {
    Search &search = *static_cast<Search *>(arguments->userPtr);
    if (!search.consider(arguments->primID)) return false;
    arguments->query->radius = __builtin_sqrtf(search.squared);
    return true;
  }
};

/// The number in the tree of the nearest face of every query. Queries that are not finite get face 0.
inline void nearestFaces(const MeshTree &tree, const float *queries, size_t count, uint32_t *found) {
  uint32_t last = 0;
  for (size_t i = 0; i < count; i++) {
    const float *q = queries + 3 * i;
    Search search = {tree.clusters.data(), q[0], q[1], q[2], INFINITY, 0};
    // The cluster nearest to the query before bounds the search from the start.
    if (search.consider(last / FaceCluster::size)) {
      RTCPointQuery query = {q[0], q[1], q[2], 0, __builtin_sqrtf(search.squared)};
      RTCPointQueryContext context;
      rtcInitPointQueryContext(&context);
      rtcPointQuery(tree.scene, &query, &context, Search::visit, &search);
      const uint32_t end = uint32_t(tree.faces.size());
      last = search.face < end ? search.face : end - 1;
    }
    found[i] = last;
  }
}
