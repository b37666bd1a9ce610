import Foundation

/// What is learned and how one step goes: the part of a training run that differs from model to model.
///
/// Two-player games, tables of codes and growing networks all fit: a step may hold several optimizer steps, and the
/// state is whatever the task says it is. The loop around it is ``train(_:in:plan:events:interruption:)``.
public protocol TrainingTask: AnyObject {
  /// Name of the recipe, for the record.
  var name: String { get }
  /// Number of trainable scalars.
  var parameterCount: Int { get }
  /// Number of batches of an epoch, where the data have a known size.
  var batchesPerEpoch: Int? { get }

  /// Learns from the next batch; `done` counts the steps before this one.
  ///
  /// *Throws*: `NonFinite` before an optimizer step would spread it; whatever reading the data throws.
  func step(after done: Int) throws -> StepReport

  /// Measures on the validation data; changes nothing that the next step depends on.
  ///
  /// *Throws*: `NonFinite` where the model has nothing to say any more; whatever reading the data throws.
  func evaluate() throws -> EvaluationReport

  /// Writes samples of what the model does now into `folder`, and names them.
  func writeSamples(step: Int, to folder: URL) throws -> [String]

  /// Writes everything that the next step depends on: parameters, buffers, optimizers, random states, place in the
  /// data.
  ///
  /// *Throws*: `NonFinite` instead of saving weights that no step can go on from.
  func save(to folder: URL) throws

  /// Takes back what ``save(to:)`` wrote; the next step is then the one that would have followed.
  func restore(from folder: URL) throws
}

/// What one step says about itself.
public struct StepReport: Sendable, Equatable {
  /// Epoch from 1, and batch within it from 1.
  public var epoch: Int, batch: Int
  /// Losses and other measures of the batch.
  public var metrics: [String: Double]
  /// Learning rate of the step.
  public var learningRate: Double?
  /// What the user should know.
  public var warnings: [TrainingWarning] = []

  /// A report of these measures.
  public init(epoch: Int, batch: Int, metrics: [String: Double], learningRate: Double? = nil) {
    (self.epoch, self.batch, self.metrics, self.learningRate) = (epoch, batch, metrics, learningRate)
  }
}
