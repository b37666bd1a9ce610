/// Finds the fastest way by the model and, among those that it sees close together, by measurement.
public struct ConvolutionTournament {
  /// A way to compute a call and what the model expects of it.
  public struct Entrant: Sendable {
    /// The way.
    public let method: ConvolutionMethod
    /// Its operations and bytes.
    public let cost: ConvolutionCost
    /// Seconds of one use of the kernel, by the model.
    public let modelledSeconds: Double
  }

  /// How far behind the best the model may see a way that is measured all the same; the library's convolution, whose speed it
  /// knows least, twice as far.
  static let reach = 2.5
  /// So many ways are measured at most beside the library's.
  static let measuredCount = 4
  /// What the library's convolution may be slower by and still be taken.
  static let advantage = 0.95

  /// The call.
  public let call: ConvolutionCall
  /// All ways, the best by the model first.
  public let entrants: [Entrant]
  private let rates: MachineRates

  /// The ways to compute `call` on a machine of these rates.
  public init(_ call: ConvolutionCall, _ candidates: [ConvolutionMethod], rates: MachineRates) {
    (self.call, self.rates) = (call, rates)
    entrants = call.ranked(candidates, by: rates)
  }

  /// Those that are worth a measurement.
  public var finalists: [Entrant] {
    guard let best = entrants.first?.modelledSeconds else { return [] }
    let others = entrants.filter { $0.method != .direct && $0.modelledSeconds <= Self.reach * best }
    let direct = entrants.filter { $0.method == .direct && $0.modelledSeconds <= 2 * Self.reach * best }
    return direct + others.prefix(Self.measuredCount)
  }

  /// The winner, measured unless there is only one finalist.
  public func choice() -> ConvolutionChoice {
    let finalists = finalists
    guard finalists.count > 1 else {
      return ConvolutionChoice(call: call, method: finalists.first?.method ?? .direct, origin: .model)
    }
    let times = finalists.map { ($0.method, ConvolutionTrial.seconds(call, $0.method, rates: rates)) }
    return ConvolutionChoice(
      call: call, method: Self.winner(of: times), origin: .measured,
      seconds: Dictionary(uniqueKeysWithValues: times.map { ("\($0)", $1) }))
  }

  /// The fastest; the library's convolution unless another is clearly faster.
  public static func winner(of times: [(method: ConvolutionMethod, seconds: Double)]) -> ConvolutionMethod {
    guard let best = times.min(by: { $0.seconds < $1.seconds }) else { return .direct }
    guard let direct = times.first(where: { $0.method == .direct }) else { return best.method }
    return best.seconds < advantage * direct.seconds ? best.method : .direct
  }
}

extension ConvolutionCall {
  /// Ways in the order of what the model expects of them; of equals the one that was named first.
  func ranked(_ candidates: [ConvolutionMethod], by rates: MachineRates) -> [ConvolutionTournament.Entrant] {
    let entrants = candidates.enumerated().map { index, method in
      let cost = ConvolutionCost(self, method)
      let seconds = cost.seconds(rates, precision: precision)
      return (index, ConvolutionTournament.Entrant(method: method, cost: cost, modelledSeconds: seconds))
    }
    return entrants.sorted { ($0.1.modelledSeconds, $0.0) < ($1.1.modelledSeconds, $1.0) }.map(\.1)
  }
}
