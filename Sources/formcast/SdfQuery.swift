import ArgumentParser
import Foundation
import Geometry
import Runs
import Volumes

/// `formcast sdf query`.
struct SdfQuery: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Write the signed distances of a mesh at given points.",
    discussion: """
      P.npy has three numbers x, y, z in its last axis, D.npy the same shape without that axis, in float32. Everything is \
      in mesh units, or with --normalize in those of the unit sphere or cube.
      """)

  @Argument(help: "The mesh.")
  var mesh: String

  @Option(help: "The points, .npy [P,3].")
  var points: String

  @Option(help: "The signed distances to write, .npy [P].")
  var out: String

  @Option(help: "The nearest points of the surface to write, .npy [P,3].")
  var closest: String?

  @Option(help: "The gradients to write, .npy [P,3].")
  var gradients: String?

  @Option(help: "sphere, cube or none.")
  var normalize = MeshNormalization.none

  @OptionGroup var sign: SignOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  private var outputs: [String] { [out, closest, gradients].compactMap { $0 } }

  func validate() throws {
    for file in outputs + [points] where !file.lowercased().hasSuffix(".npy") {
      throw ValidationError("\(file): --points, --out, --closest and --gradients must end in .npy")
    }
    guard Set(outputs + [points]).count == outputs.count + 1 else {
      throw ValidationError("--points, --out, --closest and --gradients must be different files")
    }
  }

  func run() throws {
    for file in outputs { try force.requireFree(file) }
    let array = try NpyFile.read(points)
    let queries = try Self.queries(array, path: points)
    var wants: MeshDistances.Wants = []
    if closest != nil { wants.insert(.closestPoints) }
    if gradients != nil { wants.insert(.gradients) }
    let progress = ProgressMeter("query", total: queries.count, options: common.progress("points"))
    let (decision, answer) = try MeshFailure.with(mesh) { mesh in
      let placed = try PlacedDistanceField(mesh, normalize, sign: sign.sign)
      return (placed.field.sign, placed.query(queries, wants: wants) { progress.update(to: $0) })
    }
    try NpyFile.write(NpyArray(shape: Array(array.shape.dropLast()), answer.distances), to: out)
    for (path, vectors) in [(closest, answer.closestPoints), (gradients, answer.gradients)] {
      guard let path else { continue }
      let values = vectors.flatMap { [$0.x, $0.y, $0.z] }
      try NpyFile.write(NpyArray(shape: array.shape, values), to: path)
    }
    progress.finish()
    let inside = answer.distances.count { $0 < 0 }
    try common.report(
      Summary(
        out: out, points: queries.count, inside: inside, ambiguous: answer.ambiguousCount,
        sign: decision.method.rawValue, reason: decision.reason),
      text: "\(out): \(queries.count) points, \(inside) inside, sign by \(decision.method.rawValue): \(decision.reason)"
    )
  }

  private static func queries(_ array: NpyArray, path: String) throws -> [SIMD3<Double>] {
    guard array.shape.last == 3 else {
      throw VolumeError(.wrongShape, path, "has the shape \(array.shape); points have 3 numbers in the last axis")
    }
    let values = array.doubles()
    // Numbers beyond single precision would become infinite.
    guard values.allSatisfy({ abs($0) <= Double(Float.greatestFiniteMagnitude) }) else {
      throw VolumeError(.notFinite, path, "holds NaN, infinity or numbers as large; remove those points")
    }
    return (0..<values.count / 3).map { SIMD3(values[3 * $0], values[3 * $0 + 1], values[3 * $0 + 2]) }
  }

  private struct Summary: Encodable {
    var out: String
    var points, inside, ambiguous: Int
    var sign, reason: String
  }
}
