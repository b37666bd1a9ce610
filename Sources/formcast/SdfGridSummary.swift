import Foundation
import Geometry
import Volumes

/// What `formcast sdf grid` tells and writes beside the grid.
struct SdfGridSummary: Encodable {
  /// What the user asked for.
  struct Request {
    var out, frame, mesh: String
    var normalize: MeshNormalization
  }

  var out, frame, mesh, normalize, sign, reason: String
  var order = "x,y,z"
  var shape: [Int]
  /// Position of the first sample, and steps along x, y, z.
  var origin, spacing: [Double]
  /// 4x4, from the grid's space to mesh units.
  var transform: [[Double]]
  var insideShare, ambiguousShare: Double

  init(
    _ request: Request, _ placed: PlacedDistanceField, _ result: DistanceGridSampler.Result, written grid: ScalarGrid
  ) {
    (out, frame, mesh, normalize) = (request.out, request.frame, request.mesh, request.normalize.rawValue)
    (sign, reason) = (placed.field.sign.method.rawValue, placed.field.sign.reason)
    shape = [grid.shape.depth, grid.shape.height, grid.shape.width]
    let start = grid.frame.origin
    origin = (0..<3).map { start[$0] }
    spacing = (0..<3).map { grid.frame.step($0)[$0] }
    let matrix = placed.toMesh.matrix
    transform = (0..<4).map { Array(matrix[4 * $0..<4 * $0 + 4]) }
    let count = Double(result.grid.values.count)
    insideShare = Double(result.grid.values.count { $0 < 0 }) / count
    ambiguousShare = Double(result.ambiguousCount) / count
  }

  var text: String {
    let size = shape.map(String.init).joined(separator: " x ")
    return "\(out): \(size), first sample at \(origin), spacing \(spacing), sign by \(sign): \(reason)"
  }
}

/// Where the samples of a grid lie, from the file that `sdf grid` writes beside it.
struct SdfGridFrame: Decodable {
  private var order: String
  private var shape: [Int]
  private var origin, spacing: [Double]

  /// Nil if there is no such file, or one of something else.
  init?(beside grid: String) throws {
    let url = URL(fileURLWithPath: grid).deletingPathExtension().appendingPathExtension("json")
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    guard let frame = try Self.decoded(from: url), frame.isSound else { return nil }
    guard try NpyFile.header(of: grid).shape == frame.shape else {
      throw VolumeError(
        .wrongShape, grid, "is not the grid that \(url.lastPathComponent) describes; remove one of them")
    }
    self = frame
  }

  private static func decoded(from url: URL) throws -> SdfGridFrame? {
    do {
      return try JSONDecoder().decode(SdfGridFrame.self, from: Foundation.Data(contentsOf: url))
    } catch is DecodingError {
      return nil
    }
  }

  private var isSound: Bool {
    order == "x,y,z" && origin.count == 3 && spacing.count == 3 && (origin + spacing).allSatisfy(\.isFinite)
      && spacing.allSatisfy { $0 > 0 }
  }

  /// The affine map from indices to positions.
  var rows: [SIMD4<Double>] {
    (0..<3).map { axis in
      var row = SIMD4<Double>(0, 0, 0, origin[axis])
      row[axis] = spacing[axis]
      return row
    }
  }
}
