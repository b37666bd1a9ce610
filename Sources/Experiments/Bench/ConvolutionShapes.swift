import NN

/// The convolutions that are timed: those of the published network, and one as in the frame GANs.
enum ConvolutionShapes {
  /// A shape by the name that results carry.
  struct Named {
    var name: String
    var call: ConvolutionCall

    init(batch: Int, channels: (Int, Int), side: Int, edge: Int) {
      name = "n\(batch)_\(channels.0)_\(channels.1)_\(side)_k\(edge)"
      call = ConvolutionCall(
        batch: batch, inputChannels: channels.0, outputChannels: channels.1, extents: [side, side, side],
        kernel: [edge, edge, edge])
      call.isTraining = true
    }
  }

  /// Each by itself, its kernel used once.
  static func single(isQuick: Bool) -> [Named] {
    if isQuick {
      return [(5, 16), (1, 16)].map { Named(batch: 1, channels: (8, $0.1), side: 8, edge: $0.0) }
    }
    return [
      Named(batch: 16, channels: (32, 128), side: 16, edge: 5), Named(batch: 2, channels: (32, 128), side: 16, edge: 5),
      Named(batch: 1, channels: (32, 128), side: 16, edge: 5), Named(batch: 16, channels: (32, 128), side: 16, edge: 3),
      Named(batch: 1, channels: (32, 128), side: 16, edge: 3), Named(batch: 16, channels: (32, 128), side: 16, edge: 1),
      Named(batch: 16, channels: (1, 128), side: 16, edge: 5), Named(batch: 16, channels: (32, 1), side: 16, edge: 5),
      Named(batch: 32, channels: (128, 64), side: 8, edge: 5),
    ]
  }

  /// The layers of the published network, as they ask the planner.
  static func layers(batch: Int, frames: Int, side: Int, filters: Int, isTraining: Bool) -> [Named] {
    let recurrent = [(1, 5), (filters, 3), (filters, 1)].enumerated().map { index, layer in
      var shape = Named(batch: batch, channels: (layer.0 + filters, 4 * filters), side: side, edge: layer.1)
      shape.name = "lstm.\(index)"
      (shape.call.repetitions, shape.call.isTraining) = (frames, isTraining)
      return shape
    }
    var output = Named(batch: batch * frames, channels: (filters, 1), side: side, edge: 5)
    (output.name, output.call.isTraining) = ("output", isTraining)
    return recurrent + [output]
  }
}
