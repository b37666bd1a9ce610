import Dispatch
import Foundation
import Synchronization

/// Runs a body for blocks of the numbers below `count`, on several threads at once; the body must write to places of its
/// own only, so that what comes out does not depend on which thread did which block.
///
/// *Parameters*: at most `threadCount` threads; nil for all processors.
func inBlocks(of size: Int, count: Int, threadCount: Int?, _ body: @Sendable (Range<Int>) -> Void) {
  let blocks = (max(0, count) + size - 1) / size
  let threads = min(blocks, max(1, threadCount ?? ProcessInfo.processInfo.activeProcessorCount))
  @Sendable func run(_ block: Int) { body(block * size..<min(count, (block + 1) * size)) }
  guard threads > 1 else { return (0..<blocks).forEach(run) }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    while true {
      let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard block < blocks else { return }
      run(block)
    }
  }
}
