/// Places one vertex inside every patch of the surface instead of one on every crossed grid edge, where the tangent
/// planes of the field meet: edges and corners of the solid come out sharp.
///
/// The planes of a crossed edge are those at the two points a little before and after the crossing, each through the
/// point of the level nearest to it. The vertex is the point nearest to all planes of its patch, damped towards the mean
/// of the crossings where the planes are almost parallel, and kept inside its cell. The faces are those of the dual of
/// marching cubes, so every loop in a cell has a vertex of its own and parts that only pass each other stay apart.
///
/// *Reference*: Ju, Losasso, Schaefer and Warren 2002 (the planes); Nielson 2004 (the dual of marching cubes). Differs:
/// damped steps in place of a truncated decomposition.
/// *Limits*: needs gradients. Two patches that meet twice on an ambiguous face share an edge with four faces; faces can
/// intersect near details of the size of a cell. An open surface ends up to a cell before the border of the grid.
struct DualContouring {
  /// How far before and after the crossing the planes are taken, in voxels.
  private static let offset = 0.25
  /// Weight of staying in place, relative to the sum of the planes' weights, and number of steps.
  private static let damping = 0.05, stepCount = 4

  let patches: DualPatches
  let sampler: FieldSampler
  let level: Float
  let frame: GridFrame
  let pad: Int

  /// A plane through a point of the surface; without a normal it is none.
  private struct Plane {
    var point = SIMD3<Float>.zero, normal = SIMD3<Float>.zero
  }

  /// The dual mesh, from the vertices of marching cubes.
  func mesh(crossings: [SIMD3<Float>]) throws -> Mesh {
    let planes = try planes(at: crossings)
    let toIndex = IndexMap(frame)
    var mesh = Mesh()
    mesh.positions = patches.cells.indices.map { patch in
      let members = patches.vertices(of: patch)
      var mean = SIMD3<Float>.zero
      for vertex in members { mean += crossings[Int(vertex)] }
      mean /= Float(members.count)
      var system = PlaneSystem()
      for vertex in members {
        for side in 0..<2 {
          let plane = planes[2 * Int(vertex) + side]
          system.add(SIMD3<Double>(plane.normal), Double((plane.normal * (plane.point - mean)).sum()))
        }
      }
      let step = system.solution(damping: Self.damping, stepCount: Self.stepCount)
      let share = toIndex.shareInside(patches.cells[patch] &- Int32(pad), from: mean, step: step)
      return mean + SIMD3<Float>(share * step)
    }
    addFaces(&mesh, planes)
    return mesh.withoutUnusedVertices()
  }

  /// Two planes for each crossing.
  private func planes(at crossings: [SIMD3<Float>]) throws -> [Plane] {
    var planes = [Plane](repeating: Plane(), count: 2 * crossings.count)
    let offsets = (0..<3).map { SIMD3<Float>(frame.step($0) * Self.offset) }
    let reach = offsets.map { ($0 * $0).sum().squareRoot() / Float(Self.offset) }
    let perBatch = FieldSampler.batchSize / 2
    for first in stride(from: 0, to: crossings.count, by: perBatch) {
      let end = min(first + perBatch, crossings.count)
      var points: [SIMD3<Float>] = []
      points.reserveCapacity(2 * (end - first))
      for vertex in first..<end {
        let offset = offsets[Int(patches.axes[vertex])]
        points.append(crossings[vertex] - offset)
        points.append(crossings[vertex] + offset)
      }
      let samples = try sampler.field.samples(at: points, withGradients: true)
      guard let gradients = samples.gradients else { continue }
      for (index, point) in points.enumerated() {
        let squared = (gradients[index] * gradients[index]).sum()
        guard squared > 0, squared.isFinite, samples.distances[index].isFinite else { continue }
        let nearest = point - (samples.distances[index] - level) / squared * gradients[index]
        let vertex = first + index / 2
        let away = nearest - crossings[vertex]
        let limit = reach[Int(patches.axes[vertex])]
        // The nearest point of the level may belong to quite another part.
        guard (away * away).sum() < limit * limit else { continue }
        planes[2 * first + index] = Plane(point: nearest, normal: gradients[index] / squared.squareRoot())
      }
    }
    return planes
  }

