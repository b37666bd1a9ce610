import Foundation
import Randomness

/// A map of codes in the plane that keeps neighbours together: t-distributed stochastic neighbour embedding.
///
/// The result depends on the seed, never on the number of threads.
///
/// *Reference*: van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 9, 2008; van der Maaten, JMLR 15, 2014
/// (the tree); Kobak and Berens, 2019, doi:10.1038/s41467-019-13056-x (beginning and learning rate).
public struct TSNE: Sendable {
  /// How the map is made.
  public struct Options: Sendable, Equatable {
    /// Neighbours that each code is held near to, roughly; lessened to a third of the other codes where there are few.
    public var perplexity = 30.0
    /// How much stronger attraction is at first, so that groups form.
    public var exaggeration = 12.0
    /// Steps with that.
    public var exaggeratedIterationCount = 250
    /// Steps in all.
    public var iterationCount = 1000
    /// Factor of the gradient; nil for the number of codes over 12, divided by 4 since the gradient here has its factor
    /// of 4, and at least 50.
    public var learningRate: Double?
    /// Far points are taken together within this angle, at most 0.7.
    public var angle = 0.5
    /// Up to as many codes all pairs are looked at one by one.
    public var exactLimit = 1500
    /// Where the points are at first.
    public var start = Start.principalComponents
    /// Seed of what is random.
    public var seed: UInt64 = 1
    /// At most as many threads; nil for all processors.
    public var threadCount: Int?

    /// The usual values.
    public init() {}
  }

  /// Where the points are at first.
  public enum Start: String, Sendable, Codable, CaseIterable {
    /// Along the two directions of most variance, so that the map's large parts lie as the codes do.
    case principalComponents = "pca"
    /// At random.
    case random
  }

  /// The points, one for each code, around the origin.
  public let points: [SIMD2<Double>]
  /// The Kullback-Leibler divergence that is left, over all pairs.
  public let divergence: Double
  /// The perplexity that was used.
  public let perplexity: Double
  /// Whether all pairs were looked at in every step.
  public let isExact: Bool

  /// Makes a map.
  ///
  /// *Parameters*: `progress` is told the steps done, now and then, and stops the work by throwing.
  ///
  /// *Throws*: `LatentSpaceError` if codes or options do not make sense, and what `progress` throws.
  public init(
    _ codes: [[Float]], options: Options = Options(), progress: (_ done: Int) throws -> Void = { _ in }
  ) throws {
    try options.check()
    _ = try LatentSpaceError.check(codes)
    isExact = codes.count <= options.exactLimit
    perplexity = Self.perplexity(options.perplexity, codeCount: codes.count)
    guard codes.count > 1 else {
      (points, divergence) = (codes.map { _ in SIMD2() }, 0)
      return
    }
    let forces = try MapForces(of: codes, isExact: isExact, options: options)
    var layout = Layout(points: try Self.start(codes, options: options), options: options)
    for iteration in 0..<options.iterationCount {
      layout.step(forces, iteration: iteration)
      if (iteration + 1) % 10 == 0 { try progress(iteration + 1) }
    }
    points = layout.centered
    guard points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
      throw LatentSpaceError("the map ran away: its numbers are no longer finite; choose a lower learning rate")
    }
    divergence = forces.divergence(at: points)
  }

  /// A third of the other codes, so that three times as many neighbours can be looked at.
  static func perplexity(_ wanted: Double, codeCount: Int) -> Double {
    max(1, min(wanted, Double(codeCount - 1) / 3))
  }

  private static func start(_ codes: [[Float]], options: Options) throws -> [SIMD2<Double>] {
    var generator = SeededGenerator(seed: options.seed)
    let noise = codes.map { _ in SIMD2(generator.gaussian(), generator.gaussian()) * 1e-4 }
    guard options.start == .principalComponents else { return noise }
    let components = try PrincipalComponents(codes)
    let deviation = (components.variances.first ?? 0).squareRoot()
    guard deviation > 0 else { return noise }
    // A little noise parts codes that are equal.
    return zip(codes, noise).map { components.point(of: $0) * (1e-4 / deviation) + $1 * 1e-3 }
  }
}

extension TSNE.Options {
  func check() throws(LatentSpaceError) {
    guard perplexity >= 1, perplexity.isFinite else {
      throw LatentSpaceError("the perplexity must be at least 1, not \(perplexity)")
    }
    guard (0.05...0.7).contains(angle) else { throw LatentSpaceError("the angle must be in 0.05...0.7, not \(angle)") }
    guard exaggeration >= 1, exaggeration.isFinite else {
      throw LatentSpaceError("the exaggeration must be at least 1, not \(exaggeration)")
    }
    guard (learningRate ?? 1) > 0, (learningRate ?? 1).isFinite else {
      throw LatentSpaceError("the learning rate must be above 0")
    }
    guard iterationCount >= 0, exaggeratedIterationCount >= 0 else {
      throw LatentSpaceError("a number of steps cannot be negative")
    }
  }

  func learningRate(codeCount: Int) -> Double {
    learningRate ?? max(Double(codeCount) / exaggeration / 4, 50)
  }
}

/// Points on their way: gradient steps with momentum and a gain for each coordinate.
private struct Layout {
  var points: [SIMD2<Double>]
  private var velocities: [SIMD2<Double>]
  private var gains: [SIMD2<Double>]
  private let options: TSNE.Options
  private let rate: Double

  init(points: [SIMD2<Double>], options: TSNE.Options) {
    (self.points, self.options) = (points, options)
    velocities = points.map { _ in SIMD2() }
    gains = points.map { _ in SIMD2(repeating: 1) }
    rate = options.learningRate(codeCount: points.count)
  }

  mutating func step(_ forces: MapForces, iteration: Int) {
    let isEarly = iteration < options.exaggeratedIterationCount
    let gradient = forces.gradient(at: points, exaggeration: isEarly ? options.exaggeration : 1)
    let momentum = isEarly ? 0.5 : 0.8
    for index in points.indices {
      // Downhill as before: a longer step next time; uphill: a shorter one.
      let isSlowing = velocities[index] * gradient[index] .> SIMD2()
      gains[index] = (gains[index] + 0.2).replacing(with: gains[index] * 0.8, where: isSlowing)
      gains[index] = pointwiseMax(gains[index], SIMD2(repeating: 0.01))
      velocities[index] = momentum * velocities[index] - rate * gains[index] * gradient[index]
      points[index] += velocities[index]
    }
  }

  var centered: [SIMD2<Double>] {
    let mean = points.reduce(SIMD2(), +) / Double(max(1, points.count))
    return points.map { $0 - mean }
  }
}

extension SeededGenerator {
  /// A number of the standard normal distribution, by Box and Muller.
  mutating func gaussian() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
