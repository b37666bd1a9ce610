import NN
import Testing
import Torch

@Suite("Initializers")
struct InitializerTests {
  private let shape = [24, 8, 3, 5, 5]
  private var fan: Fan { Fan(weightShape: shape) }

  private func draw(_ initializer: Initializer, _ seed: UInt64 = 3) -> Tensor {
    initializer.tensor(shape: shape, fan: fan, generator: Generator(seed: seed))
  }

  @Test("Fans of a convolution weight")
  func fans() {
    #expect(fan == Fan(inputs: 600, outputs: 1800))
    #expect(Fan(weightShape: [5, 3]) == Fan(inputs: 3, outputs: 5))
  }

  @Test("Constants")
  func constants() {
    #expect(draw(.zeros).abs().max().item() == 0)
    #expect(draw(.ones).min().item() == 1 && draw(.ones).max().item() == 1)
    #expect(draw(.constant(-2.5)).max().item() == -2.5)
  }

  struct Case: Sendable {
    var initializer: Initializer
    var deviation: Double
    var bound = Double.infinity
  }

  static let cases: [Case] = [
    Case(initializer: .glorotUniform, deviation: root(2, 2400), bound: root(6, 2400)),
    Case(initializer: .heUniform, deviation: root(2, 600), bound: root(6, 600)),
    Case(initializer: .heNormal, deviation: root(2, 600)),
    Case(initializer: .inverseRootUniform, deviation: root(1, 1800), bound: root(1, 600)),
    Case(initializer: .uniform(bound: 0.3), deviation: root(0.03, 1), bound: 0.3),
    Case(initializer: .normal(standardDeviation: 0.7), deviation: 0.7),
    Case(initializer: .truncatedNormal(standardDeviation: 0.5), deviation: 0.5 * 0.879626, bound: 1),
  ]

  private static func root(_ numerator: Double, _ denominator: Double) -> Double {
    (numerator / denominator).squareRoot()
  }

  /// 14,400 draws: the deviation of a sample deviation is about 0.6 % of it, of a mean 0.8 %.
  @Test("Random ones have the published mean, deviation and range", arguments: cases)
  func moments(_ item: Case) {
    let (initializer, deviation, bound) = (item.initializer, item.deviation, item.bound)
    let values = draw(initializer)
    #expect(values.shape == shape && values.dtype == .float32)
    #expect(abs(values.mean().item()) < 0.04 * deviation)
    #expect(abs(values.standardDeviation().item() / deviation - 1) < 0.03)
    #expect(values.abs().max().item() <= bound * 1.000001)
    if bound.isFinite { #expect(values.abs().max().item() > 0.99 * bound) }
    #expect(draw(initializer).array(of: Float.self) == values.array(of: Float.self))
    #expect(draw(initializer, 4).array(of: Float.self) != values.array(of: Float.self))
  }

  @Test(
    "Orthogonal ones are orthogonal in Keras' flattening",
    arguments: [[4, 3, 2, 2, 2], [16, 1, 2, 1, 2], [6, 6], [3, 7], [7, 3]])
  func orthogonal(shape: [Int]) {
    let value = Initializer.orthogonal(gain: 2).tensor(
      shape: shape, fan: Fan(weightShape: shape), generator: Generator(seed: 8))
    #expect(value.shape == shape)
    let rest = shape.dropFirst().reduce(1, *)
    let matrix = value.reshaped([shape[0], rest]).to(dtype: .float64)
    let product = shape[0] <= rest ? matrix.matmul(matrix.transposed(0, 1)) : matrix.transposed(0, 1).matmul(matrix)
    // Single-precision QR; the gain enters squared.
    expectClose(product, Tensor.eye(min(shape[0], rest), dtype: .float64) * 4, 1e-6)
  }

  @Test("Orthogonal ones favour no sign: the mean of many first entries is near zero")
  func uniformSigns() {
    let generator = Generator(seed: 10)
    let corners = (0..<400).map { _ in
      Initializer.orthogonal(gain: 1).tensor(shape: [2, 2], fan: Fan(inputs: 2, outputs: 2), generator: generator)
        .array(of: Double.self)[0]
    }
    // The entry is the cosine of a uniform angle: deviation 0.71, of this mean 0.035. LAPACK's own sign would give
    // -0.64.
    #expect(abs(corners.reduce(0, +) / 400) < 0.14)
  }

  @Test("An orthogonal vector traps")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      _ = Initializer.orthogonal(gain: 1).tensor(
        shape: [3], fan: Fan(inputs: 1, outputs: 3), generator: Generator(seed: 1))
    }
  }
}
