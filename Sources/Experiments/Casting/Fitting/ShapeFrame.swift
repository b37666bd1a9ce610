import Foundation
import Geometry
import Volumes

/// How the frame of a model, in which shapes lie between -1 and 1, lies in the units of an input: a turn (or mirroring),
/// one scale for all axes and a shift, `outer = matrix * inner`. So distances are distances in both.
public struct ShapeFrame: Sendable, Equatable, Codable {
  /// The 4x4 matrix from model to input, row by row, [16].
  public let matrix: [Double]
  /// The length of a unit of the model in units of the input.
  public let scale: Double

  /// Both frames are one.
  public static let identity = ShapeFrame(UnitFrame.identity)

  /// A scale and a shift.
  public init(_ frame: UnitFrame) { (matrix, scale) = (frame.matrix, frame.unitLength) }

  /// A frame from the 16 numbers of its matrix; `name` appears in errors.
  ///
  /// *Throws*: `ExperimentError` unless the matrix turns, scales all axes alike and shifts.
  public init(matrix: [Double], name: String) throws {
    guard matrix.count == 16, matrix.allSatisfy(\.isFinite), Array(matrix[12...]) == [0, 0, 0, 1] else {
      throw ExperimentError("\(name): a transform is 4x4 finite numbers with the last row 0 0 0 1")
    }
    let columns = (0..<3).map { SIMD3(matrix[$0], matrix[4 + $0], matrix[8 + $0]) }
    let squares = columns.map { ($0 * $0).sum() }
    let square = squares.reduce(0, +) / 3
    let skew = [(0, 1), (0, 2), (1, 2)].map { abs((columns[$0] * columns[$1]).sum()) }
    guard square > 0, square.isFinite, squares.allSatisfy({ abs($0 - square) <= 1e-4 * square }),
      skew.allSatisfy({ $0 <= 1e-4 * square })
    else {
      throw ExperimentError(
        "\(name): scales axes unlike or shears them, so distances mean nothing; use a turn, one scale and a shift")
    }
    (self.matrix, scale) = (matrix, square.squareRoot())
  }

  /// A frame from a 4x4 .npy file.
  public init(contentsOf path: String) throws {
    let array = try NpyFile.read(path)
    guard array.shape == [4, 4] else {
      throw ExperimentError("\(path): has the shape \(array.shape); a transform is 4x4")
    }
    try self.init(matrix: array.doubles(), name: path)
  }

  /// From model to input.
  public func outer(_ point: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(row(0, point) + matrix[3], row(1, point) + matrix[7], row(2, point) + matrix[11])
  }

  /// From input to model.
  public func inner(_ point: SIMD3<Double>) -> SIMD3<Double> {
    turnedBack(point - SIMD3(matrix[3], matrix[7], matrix[11])) / scale
  }

  /// A direction of the input in the model.
  public func innerDirection(_ direction: SIMD3<Double>) -> SIMD3<Double> { turnedBack(direction) }

  /// The map from model to input for meshes.
  public var toInput: GridFrame {
    GridFrame(rows: (0..<3).map { SIMD4(matrix[4 * $0], matrix[4 * $0 + 1], matrix[4 * $0 + 2], matrix[4 * $0 + 3]) })
  }

  /// The map from input to model for meshes.
  public var toModel: GridFrame {
    let origin = inner(.zero)
    return GridFrame(
      rows: (0..<3).map { axis in
        let row = (0..<3).map { matrix[4 * $0 + axis] / (scale * scale) }
        return SIMD4(row[0], row[1], row[2], origin[axis])
      })
  }

  private func row(_ index: Int, _ point: SIMD3<Double>) -> Double {
    matrix[4 * index] * point.x + matrix[4 * index + 1] * point.y + matrix[4 * index + 2] * point.z
  }

  /// The transposed turn: without scale.
  private func turnedBack(_ vector: SIMD3<Double>) -> SIMD3<Double> {
    func along(_ axis: Int) -> Double {
      matrix[axis] * vector.x + matrix[4 + axis] * vector.y + matrix[8 + axis] * vector.z
    }
    return SIMD3(along(0), along(1), along(2)) / scale
  }
}
