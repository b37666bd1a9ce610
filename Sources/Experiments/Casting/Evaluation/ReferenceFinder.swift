import Foundation
import Geometry

/// Finds the surface of a shape whose samples are given: a mesh beside the file, the mesh that it was sampled from, or
/// else the zero level of the samples themselves.
struct ReferenceFinder {
  /// The folder of the samples.
  let folder: String
  /// The folder of the meshes that were sampled; nil if the user does not name one.
  let meshes: String?
  /// The recorded paths of the meshes in that folder, by id.
  private let recorded: [String: String]

  /// The extensions that are looked for, in this order.
  static let extensions = ["stl", "obj", "ply", "off", "glb"]

  init(folder: String, meshes: String?) throws {
    (self.folder, self.meshes) = (folder, meshes)
    recorded = try Self.recorded(in: SampleFolder.root(of: folder))
  }

  /// The surface of a shape in the frame of its samples.
  ///
  /// *Throws*: errors that name the file.
  func reference(of id: String, samples path: String, count: Int) throws -> ReferenceSurface {
    let file = try SampleFile(contentsOf: path)
    guard let mesh = mesh(of: id, samples: path) else {
      return try ReferenceSurface(samplesOf: file, count: count, name: path)
    }
    return .mesh(try MeshInput.faces(of: mesh).transformed(by: file.frame.toModel))
  }

  /// The path of the mesh of a shape, if there is one.
  func mesh(of id: String, samples path: String) -> String? {
    let stem = (path as NSString).deletingPathExtension
    var candidates = Self.extensions.map { "\(stem).\($0)" }
    if let meshes {
      if let source = recorded[id] { candidates.append("\(meshes)/\(source)") }
      candidates += Self.extensions.map { "\(meshes)/\(id).\($0)" }
    }
    return candidates.first { FileManager.default.fileExists(atPath: $0) }
  }

  private struct Line: Decodable {
    var id, source: String
  }

  /// What the manifest of a prepared folder says of the meshes.
  private static func recorded(in folder: String) throws -> [String: String] {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(ShapeManifest.fileName)") else { return [:] }
    // What stands behind the last line end is not finished.
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast()
    var result: [String: String] = [:]
    for (index, line) in lines.enumerated() {
      do {
        let entry = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        result[entry.id] = entry.source
      } catch {
        throw ExperimentError(
          "\(folder)/\(ShapeManifest.fileName): line \(index + 1) is no record of a shape; prepare the folder again")
      }
    }
    return result
  }
}
