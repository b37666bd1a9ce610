import Testing
import Torch

@Suite("Random numbers")
struct RandomTests {
  private func draws(_ generator: Generator) -> [[Double]] {
    [
      Tensor.uniform([50], in: -1...1, generator: generator), Tensor.normal([50], generator: generator),
      Tensor.permutation(10, generator: generator), Tensor.integers([10], in: 3..<9, generator: generator),
      Tensor.ones([50]).dropout(0.5, generator: generator),
    ].map { $0.array(of: Double.self) }
  }

  @Test("a seed fixes all numbers; another seed gives others")
  func seeds() {
    #expect(draws(Generator(seed: 7)) == draws(Generator(seed: 7)))
    #expect(draws(Generator(seed: 7)) != draws(Generator(seed: 8)))
    #expect(draws(Generator(seed: .max)) == draws(Generator(seed: .max)))
  }

  @Test("a state that is restored continues the same sequence")
  func restoring() throws {
    let generator = Generator(seed: 3)
    // An odd number of normal numbers leaves one in store, which belongs to the state.
    _ = Tensor.normal([5], generator: generator)
    let state = generator.state
    let wanted = draws(generator)
    try generator.restore(state)
    #expect(draws(generator) == wanted)
    let other = Generator(seed: 1)
    try other.restore(state)
    #expect(draws(other) == wanted)
  }

  @Test("bytes that are no state are refused")
  func broken() {
    #expect(throws: TorchError.self) { try Generator(seed: 1).restore([1, 2, 3]) }
    #expect(throws: TorchError.self) { try Generator(seed: 1).restore([]) }
  }

  @Test("split generators are repeatable and unlike each other")
  func splitting() {
    let (a, b) = (Generator(seed: 1), Generator(seed: 1))
    let first = a.split(), second = a.split()
    #expect(draws(first) != draws(second))
    #expect(draws(Generator(seed: 1).split()) == draws(b.split()))
  }

  @Test("numbers have the distribution that was asked for and do not depend on the number of threads")
  func distributions() {
    let uniform = Tensor.uniform([100_000], in: 2...4, generator: Generator(seed: 1))
    #expect(uniform.min().item() >= 2 && uniform.max().item() <= 4)
    // Five standard errors of the mean: 5 * sqrt(1/3 / 100,000).
    #expect(abs(uniform.mean().item() - 3) < 0.01)
    let normal = Tensor.normal([100_000], mean: 1, standardDeviation: 2, generator: Generator(seed: 1))
    #expect(abs(normal.mean().item() - 1) < 0.04 && abs(normal.standardDeviation().item() - 2) < 0.03)
    #expect(Tensor.permutation(100, generator: Generator(seed: 1)).sort().values.array(of: Int.self) == Array(0..<100))
    let kept = Tensor.ones([100_000]).dropout(0.25, generator: Generator(seed: 1))
    #expect(Set(kept.array(of: Float.self)) == Set([Float(0), Float(4) / 3]))
    #expect(abs(kept.mean().item() - 1) < 0.01)
    let threads = Runtime.threadCount
    defer { Runtime.threadCount = threads }
    Runtime.threadCount = 1
    #expect(
      Tensor.normal([100_000], mean: 1, standardDeviation: 2, generator: Generator(seed: 1)).array(of: Float.self)
        == normal.array(of: Float.self))
    #expect(
      Tensor.ones([100_000]).dropout(0.25, generator: Generator(seed: 1)).array(of: Float.self)
        == kept.array(of: Float.self))
  }

  @Test("dropout's gradient is its mask")
  func dropoutGradient() {
    let x = random([20]).requiringGradient()
    let y = x.dropout(0.5, generator: Generator(seed: 4))
    expectClose(gradient(of: y.sum(), withRespectTo: [x])[0] * x.detached(), y.detached(), tolerance: 1e-14)
  }
}
