import CTorch

/// A source of random numbers whose sequence is fixed by its seed. Every random operator takes one.
///
/// Numbers are drawn on the generator's device and moved where a tensor lives elsewhere. They do not depend on the
/// number of threads. A generator serves one thread at a time; use ``split()`` to give each its own.
public final class Generator: @unchecked Sendable {
  /// Where numbers are drawn.
  public let device: Device
  let raw: ct_generator

  /// A generator at the beginning of the seed's sequence.
  public init(seed: UInt64, device: Device = .cpu) {
    var handle: ct_generator?
    let status = ct_generator_create(&handle, seed, device.code)
    guard status == 0, let handle else {
      trap("Generator on \(device): \(String(cString: ct_last_error()))")
    }
    raw = handle
    self.device = device
  }

  deinit { ct_generator_free(raw) }

  /// Where in its sequence the generator is. Equal states give equal numbers.
  public var state: [UInt8] {
    let tensor = made("state", []) { ct_generator_get_state($0, raw) }
    return tensor.array(of: UInt8.self)
  }

  /// Goes to a place in the sequence.
  /// - Throws: ``TorchError`` when these bytes are no state of such a generator.
  public func restore(_ state: [UInt8]) throws {
    let bytes = Tensor(state)
    guard ct_generator_set_state(raw, bytes.raw) == 0 else {
      throw TorchError(operation: "restore", message: String(cString: ct_last_error()))
    }
  }

  /// The next 63 bits of the sequence, as a number that is never negative.
  public func next() -> UInt64 {
    var number: UInt64 = 0
    done("next", []) { ct_generator_random64(raw, &number) }
    return number
  }

  /// A generator of its own, derived from the next number of this one.
  public func split() -> Generator { Generator(seed: next(), device: device) }
}

extension Tensor {
  /// Elements equally likely anywhere in a range (the upper end excluded, as far as rounding allows).
  public static func uniform(
    _ shape: [Int], in range: ClosedRange<Double> = 0...1, generator: Generator, dtype: DType = .float32,
    device: Device = .cpu
  ) -> Tensor {
    let result = empty(shape, dtype: dtype, device: device)
    done("uniform", [result]) { ct_uniform_(result.raw, range.lowerBound, range.upperBound, generator.raw) }
    return result
  }

  /// Elements of a normal distribution.
  public static func normal(
    _ shape: [Int], mean: Double = 0, standardDeviation: Double = 1, generator: Generator, dtype: DType = .float32,
    device: Device = .cpu
  ) -> Tensor {
    let result = empty(shape, dtype: dtype, device: device)
    done("normal", [result]) { ct_normal_(result.raw, mean, standardDeviation, generator.raw) }
    return result
  }

  /// Whole numbers equally likely in a range, as `int64`.
  public static func integers(
    _ shape: [Int], in range: Range<Int>, generator: Generator, device: Device = .cpu
  ) -> Tensor {
    let result = empty(shape, dtype: .int64, device: device)
    done("integers", [result]) { ct_random_(result.raw, range.lowerBound, range.upperBound, generator.raw) }
    return result
  }

  /// The whole numbers from 0 to below `n` in random order, as `int64`.
  public static func permutation(_ n: Int, generator: Generator) -> Tensor {
    made("permutation", []) { ct_randperm($0, n, generator.raw) }
  }

  /// A share of the elements, chosen at random, set to zero, and the others enlarged to make up for it.
  /// `probability`: the share that is dropped, in 0 ..< 1.
  public func dropout(_ probability: Double, generator: Generator) -> Tensor {
    made("dropout", [self]) { ct_dropout($0, raw, probability, generator.raw) }
  }
}
