import Foundation
import Geometry
import Torch
import Volumes

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
  /// Where its surface is best taken.
  public var level: Double

  /// More bytes than these are no codes.
  private static let largestFile = 1 << 30

  /// The solids of a mesh file, a run or a file of weights.
  ///
  /// *Parameters*: a mesh is brought into the unit sphere. `seed` decides random codes, `device` is as the user says it.
  /// *Throws*: if it is none of these, or has no such code.
  public static func read(_ path: String, _ codes: Codes, seed: UInt64, device: String) throws -> [TraceSubject] {
    let name = URL(filePath: path).lastPathComponent
    if MeshFormat(rawValue: URL(filePath: path).pathExtension.lowercased()) != nil {
      let mesh = try NormalizedMesh(try Mesh(contentsOf: URL(filePath: path)), .sphere).mesh
      return [TraceSubject(name: name, field: try MeshDistanceField(mesh), level: 0)]
    }
    let model = try ShapeModel.open(path, device: try Device(parsing: device))
    return try values(codes, of: model, seed: seed).map { code in
      TraceSubject(
        name: code.name, field: try model.field(code: code.values), level: model.configuration.field.level)
    }
  }

  private static func values(
    _ codes: Codes, of model: ShapeModel, seed: UInt64
  ) throws -> [(name: String, values: [Float])] {
    switch codes {
    case .file(let path): return try read(path, of: model)
    case .number(let number):
      guard let table = model.codes else {
        return [("random code \(number)", model.randomCodes(count: number + 1, seed: seed)[number])]
      }
      guard table.entries.indices.contains(number) else {
        throw ExperimentError("\(model.path): has the codes 0 to \(table.entries.count - 1), not \(number)")
      }
      return [(table.entries[number].id, table.code(number))]
    }
  }

  private static func read(_ path: String, of model: ShapeModel) throws -> [(name: String, values: [Float])] {
    let array = try NpyFile.read(path, limit: largestFile)
    let length = model.latentSize
    guard (1...2).contains(array.shape.count), array.shape.last == length, array.count > 0 else {
      throw ExperimentError("\(path): has shape \(array.shape); \(model.path) takes codes [N, \(length)]")
    }
    let values = array.floats()
    return (0..<values.count / max(length, 1)).map { row in
      ("code \(row)", Array(values[row * length..<(row + 1) * length]))
    }
  }
}
