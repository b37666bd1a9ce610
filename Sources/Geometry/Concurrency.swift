import Dispatch
import Foundation
import Synchronization

/// Runs a body for every number below `count`, on several threads at once; the body must write to places of its own only.
///
/// Numbers are handed out one by one, so that all threads are busy to the end however uneven the work is.
///
/// *Parameters*: at most `threadCount` threads; nil for all processors.
func concurrently(_ count: Int, threadCount: Int?, _ body: @Sendable (Int) -> Void) {
  let threads = min(count, threadCount ?? ProcessInfo.processInfo.activeProcessorCount)
  guard threads > 1 else { return (0..<max(0, count)).forEach(body) }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    while true {
      let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard number < count else { return }
      body(number)
    }
  }
}
