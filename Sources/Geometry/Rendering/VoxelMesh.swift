/// The visible faces of the voxels of a grid, each face with corners of its own.
public struct VoxelMesh: Sendable {
  /// Two triangles per visible voxel face, turned outward.
  public let mesh: Mesh
  /// The label of the voxel that each vertex belongs to, [V].
  public let labels: [UInt8]
  private let frame: GridFrame

  /// The voxels whose value is at least the level, with label 1.
  public init(_ grid: ScalarGrid, level: Float = 0.5) {
    self.init(labels: grid.values.map { $0 >= level ? 1 : 0 }, shape: grid.shape, frame: grid.frame)
  }

  /// The voxels whose label is not zero. A voxel reaches half a step to each side of its sample.
  ///
  /// *Shapes*: labels [D, H, W]; traps if their number does not fit the shape.
  public init(labels: [UInt8], shape: ScalarGrid.Shape, frame: GridFrame = .index) {
    precondition(labels.count == shape.count, "\(labels.count) labels for a grid of \(shape)")
    self.frame = frame
    var faces = FaceList(frame: frame)
    let extents = [shape.depth, shape.height, shape.width]
    let strides = [shape.height * shape.width, shape.width, 1]
    var index = 0
    for i in 0..<shape.depth {
      for j in 0..<shape.height {
        for k in 0..<shape.width {
          defer { index += 1 }
          let label = labels[index]
          guard label != 0 else { continue }
          let place = SIMD3(i, j, k)
          for axis in 0..<3 {
            if place[axis] == 0 || labels[index - strides[axis]] == 0 {
              faces.add(place, axis, isUpper: false, label)
            }
            if place[axis] == extents[axis] - 1 || labels[index + strides[axis]] == 0 {
              faces.add(place, axis, isUpper: true, label)
            }
          }
        }
      }
    }
    (mesh, self.labels) = (faces.mesh, faces.labels)
  }

  /// The voxels in one colour, ready to draw.
  public func object(color: Color = .surface) -> RenderObject {
    RenderObject(mesh, color: color, shading: .flat, gridLines: GridLines(frame: frame))
  }

  /// The voxels coloured by label: label 1 has the first colour; labels beyond the list repeat it.
  ///
  /// Traps if there is no colour.
  public func object(colors: [Color]) -> RenderObject {
    precondition(!colors.isEmpty, "Voxels need at least one colour.")
    let perVertex = labels.map { colors[(Int($0) - 1) % colors.count] }
    return RenderObject(mesh, vertexColors: perVertex, shading: .flat, gridLines: GridLines(frame: frame))
  }
}

extension Bounds {
  /// The box around all voxels of a grid, whatever they hold: frame all pictures of a series by it.
  ///
  /// Traps if the grid is empty.
  public init(of shape: ScalarGrid.Shape, in frame: GridFrame = .index) {
    precondition(shape.count > 0, "A grid of \(shape) has no voxels.")
    let size = SIMD3(Double(shape.depth), Double(shape.height), Double(shape.width))
    let corners = (0..<8).map { corner in
      let share = SIMD3(Double(corner & 1), Double(corner >> 1 & 1), Double(corner >> 2 & 1))
      return SIMD3<Float>(frame.position(of: share * size - 0.5))
    }
    let first = corners[0]
    self.init(
      lower: corners.reduce(first, pointwiseMin), upper: corners.reduce(first, pointwiseMax))
  }
}

/// Collects voxel faces.
private struct FaceList {
  let frame: GridFrame
  let isMirrored: Bool
  var mesh = Mesh()
  var labels: [UInt8] = []

  init(frame: GridFrame) { (self.frame, isMirrored) = (frame, frame.isMirrored) }

  mutating func add(_ place: SIMD3<Int>, _ axis: Int, isUpper: Bool, _ label: UInt8) {
    let (second, third) = ((axis + 1) % 3, (axis + 2) % 3)
    let base = UInt32(mesh.positions.count)
    for (b, c) in [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)] {
      var index = SIMD3<Double>(place)
      index[axis] += isUpper ? 0.5 : -0.5
      index[second] += b
      index[third] += c
      mesh.positions.append(SIMD3<Float>(frame.position(of: index)))
      labels.append(label)
    }
    // The corners run counter-clockwise seen from the upper side of a right-handed frame.
    if isUpper != isMirrored {
      mesh.faces += [SIMD3(base, base + 1, base + 2), SIMD3(base, base + 2, base + 3)]
    } else {
      mesh.faces += [SIMD3(base, base + 2, base + 1), SIMD3(base, base + 3, base + 2)]
    }
  }
}
