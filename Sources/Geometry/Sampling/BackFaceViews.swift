import Foundation
import Synchronization

/// How often cameras round a mesh see faces from behind, which cameras round a closed and oriented one never do.
///
/// *Reference*: the rejection test of DeepSDF's preprocessing (Park et al. 2019 and its code): no more than 2 % of what is
/// seen may be backs, and no more than 3 % of the seen faces may be seen from both sides. Differs: rays on a coarser
/// raster, so that small faces may go unseen.
public struct BackFaceViews: Sendable, Codable, Equatable {
  /// Number of directions.
  public var viewCount: Int
  /// Share of what is seen that is the back of a face.
  public var backShare = 0.0
  /// Share of the seen faces that are seen from both sides.
  public var doubleShare = 0.0
  /// The published verdict.
  public var passes: Bool { backShare <= Self.backLimit && doubleShare <= Self.doubleLimit }
  /// What was found, in words.
  public var text: String {
    let numbers = String(format: "%.1f %% of the views and %.1f %% of the faces", 100 * backShare, 100 * doubleShare)
    return "\(numbers) show backs, limits \(Int(100 * Self.backLimit)) % and \(Int(100 * Self.doubleLimit)) %"
  }

  private enum CodingKeys: String, CodingKey { case viewCount, backShare, doubleShare }
  private static let backLimit = 0.02, doubleLimit = 0.03

  /// Looks at a mesh along parallel rays from directions all round.
  ///
  /// *Parameters*: `side` is the number of rays across a view.
  /// *Throws*: `MeshError` and `SamplingError` for a mesh without faces or extent, `PictureError` without memory.
  public init(of mesh: Mesh, viewCount: Int = 100, side: Int = 64, threadCount: Int? = nil) throws {
    self.viewCount = viewCount
    let sphere = try NormalizedMesh(mesh, .sphere).mesh
    let normals = sphere.faceNormals()
    var corners = sphere.faces.flatMap { face in (0..<3).map { sphere.positions[Int(face[$0])] } }
    let scene = try corners.withUnsafeMutableBufferPointer { try RayScene([$0]) }
    // A bit for each side from which a face was seen.
    let seen = Mutex([UInt8](repeating: 0, count: sphere.faces.count))
    let counts = Mutex((all: 0, backs: 0))
    concurrently(viewCount, threadCount: threadCount) { view in
      var (all, backs) = (0, 0)
      var faces: [(face: Int, side: UInt8)] = []
      let axes = Self.axes(of: view, count: viewCount)
      for index in 0..<side * side {
        let across = SIMD2(Float(index % side), Float(index / side)) * (2 / Float(side)) + (1 / Float(side) - 1)
        let origin = axes.right * across.x + axes.up * across.y - 2 * axes.forward
        guard let hit = scene.firstHit(origin, axes.forward) else { continue }
        let isBack = (normals[hit.face] * axes.forward).sum() > 0
        all += 1
        backs += isBack ? 1 : 0
        faces.append((hit.face, isBack ? 2 : 1))
      }
      seen.withLock { bits in for (face, side) in faces { bits[face] |= side } }
      counts.withLock { $0 = ($0.all + all, $0.backs + backs) }
    }
    let (all, backs) = counts.withLock { $0 }
    backShare = Double(backs) / Double(max(1, all))
    let bits = seen.withLock { $0 }
    doubleShare = Double(bits.count { $0 == 3 }) / Double(max(1, bits.count { $0 != 0 }))
  }

  /// Directions along a golden-angle spiral.
  private static func axes(of view: Int, count: Int) -> (forward: SIMD3<Float>, right: SIMD3<Float>, up: SIMD3<Float>) {
    let height = count > 1 ? -1 + 2 * (Double(view) + 0.5) / Double(count) : 0
    let (longitude, radius) = (Double(view) * .pi * (3 - 5.0.squareRoot()), (1 - height * height).squareRoot())
    let forward = SIMD3<Double>(radius * cos(longitude), radius * sin(longitude), height)
    let right = cross(forward, abs(height) < 0.9 ? [0, 0, 1] : [0, 1, 0])
    let unit = right / (right * right).sum().squareRoot()
    return (SIMD3<Float>(forward), SIMD3<Float>(unit), SIMD3<Float>(cross(unit, forward)))
  }
}
