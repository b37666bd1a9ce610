/// Picks how a convolution is computed.
public final class ConvolutionPlanner: Sendable {
  /// The one that layers ask.
  public static let shared = ConvolutionPlanner()

  /// The method for a call.
  public func method(for call: ConvolutionCall) -> ConvolutionMethod {
    guard call.device == "cpu", call.kernel.contains(where: { $0 > 1 }) else { return .direct }
    return call.inputChannels * call.outputChannels >= 256 ? .spectral(tiles: [1, 1, 1]) : .direct
  }
}