  private func addFaces(_ mesh: inout Mesh, _ planes: [Plane]) {
    for vertex in patches.rounds.indices {
      guard let corners = patches.quadrangle(round: vertex, isMirrored: frame.isMirrored) else { continue }
      let normal = planes[2 * vertex].normal + planes[2 * vertex + 1].normal
      let first = [SIMD3(corners[0], corners[1], corners[2]), SIMD3(corners[0], corners[2], corners[3])]
      let second = [SIMD3(corners[0], corners[1], corners[3]), SIMD3(corners[1], corners[2], corners[3])]
      mesh.faces += mesh.agreement(first, normal) >= mesh.agreement(second, normal) ? first : second
    }
  }
}

/// A least-squares system of planes n x = d.
private struct PlaneSystem {
  private var diagonal = SIMD3<Double>.zero
  /// Entries 12, 02 and 01.
  private var mixed = SIMD3<Double>.zero
  private var right = SIMD3<Double>.zero

  mutating func add(_ normal: SIMD3<Double>, _ distance: Double) {
    diagonal += normal * normal
    mixed += SIMD3(normal.y * normal.z, normal.x * normal.z, normal.x * normal.y)
    right += normal * distance
  }

  /// Starts from zero and takes steps, each of which is held back by the same weight.
  func solution(damping: Double, stepCount: Int) -> SIMD3<Double> {
    let trace = diagonal.sum()
    guard trace > 0 else { return .zero }
    let held = diagonal + damping * trace
    let rows = [
      SIMD3(held.x, mixed.z, mixed.y), SIMD3(mixed.z, held.y, mixed.x), SIMD3(mixed.y, mixed.x, held.z),
    ]
    let columns = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])]
    let determinant = (rows[0] * columns[0]).sum()
    guard determinant > 0 else { return .zero }
    var result = SIMD3<Double>.zero
    for _ in 0..<stepCount {
      let pull = right + damping * trace * result
      var next = pull.x * columns[0]
      next += pull.y * columns[1]
      next += pull.z * columns[2]
      result = next / determinant
    }
    return result
  }
}

/// From physical space to voxel indices and back.
private struct IndexMap {
  private let frame: GridFrame
  private let rows: [SIMD3<Double>]

  init(_ frame: GridFrame) {
    self.frame = frame
    let (a, b, c) = (frame.step(0), frame.step(1), frame.step(2))
    let scale = 1 / frame.determinant
    rows = [cross(b, c) * scale, cross(c, a) * scale, cross(a, b) * scale]
  }

  /// How much of a step can be taken before it leaves a cell. Cutting it short keeps a vertex on a face that it slides
  /// along, which moving it back along the axes would not.
  func shareInside(_ cell: SIMD3<Int32>, from start: SIMD3<Float>, step: SIMD3<Double>) -> Double {
    func inIndices(_ v: SIMD3<Double>) -> SIMD3<Double> {
      SIMD3<Double>((rows[0] * v).sum(), (rows[1] * v).sum(), (rows[2] * v).sum())
    }
    let position = inIndices(SIMD3<Double>(start) - frame.origin) - SIMD3<Double>(cell)
    let direction = inIndices(step)
    var share = 1.0
    for axis in 0..<3 where direction[axis] != 0 {
      let room = direction[axis] > 0 ? 1 - position[axis] : position[axis]
      share = min(share, max(0, room) / abs(direction[axis]))
    }
    return share
  }
}

extension Mesh {
  /// How far two faces look in a direction: the smaller cosine.
  fileprivate func agreement(_ faces: [SIMD3<UInt32>], _ direction: SIMD3<Float>) -> Float {
    var result = Float.infinity
    for face in faces {
      let (a, b, c) = corners(of: face)
      let normal = SIMD3<Float>(cross(SIMD3<Double>(b - a), SIMD3<Double>(c - a)))
      let length = (normal * normal).sum().squareRoot()
      result = min(result, length > 0 ? (normal * direction).sum() / length : -1)
    }
    return result
  }

  /// Only the vertices that a face has, in the same order.
  fileprivate func withoutUnusedVertices() -> Mesh {
    var numbers = [UInt32](repeating: .max, count: positions.count)
    for face in faces {
      for corner in 0..<3 { numbers[Int(face[corner])] = 0 }
    }
    var result = Mesh()
    for vertex in positions.indices where numbers[vertex] == 0 {
      numbers[vertex] = UInt32(result.positions.count)
      result.positions.append(positions[vertex])
    }
    result.faces = faces.map { SIMD3(numbers[Int($0.x)], numbers[Int($0.y)], numbers[Int($0.z)]) }
    return result
  }
}
