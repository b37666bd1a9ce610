import Foundation
import NN
import Testing
import Torch

/// A 'same' convolution of a cube.
private func call(
  _ batch: Int, _ inputs: Int, _ outputs: Int, side: Int = 8, edge: Int = 3, training: Bool = false,
  repetitions: Int = 1
) -> ConvolutionCall {
  var call = ConvolutionCall(
    batch: batch, inputChannels: inputs, outputChannels: outputs, extents: [side, side, side],
    kernel: [edge, edge, edge])
  (call.isTraining, call.repetitions) = (training, repetitions)
  return call
}

@Suite("The planner of convolutions")
struct ConvolutionPlannerTests {
  @Test("Counts are those of the formulas")
  func counts() {
    let small = call(2, 3, 5, side: 4, edge: 3)
    let direct = ConvolutionCost(small, .direct)
    #expect(direct.operations == Double(2 * 2 * 64 * 27 * 3 * 5))
    #expect(direct.bytes == Double(4 * (2 * 64 * (3 + 5) + 27 * 3 * 5)))
    var training = small
    training.isTraining = true
    #expect(ConvolutionCost(training, .direct).operations == 3 * direct.operations)
    // 16 + 2 points, 9 * 18 * 18 frequencies, eight operations for each pair of channels.
    let published = ConvolutionCost(call(16, 32, 128, side: 16, edge: 5), .spectral(tiles: [1, 1, 1]))
    let product = published.parts.first { $0.part == .channelProduct }
    #expect(product?.operations == Double(8 * 2916 * 16 * 32 * 128))
    #expect(product?.bytes == Double(8 * 2916 * (32 * 128 + 16 * (32 + 128))))
    #expect(ConvolutionCost(call(16, 32, 128, side: 16, edge: 5), .direct).operations > 20 * published.operations)
  }

  @Test("A kernel's transform is shared by its repetitions, without gradients by a hundred calls")
  func repetitions() {
    let once = ConvolutionCost(call(1, 16, 16), .spectral(tiles: [1, 1, 1]))
    let often = ConvolutionCost(call(1, 16, 16, repetitions: 16), .spectral(tiles: [1, 1, 1]))
    let kernel = once.parts.first { $0.part == .kernelTransform }?.operations ?? 0
    #expect(abs((once.operations - often.operations) - kernel * 1599 / 1600) < 1e-6 * kernel)
  }

  @Test(
    "Every candidate fits its call: tiles are not empty, transforms not too long, other devices have the library's alone"
  )
  func candidates() {
    for (side, edge) in [(1, 1), (1, 5), (3, 5), (16, 5), (40, 3), (64, 5), (128, 3), (7, 2)] {
      let shape = call(1, 4, 4, side: side, edge: edge)
      let candidates = shape.candidates
      #expect(candidates[0] == .direct && Set(candidates).count == candidates.count)
      #expect(candidates.contains(.matrixProduct) == (edge == 1))
      for case .spectral(let tiles) in candidates {
        let cost = ConvolutionCost(shape, .spectral(tiles: tiles))
        #expect(tiles.count == 3 && cost.operations > 0 && cost.operations.isFinite)
        #expect(edge > 1 && tiles.allSatisfy { $0 == 1 || (side + $0 - 1) / $0 * ($0 - 1) < side })
      }
      #expect(candidates.contains { if case .spectral = $0 { true } else { false } } == (edge > 1))
      var elsewhere = shape
      elsewhere.device = "cuda:0"
      #expect(elsewhere.candidates == [.direct])
    }
    #expect(!call(1, 4, 4, side: 64, edge: 5).candidates.contains(.spectral(tiles: [1, 1, 1])))
    // A kernel's spectrum of gigabytes is none.
    #expect(call(1, 2048, 2048, side: 16, edge: 3).candidates == [.direct])
  }

  @Test("Calls of about one size are one call; a kernel larger than the grid is float32")
  func representatives() {
    var shape = call(19, 8, 8, side: 2, edge: 5, repetitions: 300)
    shape.precision = .bfloat16
    let found = shape.representative
    #expect(found.batch == 16 && found.repetitions == 64 && found.precision == .float32)
    #expect(found.representative == found)
    var reduced = call(1, 8, 8, side: 5, edge: 5)
    reduced.precision = .bfloat16
    #expect(reduced.representative == reduced)
  }

