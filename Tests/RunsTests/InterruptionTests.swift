import Foundation
import Runs
import Testing

@Suite(.serialized) struct InterruptionTests {
  @Test func `the first signal is a request, the second ends the process`() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      let interruption = Interruption()
      guard !interruption.isRequested else { exit(2) }
      // To the process, as a terminal does it: worker threads block signals, so another one takes it a little later.
      kill(getpid(), SIGTERM)
      for _ in 0..<500 where !interruption.isRequested { usleep(10_000) }
      guard interruption.isRequested else { exit(3) }
      kill(getpid(), SIGINT)
      for _ in 0..<500 { usleep(10_000) }
      withExtendedLifetime(interruption) { exit(4) }
    }
  }

  @Test func `when nobody listens any more a signal ends the process again`() async {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      var interruption: Interruption? = Interruption()
      withExtendedLifetime(interruption) {}
      interruption = nil
      kill(getpid(), SIGTERM)
      for _ in 0..<500 { usleep(10_000) }
    }
  }
}
