// Winding numbers of sixteen queries at a time. Included once for each instruction set.

struct Group {
  vf x, y, z;
  /// The box of the queries.
  float lower[3], upper[3];
};

inline vf splat(float value) { return value - vf{}; }
inline vf squareRoot(vf value) { return __builtin_elementwise_sqrt(value); }
inline vf choose(vi condition, vf yes, vf no) { return (vf)((condition & (vi)yes) | (~condition & (vi)no)); }

/// The angle of (x, y), to 2e-6.
inline vf angle(vf y, vf x) {
  const vf ax = __builtin_elementwise_abs(x), ay = __builtin_elementwise_abs(y);
  const vi isSteep = ay > ax;
  const vf low = choose(isSteep, ax, ay), high = choose(isSteep, ay, ax);
  const vf t = low / (high + 1e-37f), s = t * t;
  // Least maximal error over [0, 1].
  vf p = splat(-0.0117212f);
  p = p * s + 0.05265332f;
  p = p * s - 0.11643287f;
  p = p * s + 0.19354346f;
  p = p * s - 0.33262347f;
  p = p * s + 0.99997726f;
  vf result = t * p;
  result = choose(isSteep, 1.57079637f - result, result);
  result = choose(x < 0, 3.14159274f - result, result);
  return choose(y < 0, -result, result);
}

/// Half the solid angles of a face. Reference: Van Oosterom and Strackee, 1983.
inline vf halfSolidAngle(const Group &q, const float *corner) {
  const vf ax = corner[0] - q.x, ay = corner[1] - q.y, az = corner[2] - q.z;
  const vf bx = corner[3] - q.x, by = corner[4] - q.y, bz = corner[5] - q.z;
  const vf cx = corner[6] - q.x, cy = corner[7] - q.y, cz = corner[8] - q.z;
  const vf a = squareRoot(ax * ax + ay * ay + az * az), b = squareRoot(bx * bx + by * by + bz * bz),
           c = squareRoot(cx * cx + cy * cy + cz * cz);
  // The determinant from the face's edges: its digits do not cancel where the face is small and far.
  const float ux = corner[3] - corner[0], uy = corner[4] - corner[1], uz = corner[5] - corner[2];
  const float vx = corner[6] - corner[0], vy = corner[7] - corner[1], vz = corner[8] - corner[2];
  const vf determinant = ax * (uy * vz - uz * vy) + ay * (uz * vx - ux * vz) + az * (ux * vy - uy * vx);
  const vf denominator = a * b * c + (ax * bx + ay * by + az * bz) * c + (bx * cx + by * cy + bz * cz) * a +
                         (cx * ax + cy * ay + cz * az) * b;
  return angle(determinant, denominator);
}

inline vf farField(const Group &q, const WindingExpansion &n) {
  const vf x = n.center[0] - q.x, y = n.center[1] - q.y, z = n.center[2] - q.z;
  const vf xx = x * x, yy = y * y, zz = z * z;
  const vf inverse2 = 1.0f / (xx + yy + zz), inverse = squareRoot(inverse2);
  const vf first = n.first[0] * x + n.first[1] * y + n.first[2] * z;
  const vf second = n.second[0] * xx + n.second[1] * yy + n.second[2] * zz +
                    (n.second[3] * x + n.second[5] * z) * y + n.second[4] * x * z;
  const vf third = xx * (n.third[0] * x + n.third[3] * y + n.third[4] * z) +
                   yy * (n.third[1] * y + n.third[5] * x + n.third[6] * z) +
                   zz * (n.third[2] * z + n.third[7] * x + n.third[8] * y) + n.third[9] * x * y * z;
  return ((third * inverse2 + second) * inverse2 + first) * (inverse * inverse2);
}

/// Bounds on the errors of the expansions of a node's parts, for all queries of a group: what is left out of 4 pi w is at
/// most the sum of (m + 1) integral of |x - centre|^m / distance^(m + 2) from m = 3 on.
inline vf errorBounds(const Group &q, const WindingNode &n) {
  vf squared = {};
  for (int i = 0; i < 3; i++) {
    vf center;
    memcpy(&center, n.center[i], sizeof(vf));
    const vf gap = __builtin_elementwise_max(q.lower[i] - center, center - q.upper[i]);
    const vf outside = __builtin_elementwise_max(gap, vf{});
    squared += outside * outside;
  }
  vf radius, spread;
  memcpy(&radius, n.radius, sizeof(vf));
  memcpy(&spread, n.spread, sizeof(vf));
  const vf distance = squareRoot(squared), rest = distance - radius;
  // With ratio = radius / distance: (4 - 3 ratio) / (1 - ratio)^2 / distance^5, multiplied out.
  const vf bound = spread * (4.0f * distance - 3.0f * radius) / (squared * squared * rest * rest);
  return rest > 0.05f * distance ? bound : vf{} + INFINITY;
}

/// Adds up the winding numbers of a group; returns a bound on the error of the expansions.
inline float windingOfGroup(const MeshTree &tree, const Group &q, float tolerance, vf &result) {
  // The tree halves its parts, so it is at most 32 levels deep, with up to fifteen parts waiting in each.
  uint32_t stack[512];
  int depth = 0;
  stack[depth++] = 0;
  vf far = {}, near = {};
  float error = 0;
  while (depth > 0) {
    const WindingNode &node = tree.nodes[stack[--depth]];
    const vf bounds = errorBounds(q, node);
    for (size_t k = 0; k < WindingNode::size && node.spread[k] > 0; k++) {
      if (bounds[k] <= tolerance) {
        far += farField(q, node.expansion[k]);
        error += bounds[k];
      } else if (node.child[k] != 0) {
        stack[depth++] = node.child[k];
      } else {
        for (uint32_t f = node.begin[k]; f < node.end[k]; f++)
          near += halfSolidAngle(q, tree.corners.data() + 9 * size_t(f));
      }
    }
  }
  result = far + near * 0.159154943f;
  return error;
}

inline void loadGroup(Group &q, const float *queries, size_t count) {
  float x[3][16];
  for (int i = 0; i < 3; i++) {
    q.lower[i] = INFINITY;
    q.upper[i] = -INFINITY;
    for (size_t k = 0; k < 16; k++) {
      const float value = queries[3 * (k < count ? k : count - 1) + i];
      x[i][k] = value;
      if (value < q.lower[i]) q.lower[i] = value;
      if (value > q.upper[i]) q.upper[i] = value;
    }
  }
  memcpy(&q.x, x[0], sizeof(vf));
  memcpy(&q.y, x[1], sizeof(vf));
  memcpy(&q.z, x[2], sizeof(vf));
}

inline void windingNumbers(const MeshTree &tree, const float *queries, size_t count, float tolerance, float *numbers,
                           float *errors) {
  for (size_t begin = 0; begin < count; begin += 16) {
    const size_t size = count - begin < 16 ? count - begin : 16;
    Group group;
    loadGroup(group, queries + 3 * begin, size);
    vf result;
    const float error = windingOfGroup(tree, group, tolerance, result);
    memcpy(numbers + begin, &result, size * sizeof(float));
    for (size_t k = 0; k < size; k++) errors[begin + k] = error;
  }
}
