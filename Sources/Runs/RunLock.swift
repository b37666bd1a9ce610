import Foundation

/// The right to write to a run: held by one process at a time, given up when released or when the process ends, however it ends.
///
/// *Limits*: relies on `flock`, so two machines that share a folder over a network file system without locks are not kept apart.
public final class RunLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock of the run at `directory`.
  ///
  /// *Throws*: `RunError` if another writer holds it.
  public init(directory: URL) throws {
    let path = directory.appendingPathComponent(".lock").path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.systemError("cannot lock \(directory.path)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isTaken = errno == EWOULDBLOCK
      let error = AtomicFile.systemError("cannot lock \(directory.path)")
      close(descriptor)
      throw isTaken
        ? RunError("\(directory.path) is being written by another process; wait for it or choose another --out") : error
    }
  }

  deinit {
    // Said, and not left to closing: a child process that is just being started still shares the descriptor.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
