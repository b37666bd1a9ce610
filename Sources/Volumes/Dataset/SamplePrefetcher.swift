import Foundation

/// Decodes numbered items ahead of their use, on background threads, at most `capacity` of them beyond the one wanted.
///
/// Work is handed to a queue only while there is room, and no thread ever waits for room, so that nothing has to be woken
/// to stop: after `cancel`, or when the last reference goes, at most `threadCount` running items finish and are dropped.
final class SamplePrefetcher<Item: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let queue = DispatchQueue(label: "formcast.prefetch", attributes: .concurrent)
  private let threadCount: Int
  private let capacity: Int
  private let end: Int
  private let decode: @Sendable (Int) throws -> Item

  // All below is guarded by `condition`.
  private var results: [Int: Result<Item, any Error>] = [:]
  private var head: Int
  private var next: Int
  private var runningCount = 0
  private var isCancelled = false
  private var peak = 0

  /// A prefetcher of the items `start..<end`.
  init(
    range: Range<Int>, threadCount: Int, capacity: Int, decode: @escaping @Sendable (Int) throws -> Item
  ) {
    (head, next, end) = (range.lowerBound, range.lowerBound, range.upperBound)
    (self.threadCount, self.capacity, self.decode) = (max(1, threadCount), max(1, capacity), decode)
  }

  /// Largest number of items that ever lay ready or were in work at once.
  var peakCount: Int { condition.withLock { peak } }

  /// The item of a number, not below any taken before; waits for it and throws what its decoding threw.
  func take(_ number: Int) throws -> Item {
    condition.lock()
    defer { condition.unlock() }
    precondition(number >= head && number < end, "item \(number) is not among those to come, \(head)..<\(end)")
    if number > head {
      results = results.filter { $0.key >= number }
      head = number
      next = max(next, number)
    }
    startWork()
    while true {
      if isCancelled { throw CancellationError() }
      if let result = results[number] {
        let item = try result.get()
        results[number] = nil
        head = number + 1
        next = max(next, head)
        startWork()
        return item
      }
      condition.wait()
    }
  }

  /// Stops: `take` throws `CancellationError` from now on, also where it is waiting.
  func cancel() {
    condition.withLock {
      isCancelled = true
      results = [:]
      condition.broadcast()
    }
  }

  /// Hands work to the queue while there is room; the lock is held.
  private func startWork() {
    while !isCancelled, runningCount < threadCount, next < min(end, head + capacity) {
      let number = next
      next += 1
      runningCount += 1
      peak = max(peak, results.count + runningCount)
      queue.async { self.work(on: number) }
    }
  }

  private func work(on number: Int) {
    let result = Result { try decode(number) }
    condition.withLock {
      runningCount -= 1
      if !isCancelled && number >= head { results[number] = result }
      startWork()
      condition.broadcast()
    }
  }
}
