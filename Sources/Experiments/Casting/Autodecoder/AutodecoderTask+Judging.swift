import Foundation
import Geometry
import Models
import NN
import Randomness
import Torch
import Training

extension AutodecoderTask {
  /// Points on which training shapes are judged, and how many go through the network at once.
  private static let judgedPoints = (count: 65_536, tile: 16_384)

  /// Samples of a held-out shape on which its code is fitted and judged.
  private static let fittedSamples = 16_384

  /// The error of clipped distances on a fixed draw of the training shapes, and the share of wrong signs.
  func evaluate() throws -> EvaluationReport {
    var metrics = try judge()
    metrics["l1_held_out"] = try heldOutError()
    if let codes {
      metrics["code_norm"] = withoutGradient { codes.table.value.norm([1]).mean().item() }
    }
    return EvaluationReport(metrics)
  }

  /// The error of clipped distances on held-out shapes, after a short fit of their codes: a hundred steps of a thousand samples.
  private func heldOutError() throws -> Double? {
    guard let pool = data.heldOut else { return nil }
    let model = ShapeModel(judged, configuration: configuration.shape, path: configuration.recipe)
    var options = CodeFitOptions()
    (options.steps, options.samplesPerStep, options.judgedCount) = (100, 1024, Self.fittedSamples)
    options.seed = configuration.seed
    let fit = try CodeFit(model, options: options)
    let count = min(configuration.training.validationShapes, pool.entries.count)
    let errors = try (0..<count).map { index in
      let (samples, name) = (pool.samples(of: index, limit: Self.fittedSamples), pool.entries[index].id)
      let observations = try Observations(points: samples.points, distances: samples.distances, name: name)
      return try fit(observations, name: name).report.loss
    }
    return errors.reduce(0, +) / Double(count)
  }

  private func judge() throws -> [String: Double] {
    let loss = AutodecoderLoss(configuration: configuration)
    var draws = SeededGenerator(seed: configuration.seed, stream: 0)
    var (error, wrong, count) = (0.0, 0.0, 0)
    while count < Self.judgedPoints.count {
      let drawn = data.training.batch(pointCount: Self.judgedPoints.tile, generator: &draws)
      let batch = AutodecoderLoss.Batch(
        drawn, shapeCount: codes == nil ? nil : data.training.entries.count, device: device)
      withoutGradient {
        let assignment =
          codes.flatMap { codes in batch.owners.map { DecoderCodes.owned(codes.table.value, owners: $0) } } ?? .none
        let output = judged.distances(at: batch.points, codes: assignment, precision: configuration.precision)
        error += loss.absoluteError(output, batch.distances).sum().item()
        wrong += (output * batch.distances).less(than: 0).to(dtype: .float32).sum().item()
      }
      count += drawn.distances.count
    }
    try Finiteness.require(error, "the error of distances")
    return ["l1": error / Double(count), "wrong_signs": wrong / Double(count)]
  }

  /// Surfaces of the first shapes, as they are now.
  func writeSamples(step: Int, to folder: URL) throws -> [String] {
    let count = min(configuration.training.samples, data.training.entries.count)
    let table = codes?.table.value.array(of: Float.self) ?? []
    let length = configuration.model.latentSize
    return try (0..<count).compactMap { index in
      let field = DecoderField(
        judged, code: Array(table[index * length..<(index + 1) * length]), field: configuration.field,
        precision: configuration.precision)
      let mesh = try DecoderSurface(field, level: Float(configuration.field.level), resolution: 64).surface.mesh
      guard !mesh.faces.isEmpty else { return nil }
      let id = data.training.entries[index].id.replacingOccurrences(of: "/", with: "_")
      let name = "\(id)_step_\(String(format: "%09d", step)).stl"
      try mesh.write(to: folder.appending(path: name))
      return name
    }
  }
}
