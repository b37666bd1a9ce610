import CTorch

/// A differentiable function whose backward is written in Swift.
///
/// The forward runs without being recorded, so it may use any operators and write into memory of its own. The
/// backward gets the saved tensors and the gradients of the outputs, and answers the gradients of the inputs.
/// Where a graph of the gradients is asked for, the backward is itself recorded: it can then be differentiated
/// again if it is made of differentiable operators and what it saves are inputs and outputs; other saved tensors, and
/// whatever the closure captures, count as constants.
///
/// Saved tensors and both closures' captures are let go after a differentiation that does not retain the graph.
public struct CustomGradient {
  /// What the forward answers: the function's results, and what the backward needs.
  public typealias Forward = ([Tensor]) -> (outputs: [Tensor], saved: [Tensor])
  /// Gradients of the inputs, nil for none, from the saved tensors and the outputs' gradients (nil: nothing depends
  /// on that output).
  public typealias Backward = (_ saved: [Tensor], _ outputGradients: [Tensor?]) -> [Tensor?]
  /// The same, told which inputs' gradients are asked for; the others' are ignored and need not be computed.
  public typealias SelectiveBackward = (
    _ saved: [Tensor], _ outputGradients: [Tensor?], _ needed: [Bool]
  ) -> [Tensor?]

  /// Computes `forward` of the inputs so that it can be differentiated by `backward`.
  public static func apply(
    _ inputs: [Tensor], forward: Forward, backward: @escaping Backward
  ) -> [Tensor] {
    apply(inputs, forward: forward, selectiveBackward: { saved, gradients, _ in backward(saved, gradients) })
  }

  /// The same for a backward that computes only what is asked for.
  public static func apply(
    _ inputs: [Tensor], forward: Forward, selectiveBackward: @escaping SelectiveBackward
  ) -> [Tensor] {
    let isRecorded = isGradientEnabled && inputs.contains(where: \.requiresGradient)
    let (outputs, saved) = withoutGradient { forward(inputs) }
    guard isRecorded else { return outputs }
    let context = Unmanaged.passRetained(BackwardBox(selectiveBackward)).toOpaque()
    let function = ct_gradient_function(context: context, backward: runBackward, release: releaseBackward)
    return madeAll("CustomGradient", inputs + outputs, count: outputs.count) { out in
      withTensors(inputs) { inputs in
        withTensors(outputs) { outputs in
          withTensors(saved) { saved in
            ct_custom_gradient(out, ct_forward_record(inputs: inputs, outputs: outputs, saved: saved), function)
          }
        }
      }
    }
  }
}

private final class BackwardBox {
  let backward: CustomGradient.SelectiveBackward

  init(_ backward: @escaping CustomGradient.SelectiveBackward) { self.backward = backward }

  func gradients(_ call: ct_backward_call) throws -> [Tensor?] {
    let saved = borrowed(call.saved).compactMap { $0 }
    let outputGradients = borrowed(call.output_gradients)
    let needed = Array(UnsafeBufferPointer(start: call.needed, count: call.input_count))
    let gradients = try withTorchErrors { backward(saved, outputGradients, needed) }
    guard gradients.count == call.input_count else {
      throw TorchError(
        operation: "CustomGradient",
        message: "backward made \(gradients.count) gradients for \(call.input_count) inputs")
    }
    return gradients
  }

  /// Handles of our own to tensors that the shim lends.
  private func borrowed(_ list: ct_tensors) -> [Tensor?] {
    UnsafeBufferPointer(start: list.values, count: list.count).map { $0.map { Tensor(owning: ct_share($0)) } }
  }
}

private func runBackward(
  context: UnsafeMutableRawPointer?, call: UnsafePointer<ct_backward_call>?,
  out: UnsafeMutablePointer<ct_tensor?>?
) -> ct_status {
  guard let context, let call, let out else { return 1 }
  let box = Unmanaged<BackwardBox>.fromOpaque(context).takeUnretainedValue()
  do {
    for (index, gradient) in try box.gradients(call.pointee).enumerated() {
      out[index] = gradient.map { ct_share($0.raw) }
    }
    return 0
  } catch {
    ct_note_error("\(error)")
    return 1
  }
}

private func releaseBackward(context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<BackwardBox>.fromOpaque(context).release()
}
