/// A mesh whose faces were turned to look outward, and what that took.
public struct OrientationRepair: Sendable, Equatable {
  /// The mesh; vertices, order of faces and first corners are as they were.
  public var mesh: Mesh
  /// How many faces were turned.
  public var turnedFaceCount: Int
  /// Pieces of surface within which faces hang together by edges of two faces.
  public var patchCount: Int
  /// How many of them have one side only, as a Moebius strip has, and were left as they were.
  public var unorientablePatchCount: Int
}

extension Mesh {
  /// The mesh with faces turned so that neighbours look to the same side and every piece of surface looks outward.
  ///
  /// Pieces end at edges with more than two faces. Outward is where the volume is positive; a piece that holds next to
  /// none, as a sheet, keeps the side that most of its faces have. Closed pieces that lie inside another one and look
  /// inward throughout are taken for cavities and stay. Vertices at equal positions are one, and of faces with the same
  /// three corners the later look to the side of the first. Traps if an index is out of range.
  public func repairedOrientation() -> OrientationRepair {
    var search = PatchSearch(self)
    search.orient()
    return search.repair(of: self)
  }
}

/// Finds pieces of surface and decides which of their faces turn.
private struct PatchSearch {
  /// A piece of surface, with its measures after its own faces were made to agree.
  private struct Patch {
    var faces: [Int] = []
    var turnedCount = 0
    var isOrientable = true
    var isClosed = true
    var volume = 0.0
    var area = 0.0
    var lower = SIMD3<Double>(repeating: .infinity)
    var upper = SIMD3<Double>(repeating: -.infinity)

    /// All faces looked to one side to begin with.
    var wasConsistent: Bool { turnedCount == 0 || turnedCount == faces.count }
    /// Too little volume to tell in from out.
    var isSheet: Bool { abs(volume) < 1e-4 * area * area.squareRoot() }
  }

  /// How many of the largest closed pieces are asked whether they hold another, and how many faces rays may be held
  /// against for that in all.
  private static let shellLimit = 64, rayLimit = 300_000_000

  /// Positions of welded vertices.
  private let positions: [SIMD3<Double>]
  /// Faces by welded vertices: those that have three, the first of every set of equal ones only.
  private var faces: [SIMD3<UInt32>] = []
  /// For every face of the mesh its number among these, or none.
  private var numbers: [Int?] = []
  /// For every side of these the side of the one neighbour, or -1.
  private var neighbours: [Int]
  private var isTurned: [Bool]
  private var patches: [Patch] = []

  init(_ mesh: Mesh) {
    var table = PositionTable(capacity: mesh.positions.count, cell: 0)
    let groups = mesh.positions.map { table.group(of: $0) }
    positions = table.positions.map { SIMD3<Double>($0) }
    var known: [SIMD3<UInt32>: Int] = [:]
    for face in mesh.faces {
      let places = SIMD3(groups[Int(face.x)], groups[Int(face.y)], groups[Int(face.z)])
      guard places.x != places.y, places.y != places.z, places.z != places.x else {
        numbers.append(nil)
        continue
      }
      let number = known[sortedCorners(places), default: faces.count]
      if number == faces.count {
        known[sortedCorners(places)] = number
        faces.append(places)
      }
      numbers.append(number)
    }
    isTurned = Array(repeating: false, count: faces.count)
    var sides = [Int](repeating: -1, count: 3 * faces.count)
    HalfEdges(faces, vertexCount: positions.count).forEachEdge { halves in
      guard halves.count == 2, let first = halves.first, let last = halves.last else { return }
      (sides[Int(first.side)], sides[Int(last.side)]) = (Int(last.side), Int(first.side))
    }
    neighbours = sides
  }

  /// Makes the faces of every patch agree, then turns patches outward.
  mutating func orient() {
    var isReached = [Bool](repeating: false, count: faces.count)
    for seed in faces.indices where !isReached[seed] { patches.append(patch(from: seed, &isReached)) }
    let shells = patches.filter(\.isClosed).sorted { abs($0.volume) > abs($1.volume) }.prefix(Self.shellLimit)
    var work = Self.rayLimit
    let isCavity = patches.map { patch in
      patch.isClosed && patch.wasConsistent && storedVolume(patch) < 0 && isInside(patch, shells, &work)
    }
    for (number, patch) in patches.enumerated() {
      guard patch.isOrientable else {
        for face in patch.faces { isTurned[face] = false }
        continue
      }
      let looksWrong =
        isCavity[number]
        ? patch.turnedCount > 0
        : patch.isSheet ? 2 * patch.turnedCount > patch.faces.count : patch.volume < 0
      if looksWrong { for face in patch.faces { isTurned[face].toggle() } }
    }
  }

  private func storedVolume(_ patch: Patch) -> Double { patch.turnedCount == 0 ? patch.volume : -patch.volume }

