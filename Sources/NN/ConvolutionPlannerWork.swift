/// A part of a convolution that is counted and measured by itself.
public enum ConvolutionPart: String, Sendable, Codable, CaseIterable {
  /// The library's convolution.
  case direct
  /// Both gradients by the library.
  case directGradients
  /// One product of matrices.
  case matrix
  /// The two products of its gradients.
  case matrixGradients
  /// The kernel's spectrum; when training also the one that gradients meet.
  case kernelTransform
  /// The input's spectrum.
  case inputTransform
  /// The product over channels at every frequency.
  case channelProduct
  /// The output from its spectrum.
  case outputTransform
  /// The spectrum of the output's gradient.
  case gradientTransform
  /// The product that gives the input's gradient.
  case gradientProduct
  /// The input's gradient from its spectrum.
  case inputGradientTransform
  /// The products over samples that give the kernel's gradient, and the input's spectrum that they need again.
  case kernelProduct
  /// The kernel's gradient from its spectrum.
  case kernelGradientTransform
}

/// What a part of a convolution costs, by count.
public struct ConvolutionWork: Sendable, Equatable {
  /// Which part.
  public var part: ConvolutionPart
  /// Additions and multiplications of floating point numbers.
  public var operations: Double
  /// Bytes to and from memory if nothing stays in a cache from part to part.
  public var bytes: Double
  /// How many uses of the kernel share it.
  public var uses: Double
}

/// Counts of a convolution done in one way.
public struct ConvolutionCost: Sendable, Equatable {
  /// The parts in the order of their execution.
  public let parts: [ConvolutionWork]

  /// Counts what `method` does for `call`.
  public init(_ call: ConvolutionCall, _ method: ConvolutionMethod) {
    switch method {
    case .direct: parts = Self.direct(call)
    case .matrixProduct: parts = Self.matrix(call)
    case .spectral(let tiles): parts = SpectralCount(call, tiles: tiles).parts
    }
  }

  /// Operations of one use, with its share of what is shared.
  public var operations: Double { parts.reduce(0) { $0 + $1.operations / $1.uses } }
  /// Bytes of one use, likewise.
  public var bytes: Double { parts.reduce(0) { $0 + $1.bytes / $1.uses } }

  /// Seconds of one use, as `rates` predict them.
  public func seconds(_ rates: MachineRates, precision: Precision) -> Double {
    parts.reduce(0) { $0 + rates.seconds($1, precision: precision) / $1.uses }
  }

  /// `2 N voxels k^3 Ci Co` operations; both gradients take as many each. The library multiplies in blocks of 16 channels (one
  /// input channel is a case of its own), so fewer cost as much.
  private static func direct(_ call: ConvolutionCall) -> [ConvolutionWork] {
    let taps = Double(call.kernel.reduce(1, *))
    let channels = Double(call.inputChannels * call.outputChannels)
    let operations = 2 * Double(call.batch) * call.outputVoxels * taps * channels
    let bytes = call.elementBytes * (call.activationCount + taps * channels)
    var parts = [ConvolutionWork(part: .direct, operations: operations, bytes: bytes, uses: 1)]
    if call.isTraining {
      parts.append(.init(part: .directGradients, operations: 2 * operations, bytes: 2 * bytes, uses: 1))
    }
    return parts
  }

  /// `2 N voxels Ci Co` operations.
  private static func matrix(_ call: ConvolutionCall) -> [ConvolutionWork] {
    let channels = Double(call.inputChannels * call.outputChannels)
    let operations = 2 * Double(call.batch) * call.outputVoxels * channels
    let bytes = call.elementBytes * (call.activationCount + channels)
    var parts = [ConvolutionWork(part: .matrix, operations: operations, bytes: bytes, uses: 1)]
    if call.isTraining {
      parts.append(.init(part: .matrixGradients, operations: 2 * operations, bytes: 2 * bytes, uses: 1))
    }
    return parts
  }
}

extension ConvolutionCall {
  var inputVoxels: Double { extents.reduce(1) { $0 * Double($1) } }
  var outputVoxels: Double { outputExtents.reduce(1) { $0 * Double($1) } }
  var elementBytes: Double { precision == .bfloat16 ? 2 : 4 }
  /// Elements of input and output.
  var activationCount: Double {
    Double(batch) * (inputVoxels * Double(inputChannels) + outputVoxels * Double(outputChannels))
  }
  /// Samples whose spectra are multiplied together for a kernel's gradient: all of a call's, and of as many uses of the same
  /// kernel as give about 64 of them.
  var gradientUses: Int { min(repetitions, max(1, 64 / batch)) }
  /// How often a transform of the kernel serves: training makes it anew at every step; without gradients a recurrent layer keeps
  /// it as long as nobody writes to the kernel, which is taken for a hundred calls.
  var kernelUses: Int { isTraining || repetitions == 1 ? repetitions : 100 * repetitions }
}
