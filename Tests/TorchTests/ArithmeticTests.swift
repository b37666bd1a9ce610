import Foundation
import Testing
import Torch

@Suite("Arithmetic equals Swift's")
struct ArithmeticTests {
  struct Unary: Sendable, CustomTestStringConvertible {
    let name: String
    let tensor: @Sendable (Tensor) -> Tensor
    let number: @Sendable (Double) -> Double
    var testDescription: String { name }
  }

  static let unary: [Unary] = [
    Unary(name: "negation", tensor: { -$0 }, number: { -$0 }),
    Unary(name: "exp", tensor: { $0.exp() }, number: { Foundation.exp($0) }),
    Unary(name: "expm1", tensor: { $0.expm1() }, number: { Foundation.expm1($0) }),
    Unary(name: "log of magnitude", tensor: { $0.abs().log() }, number: { Foundation.log(Swift.abs($0)) }),
    Unary(name: "log1p of square", tensor: { $0.squared().log1p() }, number: { Foundation.log1p($0 * $0) }),
    Unary(name: "log2 of magnitude", tensor: { $0.abs().log2() }, number: { Foundation.log2(Swift.abs($0)) }),
    Unary(name: "sqrt of magnitude", tensor: { $0.abs().sqrt() }, number: { Swift.abs($0).squareRoot() }),
    Unary(name: "rsqrt of magnitude", tensor: { $0.abs().rsqrt() }, number: { 1 / Swift.abs($0).squareRoot() }),
    Unary(name: "reciprocal", tensor: { $0.reciprocal() }, number: { 1 / $0 }),
    Unary(name: "sign", tensor: { $0.sign() }, number: { $0 > 0 ? 1 : -1 }),
    Unary(name: "floor", tensor: { $0.floor() }, number: { Foundation.floor($0) }),
    Unary(name: "ceil", tensor: { $0.ceil() }, number: { Foundation.ceil($0) }),
    Unary(name: "round", tensor: { $0.round() }, number: { $0.rounded(.toNearestOrEven) }),
    Unary(name: "truncated", tensor: { $0.truncated() }, number: { Foundation.trunc($0) }),
    Unary(name: "sin", tensor: { $0.sin() }, number: { Foundation.sin($0) }),
    Unary(name: "cos", tensor: { $0.cos() }, number: { Foundation.cos($0) }),
    Unary(name: "tan", tensor: { $0.tan() }, number: { Foundation.tan($0) }),
    Unary(name: "atan", tensor: { $0.atan() }, number: { Foundation.atan($0) }),
    Unary(name: "erf", tensor: { $0.erf() }, number: { Foundation.erf($0) }),
    Unary(name: "clamped", tensor: { $0.clamped(min: -0.5, max: 1) }, number: { Swift.min(Swift.max($0, -0.5), 1) }),
    Unary(name: "clamped below", tensor: { $0.clamped(min: 0) }, number: { Swift.max($0, 0) }),
    Unary(name: "pow 3", tensor: { $0.pow(3) }, number: { $0 * $0 * $0 }),
    Unary(name: "remainder", tensor: { $0.remainder(0.75) }, number: { $0 - 0.75 * Foundation.floor($0 / 0.75) }),
    Unary(name: "scalars right", tensor: { ($0 + 2) * 3 - 1 }, number: { ($0 + 2) * 3 - 1 }),
    Unary(name: "scalars left", tensor: { 1 - 2 / (3 * $0) + 4 }, number: { 1 - 2 / (3 * $0) + 4 }),
    Unary(name: "quotient", tensor: { $0 / 7 }, number: { $0 / 7 }),
    Unary(name: "relu", tensor: { $0.relu() }, number: { Swift.max($0, 0) }),
    Unary(name: "leakyReLU", tensor: { $0.leakyReLU(0.2) }, number: { $0 > 0 ? $0 : 0.2 * $0 }),
    Unary(name: "elu", tensor: { $0.elu(1.5) }, number: { $0 > 0 ? $0 : 1.5 * Foundation.expm1($0) }),
    Unary(name: "gelu", tensor: { $0.gelu() }, number: { $0 * 0.5 * (1 + Foundation.erf($0 / 2.squareRoot())) }),
    Unary(name: "silu", tensor: { $0.silu() }, number: { $0 / (1 + Foundation.exp(-$0)) }),
    Unary(name: "sigmoid", tensor: { $0.sigmoid() }, number: { 1 / (1 + Foundation.exp(-$0)) }),
    Unary(name: "logSigmoid", tensor: { $0.logSigmoid() }, number: { -Foundation.log1p(Foundation.exp(-$0)) }),
    Unary(name: "tanh", tensor: { $0.tanh() }, number: { Foundation.tanh($0) }),
    Unary(name: "softplus", tensor: { $0.softplus(beta: 2) }, number: { Foundation.log1p(Foundation.exp(2 * $0)) / 2 }),
    Unary(name: "hardtanh", tensor: { $0.hardtanh(-0.3, 0.4) }, number: { Swift.min(Swift.max($0, -0.3), 0.4) }),
  ]

