import Experiments
import Foundation
import Testing
import Torch

@Suite("Health of forecasts: distances between many frames")
struct ForecastHealthTests {
  /// Random frames [count, 1, side, side, side]; a share of them empty.
  private func frames(_ count: Int, side: Int, seed: UInt64, threshold: Double = 0.6) -> Tensor {
    let generator = Generator(seed: seed)
    let values = Tensor.uniform([count, 1, side, side, side], generator: generator)
    // Every third frame loses all that lies above the threshold.
    let scale = Tensor((0..<count).map { Float($0 % 3 == 2 ? 0.5 : 1 / threshold * 0.5) }, shape: [count, 1, 1, 1, 1])
    return values * scale
  }

  /// The definition, one voxel at a time.
  private func distance(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
    var (both, any) = (0, 0)
    for (x, y) in zip(a, b) {
      if x > 0.5 && y > 0.5 { both += 1 }
      if x > 0.5 || y > 0.5 { any += 1 }
    }
    return any == 0 ? 0 : 1 - Double(both) / Double(any)
  }

  private func rows(_ frames: Tensor) -> [ArraySlice<Float>] {
    let size = frames.shape.suffix(3).reduce(1, *)
    let values = frames.array(of: Float.self)
    return stride(from: 0, to: values.count, by: size).map { values[$0..<($0 + size)] }
  }

  @Test("All distances between two sets equal the definition, empty frames included")
  func allPairs() {
    let (a, b) = (frames(7, side: 4, seed: 1), frames(9, side: 4, seed: 2))
    let found = OccupancySet(a).distances(to: OccupancySet(b)).array(of: Float.self)
    let expected = rows(a).flatMap { x in rows(b).map { distance(x, $0) } }
    #expect(found.count == 63 && expected.contains(0) && expected.contains(1))
    for (x, y) in zip(found, expected) { #expect(abs(Double(x) - y) < 1e-6) }
  }

  @Test("Frames that are all empty, full or alike have the distances that they should")
  func extremes() {
    let (empty, full) = (OccupancySet(.zeros([3, 1, 2, 2, 2])), OccupancySet(.ones([3, 1, 2, 2, 2])))
    #expect(empty.meanPairwiseDistance == 0 && full.meanPairwiseDistance == 0)
    #expect(empty.meanNearestDistance(in: empty) == 0 && empty.meanNearestDistance(in: full) == 1)
    #expect(empty.occupancy == 0 && full.occupancy == 1)
    // A half is not above a half.
    #expect(OccupancySet(.full([1, 1, 2, 2, 2], value: 0.5)).occupancy == 0)
    #expect(OccupancySet(.ones([1, 1, 2, 2, 2])).meanPairwiseDistance == nil)
  }

  @Test("The measures of an evaluation in batches equal the definition over the frames")
  func measures() throws {
    let bank = frames(20, side: 4, seed: 3)
    let (predictions, targets) = (frames(6, side: 4, seed: 4), frames(6, side: 4, seed: 5))
    let inputs = frames(6, side: 4, seed: 6)
    var health = ForecastHealth(bank: OccupancySet(bank))
    for start in stride(from: 0, to: 6, by: 2) {
      func part(_ tensor: Tensor) -> Tensor { tensor.narrowed(0, start: start, length: 2) }
      health.add(predictions: part(predictions), targets: part(targets), inputs: part(inputs))
    }
    let found = health.measures()
    let (p, t, i, b) = (rows(predictions), rows(targets), rows(inputs), rows(bank))
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    func diversity(_ list: [ArraySlice<Float>]) -> Double {
      mean(list.indices.flatMap { x in list.indices.filter { $0 != x }.map { distance(list[x], list[$0]) } })
    }
    let expected = [
      "copy": mean(zip(p, i).map(distance)), "copy_target": mean(zip(t, i).map(distance)),
      "diversity": diversity(p), "diversity_target": diversity(t),
      "nearest_train": mean(p.map { x in b.map { distance(x, $0) }.min() ?? 0 }),
      "nearest_train_target": mean(t.map { x in b.map { distance(x, $0) }.min() ?? 0 }),
      "occupancy": mean(p.flatMap { $0.map { $0 > 0.5 ? 1 : 0 } }),
      "occupancy_target": mean(t.flatMap { $0.map { $0 > 0.5 ? 1 : 0 } }),
    ]
    #expect(found.keys.sorted() == expected.keys.sorted())
    for (name, value) in expected {
      #expect(abs(try #require(found[name]) - value) < 1e-6, "\(name): \(found[name] ?? .nan), \(value)")
    }
  }

  @Test("Only the first series are held, whatever comes, and nothing gives no measures")
  func limits() throws {
    var health = ForecastHealth(bank: OccupancySet(.ones([2, 1, 2, 2, 2])))
    #expect(health.measures().isEmpty)
    let ones = Tensor.ones([100, 1, 2, 2, 2])
    for _ in 0..<2 { health.add(predictions: ones, targets: ones, inputs: ones) }
    for _ in 0..<3 { health.add(predictions: .zeros([100, 1, 2, 2, 2]), targets: ones, inputs: ones) }
    // 200 full ones and 56 empty ones.
    #expect(abs(try #require(health.measures()["occupancy"]) - 200 / 256.0) < 1e-6)
    #expect(abs(try #require(health.measures()["copy"]) - 56 / 256.0) < 1e-6)
  }

  @Test("512 by 512 frames of 16^3 take well under a second")
  func speed() {
    let frames = OccupancySet(frames(512, side: 16, seed: 9))
    let clock = ContinuousClock()
    let best = (0..<3).map { _ in clock.measure { _ = frames.meanNearestDistance(in: frames) } }.min() ?? .zero
    print("nearest of 512 in 512 frames of 16^3: \(best)")
    #expect(best < .seconds(1))
  }
}
