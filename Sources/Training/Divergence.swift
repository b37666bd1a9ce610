import Runs

/// A loss, a gradient or a weight that is not a number any more.
///
/// A task throws it; the loop around it ends the run with a ``Divergence`` that says where.
public struct NonFinite: Error, CustomStringConvertible {
  /// What is not finite, such as `the critic's penalty`.
  public let term: String
  /// What the user can change.
  public let remedy: String
  /// Both in one line.
  public var description: String { "\(term) is not finite; \(remedy)" }

  /// The quantity `name` is not finite.
  public init(_ name: String, remedy: String = "start again with a lower optimizer.learningRate") {
    (term, self.remedy) = (name, remedy)
  }
}

/// The end of a run whose numbers ran away: at which step, by which term, and what is left of it.
public struct Divergence: Error, CustomStringConvertible, Sendable {
  /// The step that could not be done, or after which an evaluation or checkpoint could not be made; from 1.
  public let step: Int
  /// What is not finite.
  public let term: String
  /// What the user can change.
  public let remedy: String
  /// The newest complete checkpoint, which is from before the divergence; nil if there is none.
  public let checkpoint: Checkpoint?

  init(step: Int, cause: NonFinite, checkpoint: Checkpoint?) {
    (self.step, self.checkpoint) = (step, checkpoint)
    (term, remedy) = (cause.term, cause.remedy)
  }

  /// One line.
  public var description: String {
    let left =
      checkpoint.map { "the last good checkpoint is \($0.name) (step \($0.step))" } ?? "there is no checkpoint yet"
    return "diverged at step \(step): \(term) is not finite; \(left); \(remedy)"
  }
}
