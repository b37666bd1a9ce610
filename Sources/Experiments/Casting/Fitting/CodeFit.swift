import Foundation
import Geometry
import Models
import NN
import Torch

/// Finds the code of a shape of which distances are known at some points: Adam on the code, the network stays as it is.
///
/// Equal observations, options and names give equal codes, whatever was fitted before.
///
/// *Reference*: Park et al., "DeepSDF", 2019, arXiv:1901.05103. Differs: several starts may race, and
/// the trained codes that fit best are among them.
public struct CodeFit {
  /// A code and how it was found.
  public struct Result: Sendable {
    /// The code, [L].
    public var code: [Float]
    /// How it was found.
    public var report: CodeFitReport
  }

  let model: ShapeModel
  let options: CodeFitOptions
  private let level, clamp: Double
  private let precision: Precision

  /// A fit with a model; `level` is the distance at which its surface is taken, nil for the run's own.
  ///
  /// *Throws*: `ExperimentError` for a model of a single shape, options that cannot be, or a level beyond clip or clamp.
  public init(_ model: ShapeModel, options: CodeFitOptions = .init(), level: Double? = nil) throws {
    try options.validate()
    guard model.latentSize > 0 else {
      throw ExperimentError(
        "\(model.path): a network of a single shape has no code to fit, so it can reconstruct nothing; use a run of many shapes"
      )
    }
    (self.model, self.options) = (model, options)
    self.level = level ?? model.configuration.field.level
    clamp = options.clamp ?? model.configuration.field.clip ?? 0.1
    precision = options.precision ?? model.configuration.precision
    try checkLevel()
  }

  /// Beyond the clip nothing was learned, and beyond the clamp every target would be the same.
  private func checkLevel() throws {
    let limit = min(model.configuration.field.clip ?? .infinity, clamp)
    guard level.isFinite, abs(level) < limit else {
      throw ExperimentError(
        "level \(level) cannot be fitted: it must lie between -\(limit) and \(limit), where \(model.path) was trained and"
          + " distances are not clamped")
    }
  }

  /// Fits a code; `name` is that of the shape, and `progress` is told each step and its loss now and then.
  ///
  /// *Throws*: `ExperimentError` if the loss is no number.
  public func callAsFunction(
    _ observations: Observations, name: String, progress: (Int, Double?) -> Void = { _, _ in }
  ) throws -> Result {
    let clock = ContinuousClock.now
    let seed = ShapeSeed.seed(options.seed, for: name)
    let table = FitTable(observations, level: level, clamp: clamp, device: device)
    let starts = startingCodes(table, seed: seed)
    var (race, codes) = (Race(starts.map(\.origin)), starts.map(\.code))
    let sampler = FitSampler(table, generator: Generator(seed: seed, device: .cpu))
    let judged = table.judged(options.judgedCount, seed: seed)
    var chosen = 0
    var curve: [CodeFitReport.Point] = []
    let split = options.starts > 1 ? Int((Double(options.steps) * options.raceShare).rounded()) : 0
    for part in [0..<split, split..<options.steps] where !part.isEmpty {
      let isRace = part.lowerBound < split && split < options.steps
      let count = isRace ? max(1, options.samplesPerStep / options.starts) : options.samplesPerStep
      codes = try optimized(codes, steps: part, sampler: sampler, samples: count, curve: &curve, progress: progress)
      let indices = codes.count < options.starts ? [chosen] : Array(codes.indices)
      for (code, index) in zip(codes, indices) {
        (race.losses[index], race.steps[index]) = (try loss(of: code, on: judged), part.upperBound)
      }
      chosen = indices.min { (race.losses[$0], $0) < (race.losses[$1], $1) } ?? 0
      codes = [codes[codes.count == 1 ? 0 : chosen]]
    }
    let report = self.report(codes[0], race, chosen, table, curve, seconds: clock.duration(to: .now).inSeconds)
    return Result(code: codes[0], report: report)
  }

  /// The codes that are tried, and how they fare.
  struct Race {
    var origins: [String]
    var steps: [Int]
    var losses: [Double]

