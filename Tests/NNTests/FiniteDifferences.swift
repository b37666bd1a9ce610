import Testing
import Torch

/// Compares gradients with central differences in float64 along random directions through all inputs at once.
///
/// Every entry of every gradient takes part in every direction. Inputs are changed in place, so that functions may hold
/// them (as layers hold parameters).
///
/// The step of 1e-5 leaves an error of about 1e-10 from curvature and 1e-11 from rounding; a wrong gradient is off by
/// far more than the tolerance.
func expectGradient(
  of function: () -> Tensor, _ inputs: [Tensor], generator: Generator, tolerance: Double = 1e-6, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let exact = gradient(of: function(), withRespectTo: inputs)
  for _ in 0..<3 {
    let directions = inputs.map { Tensor.normal($0.shape, generator: generator, dtype: .float64) }
    let slope = zip(exact, directions).reduce(0.0) { $0 + ($1.0 * $1.1).sum().item() }
    let step = 1e-5
    move(inputs, directions, by: step)
    let above = function().item()
    move(inputs, directions, by: -2 * step)
    let below = function().item()
    move(inputs, directions, by: step)
    let measured = (above - below) / (2 * step)
    let scale = max(abs(slope), abs(measured), 1e-3)
    #expect(
      abs(slope - measured) <= tolerance * scale, "\(what): gradient \(slope), differences \(measured)",
      sourceLocation: sourceLocation)
  }
}

/// The same for the second derivative: the gradient of a random combination of first derivatives.
func expectSecondGradient(
  of function: () -> Tensor, _ inputs: [Tensor], generator: Generator, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let weights = inputs.map { Tensor.normal($0.shape, generator: generator, dtype: .float64) }
  let combination = {
    let first = gradient(of: function(), withRespectTo: inputs, createGraph: true)
    return zip(first, weights).map { ($0 * $1).sum() }.reduce(Tensor(0, dtype: .float64), +)
  }
  expectGradient(of: combination, inputs, generator: generator, tolerance: 1e-5, what, sourceLocation: sourceLocation)
}

private func move(_ inputs: [Tensor], _ directions: [Tensor], by step: Double) {
  withoutGradient {
    for (input, direction) in zip(inputs, directions) { input.addInPlace(direction, scale: step) }
  }
}
