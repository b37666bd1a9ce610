import Foundation
import Geometry
import Models
import NN
import Randomness
import Torch
import Training
import Volumes

/// Learning of a voxel GAN, stage after stage.
///
/// What a step draws depends on the seed and the step's number alone, and so does its stage; a run that goes on draws what it would
/// have drawn, also in the middle of a fade.
final class VoxelGANTask: TrainingTask {
  let name: String
  private let configuration: VoxelGANConfiguration
  private let decoder: any ShapeDecoder
  /// The running average of the generator's weights, if one is kept.
  private let average: (any ShapeDecoder)?
  private let critic: VoxelCritic
  private let grids: GridFolder
  private let training, heldOut: [String]
  private let device: Device
  private var players: VoxelGANPlayers
  private var stage = 0

  init(_ configuration: VoxelGANConfiguration, directory: String, device: Device) throws {
    (name, self.configuration, self.device) = (configuration.recipe, configuration, device)
    let grids = try GridFolder(directory, resolutions: configuration.resolutions)
    self.grids = grids
    let split =
      try ShapeSplit(listsIn: directory, grids.entries)
      ?? ShapeSplit(
        grids.entries, validation: configuration.data.validationShare, seed: configuration.seed)
    func ids(_ side: ShapeSide) -> [String] { grids.entries.map(\.id).filter { split.side(of: $0) == side } }
    (training, heldOut) = (ids(.training), ids(.validation))
    guard training.count >= 2 else {
      throw ExperimentError("\(directory): has \(training.count) shapes to learn from; a batch needs two")
    }
    let generator = Generator(seed: configuration.seed)
    decoder = try configuration.model.network(generator: generator)
    decoder.move(to: device)
    critic = VoxelCritic(configuration.critic, generator: generator)
    critic.move(to: device)
    average = configuration.training.averageDecay > 0 ? try configuration.model.network(generator: generator) : nil
    average?.move(to: device)
    players = Self.players(configuration, decoder, critic, stage: 0, device)
  }

  private static func players(
    _ configuration: VoxelGANConfiguration, _ decoder: any ShapeDecoder, _ critic: VoxelCritic, stage: Int,
    _ device: Device
  ) -> VoxelGANPlayers {
    VoxelGANPlayers(
      decoder, critic: critic, stage: stage, options: configuration.adversarial, precision: configuration.precision,
      device: device)
  }

  var parameterCount: Int { decoder.parameterCount + critic.parameterCount }

  /// A last batch of a single grid is left out, as published.
  var batchesPerEpoch: Int? { perEpoch }

  private var batchSize: Int { min(configuration.training.batchSize, training.count) }
  private var perEpoch: Int { (training.count + batchSize - 2) / batchSize }

  /// The network that is used: the average where one is kept.
  private var used: any ShapeDecoder { average ?? decoder }

  func step(after done: Int) throws -> StepReport {
    let place = configuration.place(after: done, batchesPerEpoch: perEpoch)
    if place.number != stage { beginStage(place.number) }
    let (epoch, batch) = (done / perEpoch, done % perEpoch)
    let random = Generator(seed: ShapeSeed.seed(configuration.seed, for: "step \(done)"))
    let real = try grids.batch(
      shapes(epoch: epoch, batch: batch), resolution: critic.configuration.resolution(stage: stage),
      field: configuration.field
    ).to(device: device)
    var metrics: [String: Double] = [:]
    // As published: the generator's turn comes before the critic's, at the first of so many batches.
    if batch % configuration.adversarial.criticSteps == 0 {
      metrics = try players.generatorStep(codes: codes(real.shape[0], random), stage: place)
      follow(after: done)
    }
    let weights = Tensor.uniform([real.shape[0]], generator: random).to(device: device)
    metrics.merge(
      try players.criticStep(real: real, codes: codes(real.shape[0], random), weights: weights, stage: place)
    ) { $1 }
    (metrics["stage"], metrics["fade"]) = (Double(place.number), place.share)
    return StepReport(
      epoch: epoch + 1, batch: batch + 1, metrics: metrics, learningRate: configuration.adversarial.learningRate)
  }

  /// New optimizers for the next grids.
  private func beginStage(_ number: Int) {
    stage = number
    players = Self.players(configuration, decoder, critic, stage: number, device)
  }

  /// Shapes of a batch: every epoch has its own order.
  private func shapes(epoch: Int, batch: Int) -> [String] {
    var random = SeededGenerator(seed: configuration.seed, stream: UInt64(epoch) &+ 1)
    let order = random.permutation(count: training.count)
    let rows = order[batch * batchSize..<min((batch + 1) * batchSize, training.count)]
    return rows.map { training[$0] }
  }

  private func codes(_ count: Int, _ random: Generator) -> Tensor {
    Tensor.normal([count, decoder.latentSize], mean: 0, standardDeviation: 1, generator: random).to(device: device)
  }

