import CTorch

/// The gradients of outputs with respect to inputs. This is the one way to differentiate: nothing is stored in
/// tensors and nothing accumulates.
/// - Parameters:
///   - outputs: what is differentiated; each a scalar unless its output gradient is given.
///   - inputs: tensors that require a gradient.
///   - outputGradients: as many as outputs, or none; nil stands for one.
///   - createGraph: whether the gradients can be differentiated themselves.
///   - retainGraph: whether the record is kept for another call; as `createGraph` unless given.
///   - allowUnused: whether an input may have no part in the outputs; its gradient is then nil. Else that is a
///     failure.
/// - Returns: a gradient for every input, in its shape.
public func gradients(
  of outputs: [Tensor], withRespectTo inputs: [Tensor], outputGradients: [Tensor?] = [], createGraph: Bool = false,
  retainGraph: Bool? = nil, allowUnused: Bool = false
) -> [Tensor?] {
  let options = ct_grad_options(
    create_graph: createGraph, retain_graph: retainGraph ?? createGraph, allow_unused: allowUnused)
  guard !inputs.isEmpty else { return [] }
  return madeOptional("gradients", outputs + inputs, count: inputs.count) { out in
    withTensors(outputs) { outputs in
      withTensors(inputs) { inputs in
        withTensors(outputGradients) { ct_grad(out, outputs, inputs, $0, options) }
      }
    }
  }
}

/// The gradients of a scalar with respect to inputs; zeros for an input that has no part in it.
public func gradient(
  of scalar: Tensor, withRespectTo inputs: [Tensor], createGraph: Bool = false, retainGraph: Bool? = nil
) -> [Tensor] {
  let found = gradients(
    of: [scalar], withRespectTo: inputs, createGraph: createGraph, retainGraph: retainGraph, allowUnused: true)
  return zip(found, inputs).map { $0 ?? .zeros(like: $1) }
}

/// Runs `body` without recording operators for differentiation, on this thread.
public func withoutGradient<R>(_ body: () throws -> R) rethrows -> R {
  try withGradient(false, body)
}

/// Runs `body` with recording switched on or off, on this thread.
public func withGradient<R>(_ enabled: Bool = true, _ body: () throws -> R) rethrows -> R {
  let before = ct_grad_enabled()
  ct_set_grad_enabled(enabled)
  defer { ct_set_grad_enabled(before) }
  return try body()
}

/// Whether operators are being recorded on this thread.
public var isGradientEnabled: Bool { ct_grad_enabled() }
