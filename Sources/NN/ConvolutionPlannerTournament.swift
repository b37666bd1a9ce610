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

  /// How far behind the best the model may see the library's convolution, whose speed it knows least, for it to be measured all the
  /// same.
  static let directReach = 5.0
  /// The same for the best of the other ways.
  static let otherReach = 2.5
  /// How far behind that one may be others of its kind; among themselves they are well known.
  static let reach = 1.4
  /// So many of those are measured at most.
  static let measuredCount = 3
  /// Each is measured so many times at most, of which the fastest counts.
  static let maximumRounds = 4
  /// How much faster than the one that the model prefers another of those has to be.
  static let preference = 0.9
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
    // The best of the others counts even where the model prefers the library's convolution by far less than it knows.
    let others = entrants.filter { $0.method != .direct }
    let first = others.first?.modelledSeconds ?? best
    let close = others.filter { $0.modelledSeconds <= Self.reach * first && first <= Self.otherReach * best }
    let direct = entrants.filter { $0.method == .direct && $0.modelledSeconds <= Self.directReach * best }
    return direct + close.prefix(Self.measuredCount)
  }

  /// The winner, measured unless there is only one finalist.
  public func choice() -> ConvolutionChoice {
    let finalists = finalists
    guard finalists.count > 1 else {
      return ConvolutionChoice(call: call, method: finalists.first?.method ?? .direct, origin: .model)
    }
    // In rounds, so that what disturbs the machine for a moment does not hit one of them alone; in more rounds where the outcome is
    // not what the model expects.
    var times = finalists.map { (method: $0.method, seconds: Double.infinity) }
    let expected = entrants[0].method
    for round in 0..<Self.maximumRounds where round < 2 || Self.winner(of: times) != expected {
      for index in times.indices {
        times[index].seconds = min(
          times[index].seconds, ConvolutionTrial.seconds(call, times[index].method, rates: rates))
      }
    }
    return ConvolutionChoice(
      call: call, method: Self.winner(of: times), origin: .measured,
      seconds: Dictionary(uniqueKeysWithValues: times.map { ("\($0.method)", $0.seconds) }))
  }

  /// The library's convolution unless another is clearly faster; of the others, which come in the model's order, the first unless
  /// a later one is clearly faster.
  public static func winner(of times: [(method: ConvolutionMethod, seconds: Double)]) -> ConvolutionMethod {
    let others = times.filter { $0.method != .direct }
    guard var best = others.first else { return .direct }
    for other in others.dropFirst() where other.seconds < preference * others[0].seconds && other.seconds < best.seconds
    {
      best = other
    }
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
