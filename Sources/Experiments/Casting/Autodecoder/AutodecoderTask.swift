import Foundation
import Models
import NN
import Randomness
import Torch
import Training
import Volumes

/// Learning of a shape decoder together with the codes of its shapes.
///
/// What a step draws depends on the seed and the step's number alone, so a run that goes on draws what it would have drawn.
final class AutodecoderTask: TrainingTask {
  let name: String
  let configuration: AutodecoderConfiguration
  let decoder: any ShapeDecoder
  /// The running average of the weights, if one is kept.
  private let average: (any ShapeDecoder)?
  let codes: CodeBook?
  let data: AutodecoderData
  let device: Device
  private let optimizer: Adam
  private let generator: Generator

  init(_ configuration: AutodecoderConfiguration, data: AutodecoderData, device: Device) throws {
    (name, self.configuration, self.data, self.device) = (configuration.recipe, configuration, data, device)
    generator = Generator(seed: configuration.seed)
    decoder = try configuration.model.network(generator: generator)
    decoder.move(to: device)
    if configuration.optimizer.averageDecay > 0 {
      let copy = try configuration.model.network(generator: Generator(seed: configuration.seed))
      copy.move(to: device)
      average = copy
    } else {
      average = nil
    }
    let latentSize = configuration.model.latentSize
    codes =
      latentSize == 0
      ? nil
      : CodeBook(
        shapeCount: data.training.entries.count, latentSize: latentSize,
        deviation: configuration.codes.initialDeviation, generator: generator)
    codes?.move(to: device)
    var groups = [ParameterGroup(decoder.parameters(), learningRate: configuration.optimizer.learningRate)]
    if let codes {
      groups.append(
        ParameterGroup([("codes", codes.table)], learningRate: configuration.optimizer.codeLearningRate))
    }
    optimizer = Adam(groups)
  }

  var parameterCount: Int { decoder.parameterCount + (codes?.parameterCount ?? 0) }

  var batchesPerEpoch: Int? {
    let shapes = configuration.training.shapesPerBatch
    guard shapes == 0 else { return max(1, (data.training.entries.count + shapes - 1) / shapes) }
    return max(1, data.training.sampleCount / configuration.training.batchSize)
  }

  /// The network that is judged and used: the average where one is kept.
  var judged: any ShapeDecoder { average ?? decoder }

  func step(after done: Int) throws -> StepReport {
    let batch = batch(after: done)
    let loss = AutodecoderLoss(configuration: configuration)
    let ramp = configuration.codes.penaltyRamp > 0 ? min(Double(done) / Double(configuration.codes.penaltyRamp), 1) : 1
    var (gradients, metrics): ([Tensor], [String: Double]) = ([], [:])
    for part in batch.parts(configuration.training.batchSplit) {
      let terms = loss.terms(part, decoder: decoder, codes: codes, ramp: ramp, mode: .training(generator))
      let slopes = gradient(of: terms.total, withRespectTo: optimizer.parameters)
      gradients = gradients.isEmpty ? slopes : zip(gradients, slopes).map { $0 + $1 }
      metrics["l1", default: 0] += part.weight * terms.error.item()
      if let size = terms.codeSize { metrics["code_size"] = size.item() }
      if let slope = terms.eikonal { metrics["eikonal", default: 0] += part.weight * slope.item() }
    }
    try Finiteness.require(metrics["l1"] ?? .nan, "the error of distances")
    try Finiteness.require(gradients: gradients, of: optimizer.groups.flatMap(\.parameters))
    let factor = configuration.rateFactor(after: done)
    for (index, rate) in [configuration.optimizer.learningRate, configuration.optimizer.codeLearningRate].enumerated()
    where index < optimizer.groups.count {
      optimizer.groups[index].learningRate = rate * factor
    }
    optimizer.step(gradients: gradients)
    codes?.limit(to: configuration.codes.normBound)
    follow(after: done)
    let perEpoch = batchesPerEpoch ?? 1
    return StepReport(
      epoch: done / perEpoch + 1, batch: done % perEpoch + 1, metrics: metrics,
      learningRate: configuration.optimizer.learningRate * factor)
  }

