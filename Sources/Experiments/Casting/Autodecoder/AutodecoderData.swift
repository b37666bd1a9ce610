/// The samples that an autodecoder learns from, and those of shapes that it never sees.
struct AutodecoderData {
  /// The training shapes.
  let training: SamplePool
  /// Held-out shapes; nil if there are none or none is asked for.
  let heldOut: SamplePool?

  /// Reads a folder.
  ///
  /// *Throws*: if it has no samples, the network has no codes and there are several shapes, or held-out shapes shall decide
  /// and there are none.
  init(_ configuration: AutodecoderConfiguration, directory: String) throws {
    training = try SamplePool(
      directory: directory, options: configuration.poolOptions(.training), seed: configuration.seed)
    if configuration.model.latentSize == 0, training.entries.count > 1 {
      throw ExperimentError(
        "\(directory): holds \(training.entries.count) shapes, and a network without codes learns one; name a folder of one,"
          + " or train autodecoder")
    }
    heldOut = try Self.heldOut(configuration, directory: directory)
    guard heldOut != nil || configuration.training.bestBy != .heldOutL1 else {
      throw ExperimentError(
        "\(directory): training.bestBy is \(AutodecoderConfiguration.Criterion.heldOutL1.rawValue), but no shape is held"
          + " out whose code could be fitted; raise data.validationShare and training.validationShapes")
    }
  }

  private static func heldOut(_ configuration: AutodecoderConfiguration, directory: String) throws -> SamplePool? {
    guard configuration.model.latentSize > 0, configuration.training.validationShapes > 0 else { return nil }
    let options = configuration.poolOptions(.validation)
    let folder = try SampleFolder(directory, pointSet: configuration.data.pointSet)
    let split =
      try ShapeSplit(listsIn: directory, folder.entries)
      ?? ShapeSplit(folder.entries, validation: options.validationShare, seed: configuration.seed)
    guard folder.entries.contains(where: { split.side(of: $0.id) == .validation }) else { return nil }
    return try SamplePool(directory: directory, options: options, seed: configuration.seed)
  }
}
