import CTorch
import Synchronization

/// An operator's failure: operands whose shapes, types or devices do not fit, or memory that ran out.
public struct TorchError: Error, CustomStringConvertible, Sendable {
  /// The operator, by its Swift name.
  public let operation: String
  /// What libtorch says, followed by the operands.
  public let message: String

  /// Both, in one line.
  public var description: String { "\(operation): \(message)" }
}

/// Turns the first failure of an operator inside `body` into a thrown error.
///
/// Operators do not throw. Outside of such a scope a failing one traps and names its operands. Inside, the first
/// failure is kept, the operator returns zeros in the shape of its first operand so that `body` goes on to its end,
/// and the failure is thrown there. Scopes nest: the innermost takes the failure.
/// - Throws: ``TorchError`` for the first failure; else whatever `body` throws.
public func withTorchErrors<R>(_ body: () throws -> R) throws -> R {
  let scope = FailureScope()
  let result = FailureScope.$current.withValue(scope) { Result(catching: body) }
  if let failure = scope.first {
    throw failure
  }
  return try result.get()
}

/// Holds the first failure of one `withTorchErrors`. Tasks that the body starts inherit it, hence the lock.
final class FailureScope: Sendable {
  @TaskLocal static var current: FailureScope?

  private let kept = Mutex<TorchError?>(nil)

  var first: TorchError? { kept.withLock { $0 } }

  func record(_ failure: TorchError) {
    kept.withLock { $0 = $0 ?? failure }
  }
}

/// Records a failure in the scope, or traps where there is none.
func report(_ operation: StaticString, _ message: String, operands: [Tensor]) {
  let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
  let described = operands.map(\.summary).joined(separator: ", ")
  let failure = TorchError(
    operation: "\(operation)", message: described.isEmpty ? line : "\(line) [operands: \(described)]")
  guard let scope = FailureScope.current else {
    trap("\(failure)")
  }
  scope.record(failure)
}

/// Ends the process over a mistake in the program, with a message in every build.
func trap(_ message: String) -> Never { fatalError(message) }

/// Makes a tensor by one call of the shim. On failure, reports it and answers zeros in the first operand's shape.
func made(
  _ operation: StaticString, _ operands: @autoclosure () -> [Tensor],
  _ call: (UnsafeMutablePointer<ct_tensor?>) -> ct_status
) -> Tensor {
  var handle: ct_tensor?
  guard call(&handle) == 0, let handle else {
    let operands = operands()
    report(operation, String(cString: ct_last_error()), operands: operands)
    return Tensor.standIn(like: operands.first)
  }
  return Tensor(owning: handle)
}

/// The same for a call that makes `count` tensors, some of which may be none.
func madeOptional(
  _ operation: StaticString, _ operands: @autoclosure () -> [Tensor], count: Int,
  _ call: (UnsafeMutablePointer<ct_tensor?>) -> ct_status
) -> [Tensor?] {
  var handles = [ct_tensor?](repeating: nil, count: count)
  let status = call(&handles)
  guard status == 0 else {
    let operands = operands()
    report(operation, String(cString: ct_last_error()), operands: operands)
    return (0..<count).map { _ in Tensor.standIn(like: operands.first) }
  }
  return handles.map { $0.map(Tensor.init(owning:)) }
}

/// The same for a call that always makes all of them.
func madeAll(
  _ operation: StaticString, _ operands: @autoclosure () -> [Tensor], count: Int,
  _ call: (UnsafeMutablePointer<ct_tensor?>) -> ct_status
) -> [Tensor] {
  madeOptional(operation, operands(), count: count, call).compactMap { $0 }
}

/// Runs a call of the shim that makes nothing; answers whether it succeeded.
@discardableResult
func done(_ operation: StaticString, _ operands: @autoclosure () -> [Tensor], _ call: () -> ct_status) -> Bool {
  guard call() == 0 else {
    report(operation, String(cString: ct_last_error()), operands: operands())
    return false
  }
  return true
}