    /// Nothing is known yet of codes from these places.
    init(_ origins: [String]) {
      self.origins = origins
      (steps, losses) = (origins.map { _ in 0 }, origins.map { _ in .infinity })
    }
  }

  var device: Device { model.decoder.layers()[0].bias.device }

  /// Adam on several codes at once; none influences another.
  private func optimized(
    _ start: [[Float]], steps: Range<Int>, sampler: FitSampler, samples: Int, curve: inout [CodeFitReport.Point],
    progress: (Int, Double?) -> Void
  ) throws -> [[Float]] {
    let size = model.latentSize
    let table = Parameter(Tensor(start.flatMap(\.self), shape: [start.count, size], device: device))
    let optimizer = Adam([("codes", table)], learningRate: options.learningRate)
    let interval = max(1, options.steps / 40)
    for step in steps {
      let isLate = Double(step) >= options.dropAt * Double(options.steps)
      optimizer.learningRate = isLate ? options.learningRate / options.dropFactor : options.learningRate
      let losses = self.losses(of: table.value, on: sampler.draw(samples))
      optimizer.step(gradients: gradient(of: losses.sum(), withRespectTo: [table.value]))
      guard step % interval == 0 || step == steps.upperBound - 1 else {
        progress(step + 1, nil)
        continue
      }
      let best = losses.min().item()
      guard best.isFinite else {
        throw ExperimentError("the loss of the fit is no number at step \(step + 1); try a lower learning rate")
      }
      curve.append(.init(step: step + 1, loss: best))
      progress(step + 1, best)
    }
    let values = table.value.array(of: Float.self)
    return start.indices.map { Array(values[$0 * size..<($0 + 1) * size]) }
  }

  /// The loss of each code [S] on the same points.
  func losses(of codes: Tensor, on batch: FitTable.Batch) -> Tensor {
    let (starts, count) = (codes.shape[0], batch.points.shape[0])
    let points = batch.points.unsqueezed(0).expanded([starts, count, 3]).reshaped([starts * count, 3])
    let values = model.decoder.distances(at: points, codes: .grouped(codes), precision: precision)
      .reshaped([starts, count])
    let scale = model.configuration.field.scale
    let distances = (scale == 1 ? values : values * scale).clamped(min: -clamp, max: clamp)
    return batch.excess(of: distances).mean(1) + codes.squared().mean(1) * options.codePenalty
  }

  /// The mean error of a code on points, each group by its share, without penalty.
  private func loss(of code: [Float], on judged: [(share: Double, batch: FitTable.Batch)]) throws -> Double {
    let folded = folded(code)
    let loss = judged.reduce(0.0) { sum, part in
      let distances = self.distances(folded, at: part.batch).clamped(min: -clamp, max: clamp)
      return sum + part.share * part.batch.excess(of: distances).mean().item()
    }
    guard loss.isFinite else { throw ExperimentError("the fitted code gives distances that are no numbers") }
    return loss
  }

  private func folded(_ code: [Float]) -> FoldedDecoder {
    model.decoder.folded(code: Tensor(code, shape: [code.count], device: device), precision: precision)
  }

  private func distances(_ folded: FoldedDecoder, at batch: FitTable.Batch) -> Tensor {
    folded.distances(at: batch.points) * model.configuration.field.scale
  }

  private func report(
    _ code: [Float], _ race: Race, _ chosen: Int, _ table: FitTable, _ curve: [CodeFitReport.Point], seconds: Double
  ) -> CodeFitReport {
    var (errors, counts): ([String: Double], [String: Int]) = ([:], [:])
    let folded = folded(code)
    for (name, batch) in table.groups(atMost: options.judgedCount) {
      errors[name] = batch.excess(of: distances(folded, at: batch)).mean().item()
      counts[name] = table.counts[name]
    }
    let starts = race.origins.indices.map {
      CodeFitReport.Start(origin: race.origins[$0], loss: race.losses[$0], steps: race.steps[$0])
    }
    let norm = code.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    return CodeFitReport(
      options: options, clamp: clamp, level: level, starts: starts, chosen: chosen, loss: race.losses[chosen],
      groupErrors: errors, groupCounts: counts, codeNorm: norm, curve: curve, seconds: seconds)
  }
}

extension Duration {
  /// As a number.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
