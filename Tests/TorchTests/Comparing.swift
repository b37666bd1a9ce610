import Testing
import Torch

/// Expects two lists of numbers to agree, each to `tolerance` times the larger of one and its own size.
func expectClose(
  _ found: [Double], _ wanted: [Double], tolerance: Double, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == wanted.count else {
    Issue.record("\(what): \(found.count) numbers instead of \(wanted.count)", sourceLocation: sourceLocation)
    return
  }
  for (index, (a, b)) in zip(found, wanted).enumerated() where !(abs(a - b) <= tolerance * max(1, abs(b))) {
    Issue.record("\(what)[\(index)]: \(a) instead of \(b)", sourceLocation: sourceLocation)
    return
  }
}

func expectClose(
  _ found: Tensor, _ wanted: Tensor, tolerance: Double, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.shape == wanted.shape, "\(what)", sourceLocation: sourceLocation)
  expectClose(
    found.array(of: Double.self), wanted.array(of: Double.self), tolerance: tolerance, what,
    sourceLocation: sourceLocation)
}

/// A tensor of float64 numbers of a normal distribution.
func random(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
  .normal(shape, generator: Generator(seed: seed), dtype: .float64)
}

/// Central differences of a scalar function, one input element at a time.
func differences(of function: ([Tensor]) -> Tensor, at inputs: [Tensor], step: Double = 1e-5) -> [[Double]] {
  inputs.indices.map { position in
    let values = inputs[position].array(of: Double.self)
    return values.indices.map { index in
      let sides = [step, -step].map { offset in
        var moved = values
        moved[index] += offset
        var arguments = inputs
        arguments[position] = Tensor(moved, shape: inputs[position].shape)
        return function(arguments).item()
      }
      return (sides[0] - sides[1]) / (2 * step)
    }
  }
}

/// Expects the gradients of a weighted sum of the function's result to equal central differences. In float64 with
/// steps of 1e-5, differences are good to about 1e-9 of a third derivative of order one.
func expectGradients(
  of function: @escaping ([Tensor]) -> Tensor, at inputs: [Tensor], tolerance: Double = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let weights = random(function(inputs).shape, seed: 99)
  let scalar: ([Tensor]) -> Tensor = { (function($0) * weights).sum() }
  let leaves = inputs.map { $0.requiringGradient() }
  let found = gradient(of: scalar(leaves), withRespectTo: leaves)
  for (index, wanted) in differences(of: { inputs in withoutGradient { scalar(inputs) } }, at: inputs).enumerated() {
    expectClose(
      found[index].array(of: Double.self), wanted, tolerance: tolerance, "input \(index)",
      sourceLocation: sourceLocation)
  }
}