  private mutating func patch(from seed: Int, _ isReached: inout [Bool]) -> Patch {
    var patch = Patch()
    var pending = [seed]
    isReached[seed] = true
    while let face = pending.popLast() {
      patch.faces.append(face)
      if isTurned[face] { patch.turnedCount += 1 }
      for corner in 0..<3 {
        let other = neighbours[3 * face + corner]
        guard other >= 0 else {
          patch.isClosed = false
          continue
        }
        let next = other / 3
        // Neighbours agree if they pass the common edge in opposite directions.
        let agrees = faces[face][corner] != faces[next][other % 3]
        let shouldTurn = agrees == isTurned[face]
        if !isReached[next] {
          isReached[next] = true
          isTurned[next] = shouldTurn
          pending.append(next)
        } else if isTurned[next] != shouldTurn {
          patch.isOrientable = false
        }
      }
    }
    measure(&patch)
    return patch
  }

  private func corners(_ face: Int) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    let corners = faces[face]
    return (positions[Int(corners.x)], positions[Int(corners.y)], positions[Int(corners.z)])
  }

  /// Volume is taken from the centre of the surface, from which even a surface with holes looks outward mostly.
  private func measure(_ patch: inout Patch) {
    var center = SIMD3<Double>.zero
    for face in patch.faces {
      let (a, b, c) = corners(face)
      let normal = cross(b - a, c - a)
      let area = (normal * normal).sum().squareRoot() / 2
      patch.area += area
      center += (a + b + c) * (area / 3)
      patch.lower = pointwiseMin(patch.lower, pointwiseMin(a, pointwiseMin(b, c)))
      patch.upper = pointwiseMax(patch.upper, pointwiseMax(a, pointwiseMax(b, c)))
    }
    guard patch.area > 0 else { return }
    center /= patch.area
    for face in patch.faces {
      let (a, b, c) = corners(face)
      let volume = ((a - center) * cross(b - center, c - center)).sum() / 6
      patch.volume += isTurned[face] ? -volume : volume
    }
  }

  /// Whether a patch lies within an odd number of other closed ones, by a ray from one of its faces, or by boxes alone
  /// when there was too much work before.
  private func isInside(_ patch: Patch, _ shells: ArraySlice<Patch>, _ work: inout Int) -> Bool {
    let around = shells.filter { all($0.lower .< patch.lower) && all(patch.upper .< $0.upper) }
    guard let first = patch.faces.first, !around.isEmpty else { return false }
    guard work > 0 else { return around.count % 2 == 1 }
    work -= around.reduce(0) { $0 + $1.faces.count }
    let (a, b, c) = corners(first)
    let origin = (a + b + c) / 3
    // A direction that is not along anything.
    let direction = SIMD3<Double>(0.5773, 0.2113, 0.7887)
    return around.count { other in
      other.faces.count { hits(origin, direction, $0) } % 2 == 1
    } % 2 == 1
  }

  /// *Reference*: Moeller and Trumbore, "Fast, minimum storage ray/triangle intersection", 1997.
  private func hits(_ origin: SIMD3<Double>, _ direction: SIMD3<Double>, _ face: Int) -> Bool {
    let (a, b, c) = corners(face)
    let (u, v, offset) = (b - a, c - a, origin - a)
    let normal = cross(direction, v)
    let determinant = (u * normal).sum()
    guard determinant != 0 else { return false }
    let first = (offset * normal).sum() / determinant
    let across = cross(offset, u)
    let second = (direction * across).sum() / determinant
    return first >= 0 && second >= 0 && first + second <= 1 && (v * across).sum() / determinant > 0
  }

  func repair(of mesh: Mesh) -> OrientationRepair {
    var result = mesh
    var turnedCount = 0
    var table = PositionTable(capacity: mesh.positions.count, cell: 0)
    let groups = mesh.positions.map { table.group(of: $0) }
    for (index, face) in mesh.faces.enumerated() {
      guard let number = numbers[index] else { continue }
      let places = SIMD3(groups[Int(face.x)], groups[Int(face.y)], groups[Int(face.z)])
      guard isTurned[number] == Self.runsAlike(places, faces[number]) else { continue }
      turnedCount += 1
      result.faces[index] = SIMD3(face.x, face.z, face.y)
    }
    return OrientationRepair(
      mesh: result, turnedFaceCount: turnedCount, patchCount: patches.count,
      unorientablePatchCount: patches.count { !$0.isOrientable })
  }

  /// Whether two faces with the same corners name them in the same direction.
  private static func runsAlike(_ a: SIMD3<UInt32>, _ b: SIMD3<UInt32>) -> Bool {
    a == b || a == SIMD3(b.y, b.z, b.x) || a == SIMD3(b.z, b.x, b.y)
  }
}
