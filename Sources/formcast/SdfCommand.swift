import ArgumentParser
import Experiments
import Foundation
import Geometry

/// `formcast sdf`.
struct Sdf: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Signed distances of meshes, negative inside: samples, grids, single points, whole folders.",
    subcommands: [SdfSample.self, SdfGrid.self, SdfQuery.self, SdfVoxels.self, SdfCheck.self, SdfPrepare.self])
}

extension SignMethod: ExpressibleByArgument {}
extension MeshNormalization: ExpressibleByArgument {}
extension SamplePreset: ExpressibleByArgument {}
extension SampleRegion: ExpressibleByArgument {}

/// How inside and outside are told apart.
struct SignOption: ParsableArguments {
  @Option(help: "How inside and outside are told apart: auto, winding, visibility, normal or parity.")
  var sign = SignMethod.auto
}

/// What cannot be done with a mesh, with its file.
struct MeshFailure: Error, CustomStringConvertible {
  let description: String

  init(_ path: String, _ error: any Error) {
    let text = "\(error)"
    let isNamed = text.contains(URL(fileURLWithPath: path).lastPathComponent)
    description = isNamed ? text : "\(path): \(text)"
  }

  /// Does something with the mesh of a file; errors say which.
  static func with<Result>(_ path: String, _ body: (Mesh) throws -> Result) throws -> Result {
    do {
      return try body(try Mesh(contentsOf: URL(fileURLWithPath: path)))
    } catch let error where error is MeshFailure || !isAboutMesh(error) {
      throw error
    } catch {
      throw MeshFailure(path, error)
    }
  }

  /// A mesh of which samples can be drawn.
  static func sampled(_ path: String) throws -> Mesh {
    try with(path) { mesh in
      _ = try SurfaceSampler(mesh)
      return mesh
    }
  }

  private static func isAboutMesh(_ error: any Error) -> Bool {
    error is MeshError || error is MeshFileError || error is SamplingError || error is SurfaceSamplingError
  }
}
