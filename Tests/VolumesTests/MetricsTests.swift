import Foundation
import Randomness
import Testing
import Volumes

@Suite struct MetricsTests {
  private func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/\(name)").path
  }

  /// MSE and Jaccard distance written down a second time, voxel by voxel.
  private func plain(_ first: [Float], _ second: [Float], _ threshold: Float) -> (mse: Double, jaccard: Double) {
    var (squares, both, either) = (0.0, 0, 0)
    for (a, b) in zip(first, second) {
      squares += Double(a - b) * Double(a - b)
      both += a > threshold && b > threshold ? 1 : 0
      either += a > threshold || b > threshold ? 1 : 0
    }
    return (squares / Double(first.count), either == 0 ? 0 : 1 - Double(both) / Double(either))
  }

  @Test(arguments: [1, 7, 511, 512, 513, 4096, 5000])
  func errorsEqualTheDefinitionForEveryLength(_ count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let first = (0..<count).map { _ in Float(random.uniform()) }
    let second = (0..<count).map { _ in Float(random.uniform()) }
    for threshold: Float in [0.5, 0, 0.9] {
      let errors = VoxelErrors(first, second, threshold: threshold)
      let expected = plain(first, second, threshold)
      // Single precision over 512 voxels at most.
      #expect(abs(errors.meanSquaredError - expected.mse) < 1e-6)
      #expect(errors.jaccardDistance == expected.jaccard)
    }
    let bits = first.map { UInt8($0 > 0.5 ? 1 : 0) }
    let others = second.map { UInt8($0 > 0.5 ? 1 : 0) }
    let binary = VoxelErrors(bits, others)
    let floats = VoxelErrors(bits.map(Float.init), others.map(Float.init))
    #expect(binary == floats)
    let large = VoxelErrors(bits.map { $0 * 200 }, others.map { $0 * 200 }, threshold: 100)
    #expect(large.jaccardDistance == binary.jaccardDistance)
    #expect(large.squaredError == binary.squaredError * 40000)
  }

  @Test func theThresholdIsStrictAndEmptyAgainstEmptyIsZero() {
    let half: [Float] = [0.5, Float(0.5).nextUp, 0.49, 0.51]
    let errors = VoxelErrors(half, [1, 1, 1, 1])
    #expect(errors.intersectionCount == 2)
    #expect(VoxelErrors([Float](repeating: 0.2, count: 700), [Float](repeating: 0.5, count: 700)).jaccardDistance == 0)
    #expect(VoxelErrors().meanSquaredError == 0)
  }

  @Test func errorsEqualTheReferenceArrays() throws {
    let archive = try NpzArchive(fixture("metrics_frames.npz"))
    let frames = try archive.array("frames").floats()
    let predicted = try archive.array("predicted").floats()
    let voxels = 12 * 12 * 12
    let (last, next) = (Array(frames[..<(6 * voxels)]), Array(frames[voxels...]))
    var scorer = ForecastScorer(voxelsPerFrame: voxels)
    try predicted.withUnsafeBufferPointer { prediction in
      try next.withUnsafeBufferPointer { target in
        try last.withUnsafeBufferPointer { input in
          try scorer.add(ForecastComparison(name: "a", prediction: prediction, target: target, input: input))
        }
      }
    }
    let score = scorer.score()
    let pairs = [("target", predicted, next), ("input", predicted, last), ("null", next, last)]
    for (name, first, second) in pairs {
      let perFrame = (0..<6).map { frame in
        let range = (frame * voxels)..<((frame + 1) * voxels)
        return VoxelErrors(Array(first[range]), Array(second[range]))
      }
      let jaccard = try archive.array("jaccard.\(name).per_frame").doubles()
      let mse = try archive.array("mse.\(name).per_frame").doubles()
      for frame in 0..<6 {
        #expect(abs(perFrame[frame].jaccardDistance - jaccard[frame]) < 1e-7)
        #expect(abs(perFrame[frame].meanSquaredError - mse[frame]) <= 1e-6 * max(mse[frame], 1e-3))
      }
      let frame: ForecastScore.Errors = score.scoring.frame.jaccard
      let sequence = score.scoring.sequence.jaccard
      let means = ["target": frame.target, "input": frame.input, "null": frame.null]
      let joint = ["target": sequence.target, "input": sequence.input, "null": sequence.null]
      let meanOfFrames = try archive.array("jaccard.\(name).mean_of_frames").doubles()[0]
      let whole = try archive.array("jaccard.\(name).whole_sequence").doubles()[0]
      #expect(abs(means[name]!.mean - meanOfFrames) < 1e-7)
      #expect(abs(joint[name]!.mean - whole) < 1e-7)
    }
  }

  private func add(
    _ scorer: inout ForecastScorer, _ name: String, _ prediction: [Float], _ target: [Float], _ input: [Float],
    rollout: Bool = false
  ) throws {
    try prediction.withUnsafeBufferPointer { prediction in
      try target.withUnsafeBufferPointer { target in
        try input.withUnsafeBufferPointer { input in
          let comparison = ForecastComparison(name: name, prediction: prediction, target: target, input: input)
          if rollout { try scorer.addRollout(comparison) } else { try scorer.add(comparison) }
        }
      }
    }
  }

  @Test func scoresHaveTheKeysAndNumbersOfTheContract() throws {
    var scorer = ForecastScorer(voxelsPerFrame: 2)
    try add(&scorer, "b", [1, 0, 1, 1], [1, 0, 1, 1], [0, 1, 0, 0])
    try add(&scorer, "a", [1, 1, 0, 0], [1, 0, 0, 0], [0, 1, 1, 0])
    // Steps: right, right, wrong; the truth moves back and forth between the two voxels.
    try add(&scorer, "a", [1, 0, 0, 1, 0, 1], [1, 0, 0, 1, 1, 0], [0, 1], rollout: true)
    let score = scorer.score()
    #expect(score.samples == 2)
    // a: per frame 1/2 and 0 (empty against empty); jointly 1/2. b: 0, 0; jointly 0.
    #expect(score.scoring.sequence.jaccard.target == Moments([0.5, 0]))
    #expect(score.scoring.frame.jaccard.target == Moments([0.5, 0, 0, 0]))
    #expect(score.scoring.sequence.jaccard.target.std == 0.25)
    #expect(score.scoring.sequence.mse.target == Moments([0.25, 0]))
    // Input of a: frames {0,1} against {1}, {} against {0}: intersection 1, union 3.
    #expect(abs(score.scoring.sequence.jaccard.input.mean - (2.0 / 3 + 1) / 2) < 1e-12)
    #expect(score.rollout.jaccard.target == [0, 0, 1])
    #expect(score.rollout.jaccard.null == [1, 1, 1])
    #expect(score.rollout.jaccard.persistence == [1, 0, 1])
    #expect(score.rollout.jaccard.input == [1, 0, 0])
    #expect(score.horizon == 2)
    #expect(score.valid)
    let object = try JSONSerialization.jsonObject(with: score.json()) as? [String: Any]
    #expect(Set(try #require(object).keys) == ["samples", "scoring", "rollout", "horizon", "valid"])
    let scoring = object?["scoring"] as? [String: [String: [String: [String: Double]]]]
    #expect(scoring?["frame"]?["jaccard"]?["target"]?["mean"] == 0.125)
    let rollout = object?["rollout"] as? [String: [String: Any]]
    #expect(rollout?["mse"]?["persistence"] as? [Double] == [1, 0, 1])
    #expect(try JSONDecoder().decode(ForecastScore.self, from: score.json()) == score)
    let lines = scorer.perSampleCSV().split(separator: "\n")
    #expect(lines[0] == "name,mse_target,mse_null,mse_input,jaccard_target,jaccard_null,jaccard_input")
    #expect(lines[1].hasPrefix("a,0.25,0.75,0.5,0.5,1,"))
    #expect(lines[2] == "b,0,1,1,0,1,1")
  }

  @Test func scoresDoNotDependOnTheOrderOfSamples() throws {
    var random = SeededGenerator(seed: 4)
    let volumes = (0..<30).map { _ in (0..<3).map { _ in (0..<64).map { _ in Float(random.uniform()) } } }
    var forward = ForecastScorer(voxelsPerFrame: 16)
    var backward = ForecastScorer(voxelsPerFrame: 16)
    for index in 0..<30 {
      let (one, other) = (volumes[index], volumes[29 - index])
      try add(&forward, "\(index)", one[0], one[1], one[2])
      try add(&backward, "\(29 - index)", other[0], other[1], other[2])
    }
    #expect(try forward.score().json() == backward.score().json())
    #expect(forward.perSampleCSV() == backward.perSampleCSV())
  }

  @Test func aForecastThatRepeatsItsInputIsNotValid() throws {
    var scorer = ForecastScorer(voxelsPerFrame: 4)
    try add(&scorer, "x", [1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0])
    try add(&scorer, "x", [1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], rollout: true)
    let score = scorer.score()
    #expect(!score.valid)
    #expect(score.horizon == 0)
    #expect(score.verdict.hasPrefix("not valid"))
  }

  @Test func whatCannotBeScoredIsRefused() throws {
    var scorer = ForecastScorer(voxelsPerFrame: 2)
    #expect(throws: ScoringError.notFinite(name: "n")) { try add(&scorer, "n", [.nan, 0], [0, 0], [0, 0]) }
    #expect(throws: ScoringError.sizes(name: "s", prediction: 2, target: 4, input: 2)) {
      try add(&scorer, "s", [0, 0], [0, 0, 0, 0], [0, 0])
    }
    try add(&scorer, "r", [0, 0], [0, 0], [0, 0], rollout: true)
    #expect(throws: ScoringError.steps(name: "q", steps: 2, expected: 1)) {
      try add(&scorer, "q", [0, 0, 0, 0], [0, 0, 0, 0], [0, 0], rollout: true)
    }
    #expect(scorer.score().samples == 0)
  }
}
