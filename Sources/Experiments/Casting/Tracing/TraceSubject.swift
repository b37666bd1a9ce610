import Foundation
import Geometry

/// A solid that is drawn by walking along rays: a code of a model, or a mesh by its exact distances.
public struct TraceSubject {
  /// Which codes of a model.
  public enum Codes: Sendable, Equatable {
    /// The code of the shape of this number among those that the model was trained on; the random code of this number
    /// for a model without such shapes.
    case number(Int)
    /// All codes of an npy file, [N, L] or [L].
    case file(String)
  }

  /// What it is called.
  public var name: String
  /// Its distances.
  public var field: any ScalarField
  /// The value on its surface.
  public var level: Float

  /// The solids of a mesh file, a run or a file of weights.
  ///
  /// *Parameters*: `codes` is nil for the first, and for meshes. A mesh is brought into the unit sphere. `level` is nil for what the model says. `seed` decides random
  /// codes, `device` is as the user says it.
  /// *Throws*: if it is none of these, has no such code, or never learned a distance as large as the level.
  public static func read(
    _ path: String, _ codes: Codes?, level: Float?, seed: UInt64, device: String
  ) throws -> [TraceSubject] {
    let url = URL(filePath: path)
    if MeshFormat(rawValue: url.pathExtension.lowercased()) != nil {
      guard codes == nil else {
        throw ExperimentError("\(path): is a mesh and has no codes; leave out --code and --codes")
      }
      let mesh = try NormalizedMesh(try Mesh(contentsOf: url), .sphere).mesh
      return [TraceSubject(name: url.lastPathComponent, field: try MeshDistanceField(mesh), level: level ?? 0)]
    }
    let space = try ShapeSpace.open(path, device: device)
    let checkedLevel = try space.checkedLevel(level.map(Double.init))
    return try values(codes ?? .number(0), of: space, seed: seed).map { code in
      TraceSubject(name: code.name, field: try space.field(code.values), level: checkedLevel)
    }
  }

  private static func values(_ codes: Codes, of space: ShapeSpace, seed: UInt64) throws -> [NamedCode] {
    switch codes {
    case .file(let path): try CodeChoice(.file(path)).codes(of: space)
    case .number(let number) where space.trained.isEmpty:
      try CodeChoice(.random(count: number + 1), seed: seed).codes(of: space).suffix(1)
    case .number(let number): try CodeChoice(.indices([number])).codes(of: space)
    }
  }
}
