import ArgumentParser

/// What every verb takes.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Make the last line of standard output one JSON object.")
  var json = false

  @Flag(help: "No progress and no remarks.")
  var quiet = false
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
