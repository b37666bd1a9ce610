import ArgumentParser
import Foundation
import Runs

/// What every verb takes.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Make the last line of standard output one JSON object.")
  var json = false

  @Flag(help: "No progress and no remarks.")
  var quiet = false

  /// How progress is shown, in the unit that is counted.
  func progress(_ unit: String) -> ProgressMeter.Options {
    ProgressMeter.Options(mode: quiet ? .quiet : .automatic, unit: unit)
  }

  /// Prints the outcome: its text unless quiet, then the object if asked for.
  func report(_ value: some Encodable, text: String) throws {
    if !quiet { print(text) }
    if json { try JSONOutput.print(value) }
  }
}

/// What verbs with random choices take.
struct SeedOption: ParsableArguments {
  @Option(help: "Seed of every random choice.")
  var seed: UInt64 = 1
}

/// What verbs that compute with tensors take.
struct DeviceOption: ParsableArguments {
  @Option(help: "auto, cpu, cuda, cuda:N or mps.")
  var device = "auto"
}

/// What verbs that write take.
struct ForceOption: ParsableArguments {
  @Flag(help: "Replace what is there.")
  var force = false
}
