import NN
import Torch

/// Why convolutions are computed as they are: the table of `formcast bench convolution --explain`.
public struct ConvolutionExplanation: Encodable, Sendable {
  /// A call with its decision.
  public struct Entry: Encodable, Sendable {
    /// What it is called.
    public let name: String
    /// The decision.
    public let choice: ConvolutionChoice
    fileprivate let rows: [Row]

    private enum CodingKeys: String, CodingKey { case name, choice }
  }

  /// A way to compute a call.
  fileprivate struct Row: Sendable {
    let method: ConvolutionMethod
    let operations: Double
    let bytes: Double
    let modelled: Double
    let measured: Double?
  }

  /// The calls.
  public let entries: [Entry]
  /// What the machine can do.
  public let rates: MachineRates
  /// Where it is.
  public let machine: ConvolutionMachine

  /// Asks the planner, which measures what it has not decided yet.
  public init(isQuick: Bool) {
    let planner = ConvolutionPlanner.shared
    let rates = planner.rates
    entries = Self.shapes(isQuick: isQuick).map { shape in
      let call = shape.call.representative
      let choice = planner.choice(for: call)
      let tournament = ConvolutionTournament(call, call.candidates, rates: rates)
      let shown = Set(
        tournament.finalists.map(\.method) + [.direct, choice.method] + tournament.entrants.prefix(3).map(\.method))
      let rows = tournament.entrants.filter { shown.contains($0.method) }.map {
        Row(
          method: $0.method, operations: $0.cost.operations, bytes: $0.cost.bytes, modelled: $0.modelledSeconds,
          measured: choice.seconds?["\($0.method)"])
      }
      return Entry(name: shape.name, choice: choice, rows: rows)
    }
    (self.rates, machine) = (rates, .current)
  }

  private static func shapes(isQuick: Bool) -> [ConvolutionShapes.Named] {
    let single = ConvolutionShapes.single(isQuick: isQuick)
    guard !isQuick else { return single }
    return [(16, true), (1, false)].flatMap { batch, isTraining in
      ConvolutionShapes.layers(batch: batch, frames: 19, side: 16, filters: 32, isTraining: isTraining)
    } + single
  }

  /// For people.
  public var text: String {
    let limits = [rates.operations * 1e-9, rates.reducedOperations * 1e-9, rates.bytes * 1e-9].map { Self.number($0) }
    let head = """
      \(machine.processor), \(machine.threadCount) threads, \(machine.engine)
      measured: \(limits[0]) GFLOP/s in fp32, \(limits[1]) in bf16, \(limits[2]) GB/s
      policy: \(ConvolutionPlanner.shared.policy.rawValue); cache: \(ConvolutionCache.standard()?.url.path ?? "none")
      Per use of the kernel; transforms of the kernel are shared by its uses. * is what is taken.

      """
    return head + entries.map(Self.table).joined()
  }

  private static func table(_ entry: Entry) -> String {
    let call = entry.choice.call
    let sizes = [call.extents, call.kernel].map { $0.map(String.init).joined(separator: "x") }
    var lines = [
      "",
      "\(entry.name): N \(call.batch), \(call.inputChannels) -> \(call.outputChannels) channels, \(sizes[0]), kernel \(sizes[1]), "
        + "\(call.precision.rawValue), \(call.isTraining ? "with gradients" : "forward only"), "
        + "\(call.repetitions) uses of the kernel",
      row("  method", ["GFLOP", "MB", "modelled ms", "measured ms"]),
    ]
    for line in entry.rows {
      let mark = line.method == entry.choice.method ? "* " : "  "
      lines.append(
        row(
          mark + "\(line.method)",
          [
            number(line.operations * 1e-9), number(line.bytes * 1e-6), number(line.modelled * 1e3),
            line.measured.map { number($0 * 1e3) } ?? "-",
          ]))
    }
    return (lines + ["  \(reason(entry.choice))", ""]).joined(separator: "\n")
  }

  private static func reason(_ choice: ConvolutionChoice) -> String {
    switch choice.origin {
    case .forced: return "forced by the policy"
    case .preset: return "as in the run's record"
    case .only: return "there is no other way"
    case .model:
      let isAlone = ConvolutionPlanner.shared.policy == .model
      return isAlone ? "the fastest by the model" : "the model sees the others far behind"
    case .measured:
      let own = choice.seconds?["\(choice.method)"]
      guard let direct = choice.seconds?["direct"], let own else {
        let isFastest = own == choice.seconds?.values.min()
        return isFastest ? "the fastest of those measured" : "the model's first; none measured is clearly faster"
      }
      if choice.method == .direct { return "nothing is faster than direct by 5 percent" }
      return "measured \(number(direct / own)) times faster than direct"
    }
  }

  private static func row(_ name: String, _ cells: [String]) -> String {
    name + String(repeating: " ", count: max(1, 20 - name.count))
      + cells.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
  }

  /// Three digits.
  private static func number(_ value: Double) -> String {
    let digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3
    let scale = [1.0, 10, 100, 1000][digits]
    let whole = (value * scale).rounded()
    let text = "\(Int(whole / scale))"
    guard digits > 0 else { return text }
    let rest = "\(Int(whole.truncatingRemainder(dividingBy: scale)))"
    return text + "." + String(repeating: "0", count: digits - rest.count) + rest
  }
}
