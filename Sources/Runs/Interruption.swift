import Foundation
import Synchronization

/// The signal that asked for a stop, 0 while none did; global because a signal handler can reach nothing else.
private let requestedSignal = Atomic<Int32>(0)

/// Ctrl-C as a wish: the first SIGINT or SIGTERM asks the loop to save and stop, a second ends the process at once.
public final class Interruption: Sendable {
  private static let signals = [SIGINT, SIGTERM]

  /// Listens from now on, for as long as this value lives; one at a time makes sense.
  public init() {
    // Also makes sure that the global is there before a handler touches it.
    requestedSignal.store(0, ordering: .sequentiallyConsistent)
    for number in Self.signals {
      signal(number) { received in
        requestedSignal.store(received, ordering: .sequentiallyConsistent)
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        let text: StaticString = "\nstopping once what is done now is saved; again to stop at once\n"
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      }
    }
  }

  deinit { for number in Self.signals { signal(number, SIG_DFL) } }

  /// Whether a stop was asked for.
  public var isRequested: Bool { requestedSignal.load(ordering: .sequentiallyConsistent) != 0 }
}
