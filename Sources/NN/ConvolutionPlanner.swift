import Foundation
import Synchronization
import Torch

/// Picks how a convolution is computed: by a model of its operations and bytes, and where that is no clear answer by a short
/// measurement, which is remembered on the disk.
///
/// A call is decided once; the answer stays the same for the life of the process and, through the cache, for later ones on the
/// same machine. The environment variable `FORMCAST_CONVOLUTION` (`auto`, `model`, `direct`, `spectral`, `matrix`) sets the
/// policy of ``shared``.
public final class ConvolutionPlanner: Sendable {
  /// How to decide.
  public enum Policy: String, Sendable, Codable, CaseIterable {
    /// The model first, then a measurement of what it finds close.
    case automatic = "auto"
    /// The model alone, with the same rates on every machine: nothing is measured, and all machines agree.
    case model
    /// The library's convolution always.
    case direct
    /// In the frequency domain wherever that is possible.
    case spectral
    /// By matrix products wherever that is possible, else by the library.
    case matrix
  }

  private struct State {
    var policy: Policy
    var choices: [ConvolutionCall: ConvolutionChoice] = [:]
    var presets: [ConvolutionCall: ConvolutionMethod] = [:]
    /// When each call was asked for last.
    var asked: [ConvolutionCall: Int] = [:]
    var clock = 0
    /// What the cache knows, by machine; read once for each.
    var known: [ConvolutionMachine: [ConvolutionCall: ConvolutionChoice]] = [:]
    var rates: [ConvolutionMachine: MachineRates] = [:]
  }

  /// The one that layers ask.
  public static let shared = ConvolutionPlanner(policy: environmentPolicy, cache: .standard())

  private let state: Mutex<State>
  private let cache: ConvolutionCache?

  /// A planner of its own; without a cache it remembers for as long as it lives.
  public init(policy: Policy = .automatic, cache: ConvolutionCache? = nil) {
    state = Mutex(State(policy: policy))
    self.cache = cache
  }

  /// How to decide. Setting it forgets what was decided, but not what was preset or measured.
  public var policy: Policy {
    get { state.withLock { $0.policy } }
    set {
      state.withLock {
        guard $0.policy != newValue else { return }
        ($0.policy, $0.choices) = (newValue, [:])
      }
    }
  }

  /// The method for a call.
  public func method(for call: ConvolutionCall) -> ConvolutionMethod { choice(for: call).method }

  /// The method for a call, and why.
  public func choice(for call: ConvolutionCall) -> ConvolutionChoice {
    // Nothing is nothing in any way, and the library knows its shape.
    guard call.batch > 0 else { return ConvolutionChoice(call: call, method: .direct, origin: .only) }
    let call = call.representative
    return state.withLock { state in
      state.clock += 1
      state.asked[call] = state.clock
      if let choice = state.choices[call] { return choice }
      let choice = decide(call, &state)
      state.choices[call] = choice
      return choice
    }
  }

  /// A place in the history of calls, for ``record(since:)``.
  public var mark: Int { state.withLock { $0.clock } }

  /// What was decided for the calls that came after a mark, however early it was decided.
  public func record(since mark: Int = 0) -> ConvolutionRecord {
    state.withLock { state in
      let choices = state.asked.filter { $0.value > mark }.compactMap { state.choices[$0.key] }
      return ConvolutionRecord(
        machine: .current, policy: state.policy, choices: choices.sorted { $0.call.order < $1.call.order })
    }
  }

  /// Decides calls in advance, as they were decided in an earlier session. A forcing policy goes before, and so does what is
  /// possible: a method that does not fit its call is passed over.
  public func preset(_ choices: [ConvolutionChoice]) {
    state.withLock { state in
      for choice in choices {
        state.presets[choice.call.representative] = choice.method
        state.choices[choice.call.representative] = nil
      }
    }
  }

  /// Forgets what was preset.
  public func forgetPresets() {
    state.withLock { state in
      for call in state.presets.keys { state.choices[call] = nil }
      state.presets = [:]
    }
  }

  /// What this machine can do, as far as decisions need it: measured once, or as the cache knows it.
  public var rates: MachineRates { state.withLock { rates(of: .current, &$0) } }

  private func decide(_ call: ConvolutionCall, _ state: inout State) -> ConvolutionChoice {
    let candidates = call.candidates
    let nominal = MachineRates.nominal(threads: 2)
    switch state.policy {
    case .direct: return ConvolutionChoice(call: call, method: .direct, origin: .forced)
    case .spectral, .matrix:
      let allowed = state.policy == .spectral ? call.spectralCandidates : call.matrixCandidates
      let method = call.ranked(allowed, by: nominal).first?.method ?? .direct
      return ConvolutionChoice(call: call, method: method, origin: .forced)
    case .automatic, .model: break
    }
    if let method = state.presets[call], candidates.contains(method) {
      return ConvolutionChoice(call: call, method: method, origin: .preset)
    }
    guard candidates.count > 1 else { return ConvolutionChoice(call: call, method: .direct, origin: .only) }
    if state.policy == .model {
      let method = call.ranked(candidates, by: nominal)[0].method
      return ConvolutionChoice(call: call, method: method, origin: .model)
    }
    return measured(call, candidates, &state)
  }

  private func measured(
    _ call: ConvolutionCall, _ candidates: [ConvolutionMethod], _ state: inout State
  ) -> ConvolutionChoice {
    let machine = ConvolutionMachine.current
    let rates = rates(of: machine, &state)
    if let known = state.known[machine]?[call], candidates.contains(known.method) { return known }
    let choice = ConvolutionTournament(call, candidates, rates: rates).choice()
    state.known[machine, default: [:]][call] = choice
    cache?.add(choice, rates: rates, for: machine)
    return choice
  }

  private func rates(of machine: ConvolutionMachine, _ state: inout State) -> MachineRates {
    if let rates = state.rates[machine] { return rates }
    let entry = cache?.entry(for: machine)
    let rates = entry?.rates ?? MachineRates.measured().plausible(threads: machine.threadCount)
    state.rates[machine] = rates
    for choice in entry?.choices ?? [] { state.known[machine, default: [:]][choice.call] = choice }
    return rates
  }

  private static var environmentPolicy: Policy {
    guard let word = ProcessInfo.processInfo.environment["FORMCAST_CONVOLUTION"], !word.isEmpty else {
      return .automatic
    }
    if let policy = Policy(rawValue: word) { return policy }
    let words = Policy.allCases.map(\.rawValue).joined(separator: ", ")
    let line = "formcast: FORMCAST_CONVOLUTION=\(word) is none of \(words); auto is taken\n"
    FileHandle.standardError.write(Data(line.utf8))
    return .automatic
  }
}

extension ConvolutionCall {
  /// A fixed order of calls, for files.
  fileprivate var order: String {
    let numbers = [inputChannels, outputChannels, batch, repetitions] + extents + kernel + before + after
    return numbers.map { String(repeating: "0", count: max(0, 6 - "\($0)".count)) + "\($0)" }.joined(separator: ",")
      + "\(precision.rawValue),\(device),\(isTraining)"
  }
}
