/// How a mesh is brought to a common place and size.
public enum MeshNormalization: String, Sendable, Codable, CaseIterable {
  /// As it is, in its own units.
  case none
  /// The centre of its box at the origin, its farthest vertex at distance 1.
  case sphere
  /// The centre of its box at the origin, the longest side of its box 2 long.
  case cube
}

/// A uniform scaling and a shift from a small frame into a larger one: `outer = center + unitLength * inner`.
///
/// Distances scale with `unitLength`.
public struct UnitFrame: Sendable, Equatable, Codable {
  /// Where the inner origin lies in the outer frame.
  public var center: SIMD3<Double>
  /// The length of an inner unit in outer units.
  public var unitLength: Double

  /// A frame of the given place and size.
  public init(center: SIMD3<Double> = .zero, unitLength: Double = 1) {
    (self.center, self.unitLength) = (center, unitLength)
  }

  /// Both frames are one.
  public static let identity = UnitFrame()

  /// The frame in which a mesh is normalised; points that belong to no face do not count.
  ///
  /// *Parameters*: `margin` above 1 leaves that much room round the mesh: with 1.03 it ends at 1/1.03, as DeepSDF has it.
  /// *Throws*: `SamplingError` for a mesh without faces or without extent, or a margin that is no positive number.
  public init(of mesh: Mesh, _ normalization: MeshNormalization, margin: Double = 1) throws {
    guard margin.isFinite, margin > 0 else { throw SamplingError("the margin \(margin) is no positive number") }
    try mesh.validate()
    guard let first = mesh.faces.first else { throw SamplingError("the mesh has no faces") }
    var lower = SIMD3<Double>(mesh.positions[Int(first.x)]), upper = lower
    for face in mesh.faces {
      for corner in 0..<3 {
        let position = SIMD3<Double>(mesh.positions[Int(face[corner])])
        lower.replace(with: position, where: position .< lower)
        upper.replace(with: position, where: position .> upper)
      }
    }
    guard normalization != .none else {
      self = .identity
      return
    }
    let center = lower + (upper - lower) / 2
    var reach = (upper - lower).max() / 2
    if normalization == .sphere {
      var squared = 0.0
      for face in mesh.faces {
        for corner in 0..<3 {
          let offset = SIMD3<Double>(mesh.positions[Int(face[corner])]) - center
          squared = max(squared, (offset * offset).sum())
        }
      }
      reach = squared.squareRoot()
    }
    guard reach > 0 else { throw SamplingError("the mesh has no extent: all its faces lie in one point") }
    self.init(center: center, unitLength: reach * margin)
  }

  /// From the inner frame to the outer one.
  @inline(__always) public func outer(_ point: SIMD3<Double>) -> SIMD3<Double> { center + point * unitLength }

  /// From the outer frame to the inner one.
  @inline(__always) public func inner(_ point: SIMD3<Double>) -> SIMD3<Double> { (point - center) / unitLength }

  /// This frame seen from another inner one of the same outer: leads from this inner frame to the other's.
  public func relative(to other: UnitFrame) -> UnitFrame {
    UnitFrame(center: other.inner(center), unitLength: unitLength / other.unitLength)
  }

  /// From inner to outer points as a 4x4 matrix in row-major order, [16].
  public var matrix: [Double] {
    [unitLength, 0, 0, center.x, 0, unitLength, 0, center.y, 0, 0, unitLength, center.z, 0, 0, 0, 1]
  }
}

/// A mesh in the frame in which it is sampled.
public struct NormalizedMesh: Sendable {
  /// The mesh; its points are single precision in the new frame.
  public let mesh: Mesh
  /// Leads from the frame of `mesh` back to the units of the file.
  public let toMesh: UnitFrame
  /// Leads from the unit frame, in which radii and deviations count, to the frame of `mesh`: the identity unless the mesh
  /// stays in its own units; then the unit frame is that of its sphere.
  public let unit: UnitFrame

  /// Normalises a mesh.
  ///
  /// *Throws*: `SamplingError` and `MeshError` for a mesh that has no faces, no extent or is broken.
  public init(_ mesh: Mesh, _ normalization: MeshNormalization, margin: Double = 1) throws {
    toMesh = try UnitFrame(of: mesh, normalization, margin: margin)
    guard normalization != .none else {
      self.mesh = mesh
      unit = try UnitFrame(of: mesh, .sphere, margin: margin)
      return
    }
    unit = .identity
    let frame = toMesh
    self.mesh = Mesh(
      positions: mesh.positions.map { SIMD3<Float>(frame.inner(SIMD3<Double>($0))) }, faces: mesh.faces)
  }

  /// A mesh that is in the unit frame already.
  init(inUnitFrame mesh: Mesh) {
    (self.mesh, toMesh, unit) = (mesh, .identity, .identity)
  }
}

/// Why something cannot be sampled.
public struct SamplingError: Error, Equatable, CustomStringConvertible {
  /// One line: what is wrong and what to do.
  public let description: String

  /// An error with this line.
  public init(_ description: String) { self.description = description }
}