  /// Moves the average towards the weights; in the first steps faster, so that it does not remember how they began.
  private func follow(after done: Int) {
    guard let average else { return }
    let turns = Double(done / configuration.adversarial.criticSteps)
    let decay = min(configuration.training.averageDecay, turns / (turns + 9))
    withoutGradient {
      TensorLists.interpolate(
        average.parameters().map(\.parameter.value), to: decoder.parameters().map(\.parameter.value),
        weight: 1 - decay)
    }
  }

  // MARK: Looking at itself

  /// What the critic says of held-out grids and of generated ones, and how much of either is solid.
  ///
  /// The gap between training grids and held-out ones grows where the critic learns shapes by heart.
  func evaluate() throws -> EvaluationReport {
    let count = min(batchSize, 16)
    let resolution = critic.configuration.resolution(stage: stage)
    let level = configuration.field.level / configuration.field.scale
    var metrics: [String: Double] = [:]
    func note(_ name: String, _ batch: Tensor) throws {
      let scores = withoutGradient { critic(batch, stage: stage, precision: configuration.precision) }
      metrics["score_\(name)"] = scores.mean().item()
      metrics["solid_\(name)"] = batch.less(than: level).to(dtype: .float32).mean().item()
      try Finiteness.require(metrics["score_\(name)"] ?? .nan, "the critic's score")
    }
    for (name, ids) in [("training", training), ("held_out", heldOut)] where !ids.isEmpty {
      try note(
        name,
        grids.batch(Array(ids.prefix(count)), resolution: resolution, field: configuration.field).to(device: device))
    }
    let random = Generator(seed: ShapeSeed.seed(configuration.seed, for: "evaluation"))
    let points = VoxelGANPlayers.grid(resolution).to(device: device)
    var distances = ChunkedDistances(used, points: points, codes: codes(count, random))
    distances.precision = configuration.precision
    let made = distances.values().reshaped([count, resolution, resolution, resolution])
    try note("generated", made)
    metrics["stage"] = Double(stage)
    return EvaluationReport(metrics)
  }

  /// A sheet of shapes of fixed codes, so that sheets of a run show how they come about.
  func writeSamples(step: Int, to folder: URL) throws -> [String] {
    guard configuration.training.samples > 0 else { return [] }
    let random = Generator(seed: ShapeSeed.seed(configuration.seed, for: "samples"))
    let codes = codes(configuration.training.samples, random).array(of: Float.self)
    let length = decoder.latentSize
    var portrait = ShapePortrait()
    (portrait.side, portrait.samplesPerPixel) = (192, 4)
    let images = try (0..<configuration.training.samples).map { index in
      let field = DecoderField(
        used, code: Array(codes[index * length..<(index + 1) * length]), field: configuration.field,
        precision: configuration.precision)
      return try portrait.image(
        of: DecoderSurface(field, level: Float(configuration.field.level), resolution: 48).surface.mesh)
    }
    var sheet = ContactSheet(images, columnCount: min(8, images.count))
    sheet.caption = "Step \(step), stage \(stage): fixed codes at level \(configuration.field.level), 48^3"
    let name = "codes_step_\(String(format: "%09d", step)).png"
    try sheet.image().writePNG(to: folder.appending(path: name).path)
    return [name]
  }

  // MARK: Checkpoints

  func save(to folder: URL) throws {
    try Finiteness.require(parameters: decoder.parameters() + critic.parameters())
    var states = players.optimizers.mapValues { $0.state() }
    (states["model"], states["critic"]) = (decoder.state(), critic.state())
    if let average { states["average"] = average.state() }
    try Checkpointing.write(
      states, generator: Generator(seed: configuration.seed), cursor: LoaderCursor(epoch: stage, position: 0),
      to: folder)
  }

  func restore(from folder: URL) throws {
    let file = folder.appending(path: Checkpointing.fileName).path
    // The optimizers are those of the stage that the checkpoint was written in.
    guard let cursor = try StateFile(reading: file).tensors["cursor"], cursor.count == 2 else {
      throw ExperimentError("\(file): does not say in which stage it was written; the checkpoint is damaged")
    }
    let number = Int(cursor.array(of: Int64.self)[0])
    guard critic.level.indices.contains(number) else {
      throw ExperimentError("\(file): was written in stage \(number), which the critic does not have")
    }
    beginStage(number)
    var loads: [(name: String, load: ([String: Tensor]) throws -> Void)] = [
      ("model", decoder.load), ("critic", critic.load),
    ]
    loads += players.optimizers.map { (name: $0.key, load: $0.value.load) }
    if let average { loads.append(("average", average.load)) }
    _ = try Checkpointing.read(from: folder, into: loads, generator: Generator(seed: configuration.seed))
  }
}