  @Test("every element-wise function of one operand", arguments: unary)
  func oneOperand(_ function: Unary) {
    let x = random([3, 5])
    // Rounding of float64 transcendental functions: a few units in the last place.
    expectClose(
      function.tensor(x).array(of: Double.self), x.array(of: Double.self).map(function.number), tolerance: 1e-13)
  }

  @Test("operands of unlike shape broadcast")
  func broadcasting() {
    let a = Tensor([1.0, 2, 3], shape: [3, 1])
    let b = Tensor([10.0, 20], shape: [1, 2])
    #expect((a + b).array(of: Double.self) == [11, 21, 12, 22, 13, 23])
    #expect((b - a).array(of: Double.self) == [9, 19, 8, 18, 7, 17])
    #expect((a * b).array(of: Double.self) == [10, 20, 20, 40, 30, 60])
    #expect((b / a).shape == [3, 2])
    #expect(a.maximum(Tensor([2.5])).array(of: Double.self) == [2.5, 2.5, 3])
    #expect(a.minimum(Tensor([2.5])).array(of: Double.self) == [1, 2, 2.5])
    #expect(a.pow(Tensor([2.0])).array(of: Double.self) == [1, 4, 9])
  }

  @Test("whole numbers keep integer tensors integer")
  func integers() {
    let x = Tensor([1, 2, 3] as [Int64])
    #expect((x + 1).dtype == .int64)
    #expect((x * 2 - 1).array(of: Int64.self) == [1, 3, 5])
    #expect((x + 0.5).dtype == .float32)
    #expect((x / 2).array(of: Double.self) == [0.5, 1, 1.5])
  }

  @Test("comparisons and logic make truth values")
  func comparisons() {
    let x = Tensor([1.0, 2, 3])
    let y = Tensor([3.0, 2, 1])
    #expect((x .> y).array(of: Bool.self) == [false, false, true])
    #expect((x .>= y).array(of: Bool.self) == [false, true, true])
    #expect((x .< 2).array(of: Bool.self) == [true, false, false])
    #expect((x .<= 2).array(of: Bool.self) == [true, true, false])
    #expect((x .== y).array(of: Bool.self) == [false, true, false])
    #expect((x .!= y).array(of: Bool.self) == [true, false, true])
    let both = x.greater(than: 1).logicalAnd(y.greater(than: 1))
    #expect(both.array(of: Bool.self) == [false, true, false])
    #expect(both.logicalNot().logicalOr(both).all().item() == 1)
    #expect(Tensor.where(both, x, -x).array(of: Double.self) == [-1, 2, -3])
    #expect(x.maskedFill(both, value: 9).array(of: Double.self) == [1, 9, 3])
    #expect(x.maskedSelect(both.logicalNot()).array(of: Double.self) == [1, 3])
    #expect(Tensor([1, .nan, .infinity] as [Double]).isNaN().array(of: Bool.self) == [false, true, false])
  }

  @Test("finite means neither infinite nor not a number, and no overflow of a sum is mistaken")
  func finiteness() {
    #expect(Tensor([1, 2] as [Float]).isFinite())
    #expect(!Tensor([1, Float.nan]).isFinite())
    #expect(!Tensor([1, -Float.infinity]).isFinite())
    #expect(Tensor([Float.greatestFiniteMagnitude, Float.greatestFiniteMagnitude]).isFinite())
    #expect(!Tensor.areFinite([Tensor([1.0]), Tensor([Double.nan])]))
    #expect(Tensor.zeros([0]).isFinite())
  }
}
