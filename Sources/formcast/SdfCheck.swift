import ArgumentParser
import Experiments
import Foundation
import Geometry
import Runs

/// `formcast sdf check`.
struct SdfCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what is wrong with meshes, and how sure their signed distances are.",
    discussion: """
      A mesh is doubtful if one of the published tests for bad meshes objects: too few points inside, distances that \
      jump, or backs of faces in sight. It can be used all the same: look at a slice (formcast render MESH --slice x=50%) \
      to see whether inside is where you expect it. Doubtful meshes leave the exit code 0; those that cannot be read or \
      have no surface make it 1.
      """)

  @Argument(help: "Mesh files.")
  var meshes: [String]

  @Option(help: "Points to test with.")
  var points = 20_000

  @OptionGroup var sign: SignOption
  @OptionGroup var seed: SeedOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (100...10_000_000).contains(points) else { throw ValidationError("--points must be 100 to 10000000") }
  }

  func run() throws {
    var failures: [String] = [], checks: [ShapeCheck] = []
    let progress = ProgressMeter("check", total: meshes.count, options: common.progress("meshes"))
    for path in meshes {
      do {
        checks.append(
          try MeshFailure.with(path) {
            try ShapeCheck($0, name: path, sign: sign.sign, pointCount: points, seed: seed.seed)
          })
      } catch let error as MeshFailure {
        failures.append("\(error)")
      }
      progress.advance()
    }
    if !checks.isEmpty {
      progress.finish()
      try common.report(
        Summary(meshes: checks, failures: failures), text: ShapeCheck.table(checks).joined(separator: "\n"))
    }
    if let failed = FailedFiles(failures, of: meshes.count) { throw failed }
  }

  private struct Summary: Encodable {
    var meshes: [ShapeCheck]
    var failures: [String]
  }
}
