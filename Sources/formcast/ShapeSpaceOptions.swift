import ArgumentParser
import Experiments
import Geometry

/// Which model, and how it is evaluated: what all verbs on shape spaces take.
struct ShapeSpaceOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A run of shapes, or a file of weights.", valueName: "run"))
  var path: String

  @Option(help: "fp32 or bf16; without it as the run was made.")
  var precision: String?

  @OptionGroup var choice: CheckpointOption
  @OptionGroup var deviceOption: DeviceOption

  func validate() throws {
    guard ["fp32", "bf16"].contains(precision ?? "fp32") else {
      throw ValidationError("--precision is fp32 or bf16, not \(precision ?? "")")
    }
  }

  func open() throws -> ShapeSpace {
    try ShapeSpace.open(path, device: deviceOption.device, precision: precision, choice: choice.value())
  }
}

/// Where surfaces are taken.
struct ShapeSurfaceOptions: ParsableArguments {
  @Option(help: "Samples along each axis of [-1, 1]^3, 2 to \(SparseSurfaceExtraction.largestExtent).")
  var resolution = 64

  @Option(parsing: .unconditional, help: "The distance at which the surface lies; without it the model's own level.")
  var level: Double?

  func validate() throws {
    guard (2...SparseSurfaceExtraction.largestExtent).contains(resolution) else {
      throw ValidationError("--resolution must be 2 to \(SparseSurfaceExtraction.largestExtent)")
    }
    guard level?.isFinite ?? true else { throw ValidationError("--level must be a finite number") }
  }
}

/// Which codes.
struct CodeOptions: ParsableArguments {
  @Option(help: "Random codes: so many, from the model's prior.")
  var count: Int?

  @Option(help: "Codes from an npy file, [N, L] or [L].")
  var codes: String?

  @Option(help: "Trained codes of these shapes, ids with commas between them.")
  var codeNames: String?

  @Option(help: "Trained codes by number from 0, with commas between them.")
  var index: IndexList?

  @Option(name: .customLong("trained"), defaultAsFlag: Int.max, help: "The first so many trained codes, or all.")
  var trainedCount: Int?

  @OptionGroup var seed: SeedOption

  func validate() throws {
    guard (1...100_000).contains(count ?? 1), (trainedCount ?? 1) > 0 else {
      throw ValidationError("--count must be 1 to 100000, --trained at least 1")
    }
    guard codeNames.map({ !$0.split(separator: ",").isEmpty }) ?? true else {
      throw ValidationError("--code-names names no shape")
    }
    let given = [count != nil, codes != nil, codeNames != nil, index != nil, trainedCount != nil].count { $0 }
    guard given <= 1 else {
      throw ValidationError("--count, --codes, --code-names, --index and --trained exclude each other")
    }
  }

  /// The choice that was made, or what `otherwise` says.
  func choice(otherwise: CodeChoice.Source) -> CodeChoice {
    var source = otherwise
    if let count { source = .random(count: count) }
    if let codes { source = .file(codes) }
    if let codeNames { source = .ids(codeNames.split(separator: ",").map(String.init)) }
    if let index { source = .indices(index.values) }
    if let trainedCount { source = .trained(count: trainedCount == Int.max ? nil : trainedCount) }
    return CodeChoice(source, seed: seed.seed)
  }
}

/// Whole numbers from 0 with commas between them, such as `0,3,7`.
struct IndexList: ExpressibleByArgument, CustomStringConvertible {
  var values: [Int]

  init(values: [Int]) { self.values = values }

  var description: String { values.map(String.init).joined(separator: ",") }
  var defaultValueDescription: String { description }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard parts.allSatisfy({ $0 >= 0 }) else { return nil }
    values = parts
  }
}

/// How shapes are drawn.
struct PortraitOptions: ParsableArguments {
  @Option(help: "Pixels of a picture's side, 64 to 2048; less on a sheet that would otherwise have too many.")
  var size: Int?

  @Option(parsing: .unconditional, help: "Degrees round the up axis; 0 is the front.")
  var azimuth: Float = 32

  @Option(parsing: .unconditional, help: "Degrees above the horizon.")
  var elevation: Float = 22

  @Option(help: "The axis that points up: y as in most model files, or z.")
  var up = UpAxis.y

  func validate() throws {
    guard (64...2048).contains(size ?? 64) else { throw ValidationError("--size must be 64 to 2048") }
    guard azimuth.isFinite, elevation.isFinite else {
      throw ValidationError("--azimuth and --elevation must be finite numbers")
    }
  }

  /// Brings what was asked for into a way of drawing.
  func apply(to portrait: inout ShapePortrait) {
    if let size { portrait.side = size }
    (portrait.view.azimuth, portrait.view.elevation, portrait.upAxis) = (azimuth, elevation, up)
  }
}
