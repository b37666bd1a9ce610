import Experiments
import Foundation
import Runs
import Testing

extension TrainedTests {
  /// The same run with every convolution done by the library and in the frequency domain.
  @Suite("Training curves of direct and spectral convolutions")
  struct ConvolutionCurveTests {
    /// The command that was built beside these tests.
    private static var command: URL {
      URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "formcast")
    }

    private func losses(_ data: TinyData, _ policy: String, _ precision: String) throws -> [Double] {
      let (process, name) = (Process(), "\(policy)-\(precision)")
      process.executableURL = Self.command
      let settings = [
        "data.format=t20", "precision=\(precision)", "optimizer.learningRate=0.001", "optimizer.schedule=constant",
        "training.samples=0", "training.validationInterval=0", "training.checkpointInterval=0",
      ]
      process.arguments =
        [
          "train", "convlstm-demo", "--data", data.folder, "--out", data.path(name), "--quiet", "--steps", "20",
          "--seed", "11",
        ] + settings.flatMap { ["--set", $0] }
      process.standardOutput = FileHandle.nullDevice
      process.environment = ProcessInfo.processInfo.environment
        .merging(["OMP_WAIT_POLICY": "PASSIVE", "FORMCAST_CONVOLUTION": policy]) { $1 }
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
      return try data.run(name).steps().compactMap { $0.metrics["loss"] }
    }

    // A step's rounding differs by about 1e-6. Where gates and rectifiers have kinks, twenty steps of Adam at this rate enlarge it
    // to 0.5 percent at the spike of the loss at the thirteenth step, and it falls again: the first steps tell a change of the
    // mathematics from rounding. With bfloat16 both round what they multiply to 0.4 percent, the one volumes, the other spectra.
    @Test(
      "The curves agree", .enabled(if: FileManager.default.isExecutableFile(atPath: command.path), "no command built"),
      arguments: [("fp32", 3e-4), ("bf16", 1e-2)])
    func curvesAgree(precision: String, tolerance: Double) throws {
      let data = try TinyData()
      let (direct, spectral) = (try losses(data, "direct", precision), try losses(data, "spectral", precision))
      try #require(direct.count == 20 && spectral.count == 20)
      for (step, (a, b)) in zip(direct, spectral).enumerated() {
        #expect(abs(a - b) <= (step < 8 ? tolerance : 1e-2) * a, "step \(step + 1): \(a) and \(b)")
      }
      #expect(direct != spectral, "both were computed in the same way")
      #expect(spectral[19] < 0.8 * spectral[0])
    }
  }
}
