import Torch

/// What a machine can do per second, with all threads in use.
public struct MachineRates: Sendable, Codable, Equatable {
  /// Operations of large matrix products in float32.
  public var operations: Double
  /// The same in bfloat16.
  public var reducedOperations: Double
  /// Bytes read from and written to memory.
  public var bytes: Double

  /// What a current server processor does with so many threads; the same on every machine.
  public static func nominal(threads: Int) -> MachineRates {
    let threads = Double(max(threads, 1))
    return MachineRates(
      operations: 200e9 * threads, reducedOperations: 380e9 * threads, bytes: 12.5e9 * min(threads, 16))
  }

  /// Measures in some tens of milliseconds: the best of many short attempts, because other programs may be busy too. With `side`
  /// 1024 it is a processor's limit.
  public static func measured(side: Int = 384, rounds: Int = 24) -> MachineRates {
    withoutGradient {
      func products(_ dtype: DType) -> Double {
        let a = Tensor.full([side, side], value: 0.5, dtype: dtype)
        let b = Tensor.full([side, side], value: 0.25, dtype: dtype)
        return 2 * Double(side * side * side) / TrialClock.best(of: rounds, budget: 0.25) { _ = a.matmul(b) }
      }
      let source = Tensor.full([32 << 20], value: 1)
      let target = Tensor.empty([32 << 20])
      let seconds = TrialClock.best(of: rounds, budget: 0.25) { target.copy(from: source) }
      return MachineRates(
        operations: products(.float32), reducedOperations: products(.bfloat16),
        bytes: 8 * Double(source.count) / seconds)
    }
  }

  /// These, but no more than four times away from ``nominal(threads:)``: a machine that was busy when it was measured does not look
  /// like another kind of machine.
  func plausible(threads: Int) -> MachineRates {
    let nominal = Self.nominal(threads: threads)
    func kept(_ rate: Double, _ usual: Double) -> Double { min(max(rate, usual / 4), usual * 4) }
    return MachineRates(
      operations: kept(operations, nominal.operations),
      reducedOperations: kept(reducedOperations, nominal.reducedOperations), bytes: kept(bytes, nominal.bytes))
  }

  /// Seconds of a part: what takes longer of its operations, at the share of the limit that such products reach, and its bytes.
  public func seconds(_ work: ConvolutionWork, precision: Precision) -> Double {
    let isReduced = precision == .bfloat16
    let rate: Double
    switch work.part {
    case .direct, .directGradients: rate = 0.7 * (isReduced ? reducedOperations : operations)
    case .matrix, .matrixGradients: rate = 0.8 * (isReduced ? reducedOperations : operations)
    case .channelProduct, .gradientProduct, .kernelProduct:
      rate = 0.75 * (isReduced ? max(reducedOperations, operations) : operations)
    default: rate = 0.45 * operations
    }
    return max(work.operations / rate, work.bytes / bytes)
  }

  var isUsable: Bool { [operations, reducedOperations, bytes].allSatisfy { $0.isFinite && $0 > 0 } }
}

/// A clock for short pieces of work.
enum TrialClock {
  /// Seconds that `work` takes.
  static func seconds(_ work: () -> Void) -> Double {
    let elapsed = ContinuousClock().measure(work).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }

  /// Seconds of the fastest of at most `count` times, after one that is not counted; at least two, and no more once `budget`
  /// seconds are over.
  static func best(of count: Int, budget: Double = .infinity, _ work: () -> Void) -> Double {
    work()
    var (best, total, done) = (Double.infinity, 0.0, 0)
    while done < count && (done < 2 || total < budget) {
      let seconds = seconds(work)
      (best, total, done) = (min(best, seconds), total + seconds, done + 1)
    }
    return max(best, 1e-9)
  }
}
