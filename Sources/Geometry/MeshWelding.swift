/// Why a mesh cannot be used.
public enum MeshError: Error, Equatable, CustomStringConvertible {
  /// A face names a vertex that does not exist.
  case indexOutOfRange(face: Int, index: UInt32, vertexCount: Int)
  /// A vertex has a coordinate that is not a finite number.
  case positionNotFinite(vertex: Int)
  /// A grid of this side cannot be made.
  case invalidSide(Int)
  /// There is nothing to work on.
  case noFaces
  /// The structures to search it do not fit into memory.
  case noMemory(faces: Int)
  /// No camera that scans the mesh sees any of it.
  case nothingInSight
  /// The mesh does not fit into a file of this format.
  case tooLarge(format: String)

  /// What went wrong and what to do.
  public var description: String {
    switch self {
    case .indexOutOfRange(let face, let index, let count):
      "face \(face) names vertex \(index) of \(count); repair the mesh"
    case .positionNotFinite(let vertex):
      "vertex \(vertex) has a coordinate that is not a finite number; repair the mesh"
    case .invalidSide(let side): "a voxel grid of side \(side) cannot be made; use 1 to 1024"
    case .noFaces: "the mesh has no faces"
    case .noMemory(let faces): "there is not enough memory to search a mesh of \(faces) faces; free some or simplify it"
    case .nothingInSight: "no camera sees the mesh; use another sign method or other cameras"
    case .tooLarge(let format): "the mesh is too large for a .\(format) file; write .ply or .stl"
    }
  }
}

extension Mesh {
  /// Checks that all indices name a vertex and all coordinates are finite.
  ///
  /// *Throws*: `MeshError` naming the first face or vertex that is wrong.
  public func validate() throws {
    let count = UInt32(clamping: positions.count)
    let limit = SIMD3(repeating: count)
    for (index, face) in faces.enumerated() where any(face .>= limit) {
      throw MeshError.indexOutOfRange(face: index, index: face.max(), vertexCount: positions.count)
    }
    for (index, position) in positions.enumerated() where !(position - position == .zero) {
      throw MeshError.positionNotFinite(vertex: index)
    }
  }

  /// The mesh with vertices that lie close together made one, each at the place of the first of them, without faces
  /// that thereby lose a corner and without unused vertices; order is kept.
  ///
  /// *Parameters*: a tolerance of zero joins equal positions only; otherwise positions within it of the first vertex of
  /// a group join that group.
  public func welded(tolerance: Float = 0) -> Mesh {
    var table = PositionTable(capacity: positions.count, cell: tolerance)
    let groups = positions.map { table.group(of: $0) }
    var result = Mesh()
    var numbers = [UInt32](repeating: .max, count: table.positions.count)
    for face in faces {
      let joined = SIMD3(groups[Int(face.x)], groups[Int(face.y)], groups[Int(face.z)])
      guard joined.x != joined.y, joined.y != joined.z, joined.z != joined.x else { continue }
      var renumbered = SIMD3<UInt32>.zero
      for corner in 0..<3 {
        let group = Int(joined[corner])
        if numbers[group] == .max {
          numbers[group] = UInt32(result.positions.count)
          result.positions.append(table.positions[group])
        }
        renumbered[corner] = numbers[group]
      }
      result.faces.append(renumbered)
    }
    return result
  }
}

/// Groups of positions, found through an open-addressing hash table of cells as large as the tolerance.
struct PositionTable {
  /// The first position of every group.
  private(set) var positions: [SIMD3<Float>] = []
  private var slots: [UInt32]
  private let cell: Float

  init(capacity: Int, cell: Float) {
    self.cell = cell
    var size = 16
    while size < 2 * capacity { size *= 2 }
    slots = Array(repeating: .max, count: size)
  }

  mutating func group(of position: SIMD3<Float>) -> UInt32 {
    let home = key(of: position)
    if cell > 0 {
      for offset in 0..<27 {
        let shift = SIMD3<Int32>(Int32(offset / 9) - 1, Int32(offset / 3 % 3) - 1, Int32(offset % 3) - 1)
        if let found = find(position, key: home &+ shift) { return found }
      }
    } else if let found = find(position, key: home) {
      return found
    }
    var slot = Self.hash(home) & (slots.count - 1)
    while slots[slot] != .max { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(positions.count)
    positions.append(position)
    return slots[slot]
  }

  private func find(_ position: SIMD3<Float>, key: SIMD3<Int32>) -> UInt32? {
    var slot = Self.hash(key) & (slots.count - 1)
    while slots[slot] != .max {
      let offset = positions[Int(slots[slot])] - position
      if offset == .zero || (offset * offset).sum() <= cell * cell { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The cell of a position; with no tolerance, its bit pattern with one zero for both signs.
  private func key(of position: SIMD3<Float>) -> SIMD3<Int32> {
    guard cell > 0 else { return unsafeBitCast(position + 0, to: SIMD3<Int32>.self) }
    var scaled = (position / cell).rounded(.down)
    scaled.replace(with: 0, where: scaled .!= scaled)
    let limit = SIMD3<Float>(repeating: 0x1p30)
    return SIMD3<Int32>(scaled.clamped(lowerBound: -limit, upperBound: limit))
  }

  private static func hash(_ key: SIMD3<Int32>) -> Int {
    var hash = UInt64(UInt32(bitPattern: key.x)) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash >> 32 ^ UInt64(UInt32(bitPattern: key.y))) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ hash >> 29 ^ UInt64(UInt32(bitPattern: key.z))) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: hash ^ hash >> 31)
  }
}
