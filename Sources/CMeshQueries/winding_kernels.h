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

inline vf farField(const Group &q, const WindingNode &n) {
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

/// A bound on the error of a node's expansion: the terms left out are at most (m + 1) (radius / distance)^m from m = 3 on.
inline float errorBound(const WindingNode &n, float distance) {
  const float ratio = n.radius / distance, rest = 1 - ratio;
  if (!(rest > 0.05f)) return INFINITY;
  return n.weight * ratio * ratio * ratio * (4 - 3 * ratio) / (distance * distance * rest * rest);
}

inline float distanceToBox(const Group &q, const float *point) {
  float squared = 0;
  for (int i = 0; i < 3; i++) {
    const float below = q.lower[i] - point[i], above = point[i] - q.upper[i];
    const float d = below > above ? below : above;
    if (d > 0) squared += d * d;
  }
  return __builtin_sqrtf(squared);
}

/// Adds up the winding numbers of a group; returns a bound on the error of the expansions.
inline float windingOfGroup(const WindingTree &tree, const Group &q, float tolerance, vf &result) {
  uint32_t stack[128];
  int depth = 0;
  stack[depth++] = 0;
  vf far = {}, near = {};
  float error = 0;
  while (depth > 0) {
    const uint32_t index = stack[--depth];
    const WindingNode &node = tree.nodes[index];
    const float bound = errorBound(node, distanceToBox(q, node.center));
    if (bound <= tolerance) {
      far += farField(q, node);
      error += bound;
    } else if (node.right != 0) {
      stack[depth++] = node.right;
      stack[depth++] = index + 1;
    } else {
      for (uint32_t f = node.begin; f < node.end; f++) near += halfSolidAngle(q, tree.corners.data() + 9 * size_t(f));
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

inline void windingNumbers(const WindingTree &tree, const float *queries, size_t count, float tolerance, float *numbers,
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
