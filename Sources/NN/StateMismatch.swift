import Torch

/// What is wrong with a state that was to be loaded: all of it, not just the first thing.
public struct StateMismatch: Error, Equatable, CustomStringConvertible {
  /// Keys that the receiver has and the state lacks.
  public var missing: [String]
  /// Keys that the state has and the receiver lacks.
  public var unexpected: [String]
  /// Keys whose shapes or kinds of number differ, with what is wanted and what was found.
  public var misshaped: [String]

  /// A mismatch of the given keys.
  public init(missing: [String] = [], unexpected: [String] = [], misshaped: [String] = []) {
    (self.missing, self.unexpected, self.misshaped) = (missing, unexpected, misshaped)
  }

  /// One line that lists every difference.
  public var description: String {
    let parts = [("missing", missing), ("unexpected", unexpected), ("of another shape", misshaped)]
    let lists = parts.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }
    return "the state does not fit; \(lists.joined(separator: "; "))"
  }

  /// Throws if the keys, shapes and kinds of number of `state` are not exactly those of the receiver's tensors.
  static func check(_ state: [String: Tensor], against wanted: [(key: String, value: Tensor)]) throws {
    var mismatch = StateMismatch()
    for (key, value) in wanted {
      guard let found = state[key] else {
        mismatch.missing.append(key)
        continue
      }
      if found.shape != value.shape {
        mismatch.misshaped.append("\(key) (wanted \(value.shape), found \(found.shape))")
      } else if found.dtype != value.dtype, !found.dtype.isFloatingPoint || !value.dtype.isFloatingPoint {
        mismatch.misshaped.append("\(key) (wanted \(value.dtype), found \(found.dtype))")
      }
    }
    mismatch.unexpected = Set(state.keys).subtracting(wanted.map(\.key)).sorted()
    guard mismatch == StateMismatch() else { throw mismatch }
  }
}