  /// The batch of a step.
  func batch(after done: Int) -> AutodecoderLoss.Batch {
    let training = configuration.training
    var draws = SeededGenerator(seed: configuration.seed, stream: UInt64(done) &+ 1)
    let shapes = training.shapesPerBatch > 0 ? training.shapesPerBatch : nil
    return AutodecoderLoss.Batch(
      data.training.batch(pointCount: training.batchSize, shapesPerBatch: shapes, generator: &draws),
      shapeCount: codes == nil ? nil : data.training.entries.count, device: device)
  }

  /// Moves the average towards the weights; in the first steps faster, so that it does not remember how they began.
  private func follow(after done: Int) {
    guard let average else { return }
    let decay = min(configuration.optimizer.averageDecay, Double(done + 1) / Double(done + 10))
    withoutGradient {
      TensorLists.interpolate(
        average.parameters().map(\.parameter.value), to: decoder.parameters().map(\.parameter.value),
        weight: done == 0 ? 1 : 1 - decay)
    }
  }

  func save(to folder: URL) throws {
    try Finiteness.require(parameters: optimizer.groups.flatMap(\.parameters))
    var states = ["model": decoder.state(), "optimizer": optimizer.state()]
    if let codes { states["codes"] = codes.state() }
    if let average { states["average"] = average.state() }
    let shapes = [CodeTable.metadataKey: try CodeTable.text(of: data.training.entries)]
    try Checkpointing.write(states, generator: generator, cursor: LoaderCursor(), metadata: shapes, to: folder)
  }

  func restore(from folder: URL) throws {
    try requireSameShapes(folder)
    var loads: [(name: String, load: ([String: Tensor]) throws -> Void)] = [
      ("model", decoder.load), ("optimizer", optimizer.load),
    ]
    if let codes { loads.append(("codes", codes.load)) }
    if let average { loads.append(("average", average.load)) }
    _ = try Checkpointing.read(from: folder, into: loads, generator: generator)
  }

  /// A code belongs to its shape; with other shapes every one would be wrong.
  private func requireSameShapes(_ folder: URL) throws {
    let file = folder.appending(path: Checkpointing.fileName).path
    let text = try StateFile.metadata(of: file)[CodeTable.metadataKey]
    // Their categories may change: training does not look at them.
    guard try text.map({ try CodeTable.entries($0, path: file).map(\.id) }) == data.training.entries.map(\.id) else {
      throw ExperimentError("\(folder.path): the run was trained on other shapes than --data holds; name its own data")
    }
  }
}

extension AutodecoderLoss.Batch {
  /// The batch in parts of about the same size; the first has the codes' penalty of all.
  func parts(_ count: Int) -> [Self] {
    let total = points.shape[0]
    guard count > 1 else { return [self] }
    return (0..<count).map { part in
      let (start, end) = (part * total / count, (part + 1) * total / count)
      var batch = Self(
        points: points.narrowed(0, start, end - start), distances: distances.narrowed(0, start, end - start),
        owners: owners?.narrowed(0, start, end - start), shares: part == 0 ? shares : nil)
      batch.weight = Double(end - start) / Double(total)
      return batch
    }
  }

  /// A drawn batch as tensors; `shapeCount` nil for a network without codes.
  init(_ batch: SampleBatch, shapeCount: Int?, device: Device) {
    let count = batch.distances.count
    self.init(
      points: Tensor(batch.points, shape: [count, 3]).to(device: device),
      distances: Tensor(batch.distances, shape: [count]).to(device: device))
    guard let shapeCount else { return }
    owners = Tensor(batch.owners, shape: [count]).to(device: device)
    var counts = [Float](repeating: 0, count: shapeCount)
    for owner in batch.owners { counts[Int(owner)] += 1 / Float(count) }
    shares = Tensor(counts, shape: [shapeCount]).to(device: device)
  }
}
