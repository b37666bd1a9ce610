import Foundation
import Geometry
import Models
import NN
import Randomness
import Runs
import Torch

/// A trained or imported shape decoder, ready to use.
public final class ShapeModel {
  /// The network.
  public let decoder: any ShapeDecoder
  /// What it is and what its output means.
  public let configuration: ShapeConfiguration
  /// How it was trained; nil if it was imported.
  public let training: AutodecoderConfiguration?
  /// The codes of its training shapes; nil if it has none.
  public let codes: CodeTable?
  /// The run it comes from; nil for a file of weights.
  public let run: RunDirectory?
  /// The path it was opened by.
  public let path: String

  package init(
    _ decoder: any ShapeDecoder, configuration: ShapeConfiguration, training: AutodecoderConfiguration? = nil,
    codes: CodeTable? = nil, run: RunDirectory? = nil, path: String
  ) {
    (self.decoder, self.configuration, self.training) = (decoder, configuration, training)
    (self.codes, self.run, self.path) = (codes, run, path)
  }

  /// Length of a code.
  public var latentSize: Int { decoder.latentSize }

  /// The field of a code, in distances; `precision` nil for the run's own.
  ///
  /// *Throws*: if the code has another length, or a number in it is none.
  public func field(code: [Float], precision: Precision? = nil) throws -> DecoderField {
    guard code.count == latentSize else {
      throw ExperimentError("\(path): takes codes of \(latentSize) numbers, not \(code.count)")
    }
    guard code.allSatisfy(\.isFinite) else { throw ExperimentError("a code holds a number that is not finite") }
    return DecoderField(
      decoder, code: code, field: configuration.field, precision: precision ?? configuration.precision)
  }

  /// Random codes: of the standard normal prior for a generator; for a network with codes of its own, normal with their mean and
  /// deviation, component by component.
  public func randomCodes(count: Int, seed: UInt64) -> [[Float]] {
    let normal = Tensor.normal(
      [max(count, 0), latentSize], mean: 0, standardDeviation: 1, generator: Generator(seed: seed))
    let values = normal.array(of: Float.self)
    let moments = codes?.moments()
    return (0..<max(count, 0)).map { row in
      (0..<latentSize).map { column in
        let value = values[row * latentSize + column]
        return moments.map { $0.mean[column] + $0.deviation[column] * value } ?? value
      }
    }
  }

  /// The surface of a code on the grid linspace(-1, 1, resolution)^3, closed at the border; empty if the level is not crossed.
  ///
  /// *Parameters*: `level` is a distance; nil for the run's own.
  public func surface(
    code: [Float], resolution: Int, level: Double? = nil, precision: Precision? = nil
  ) throws -> SparseSurface {
    try DecoderSurface(
      field(code: code, precision: precision), level: Float(level ?? configuration.field.level), resolution: resolution
    ).surface
  }
}