  @Test("A policy forces; what is impossible is left to the library")
  func policies() {
    let (wide, point) = (call(2, 8, 16), call(2, 8, 16, edge: 1))
    let planner = ConvolutionPlanner(policy: .spectral)
    guard case .spectral = planner.method(for: wide) else { return #expect(Bool(false), "not spectral") }
    #expect(planner.method(for: point) == .direct)
    #expect(planner.choice(for: wide).origin == .forced)
    planner.policy = .direct
    #expect(planner.method(for: wide) == .direct)
    planner.policy = .matrix
    #expect(planner.method(for: wide) == .direct && planner.method(for: point) == .matrixProduct)
    planner.policy = .model
    #expect(planner.method(for: call(16, 32, 128, side: 16, edge: 5, repetitions: 16)) == .spectral(tiles: [1, 1, 1]))
    #expect(planner.choice(for: wide).origin == .model && planner.choice(for: wide).seconds == nil)
    var elsewhere = wide
    elsewhere.device = "cuda:0"
    planner.policy = .automatic
    #expect(planner.choice(for: elsewhere) == ConvolutionChoice(call: elsewhere, method: .direct, origin: .only))
  }

  @Test("The library's convolution stays unless another is clearly faster, and among others the model's first")
  func winners() {
    let (a, b) = (ConvolutionMethod.spectral(tiles: [1, 1, 1]), ConvolutionMethod.spectral(tiles: [2, 2, 2]))
    #expect(ConvolutionTournament.winner(of: [(.direct, 1), (a, 0.96)]) == .direct)
    #expect(ConvolutionTournament.winner(of: [(.direct, 1), (a, 0.94)]) == a)
    #expect(ConvolutionTournament.winner(of: [(a, 1), (b, 0.95)]) == a)
    #expect(ConvolutionTournament.winner(of: [(a, 1), (b, 0.85)]) == b)
    #expect(ConvolutionTournament.winner(of: [(.direct, 0.8), (a, 2), (b, 0.85)]) == .direct)
    #expect(ConvolutionTournament.winner(of: []) == .direct)
  }

  @Test("What is measured is the fastest of its times", arguments: [false, true])
  func measuring(training: Bool) throws {
    let shape = call(2, 16, 16, side: 6, training: training, repetitions: 2)
    let tournament = ConvolutionTournament(shape, shape.candidates, rates: .nominal(threads: 2))
    let finalists = tournament.finalists.map(\.method)
    let choice = tournament.choice()
    #expect(finalists.contains(choice.method))
    guard finalists.count > 1 else { return }
    let seconds = try #require(choice.seconds)
    #expect(choice.origin == .measured && seconds.count == finalists.count)
    #expect(seconds.values.allSatisfy { $0 > 0 && $0.isFinite })
    let own = try #require(seconds["\(choice.method)"])
    #expect(seconds["direct"].map { own <= $0 } ?? true || choice.method == .direct)
  }

  @Test("One answer for one call, however many threads ask")
  func threads() async {
    let planner = ConvolutionPlanner()
    let shape = call(2, 16, 24, side: 5)
    let answers = await withTaskGroup(of: ConvolutionMethod.self) { group in
      for _ in 0..<8 { group.addTask { planner.method(for: shape) } }
      return await group.reduce(into: Set<ConvolutionMethod>()) { $0.insert($1) }
    }
    #expect(answers.count == 1)
  }

  @Test("A layer gives the same result whatever the policy, up to rounding")
  func layer() {
    let layer = ConvLSTM3d(.init(inputChannels: 3, filters: 8, kernelSize: 3), generator: Generator(seed: 2))
    let frames = Tensor.normal([3, 2, 3, 6, 5, 7], generator: Generator(seed: 3))
    let asked = layer(frames)
    for method in [ConvolutionMethod.direct, .spectral(tiles: [1, 1, 1]), .spectral(tiles: [2, 1, 2])] {
      let other = layer(frames, method: method)
      let distance = (asked - other).abs().max().item() / other.abs().max().item()
      #expect(distance < 1e-5, "\(method): \(distance)")
    }
  }
}
