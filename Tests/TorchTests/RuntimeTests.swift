import Testing
import Torch

@Suite("The process")
struct RuntimeTests {
  @Test("version, threads and memory")
  func basics() {
    #expect(Runtime.version.split(separator: ".").count >= 3)
    #expect(Runtime.threadCount >= 1)
    let big = Tensor.ones([16, 1024, 1024])
    #expect(Runtime.residentMemory >= 64 << 20 && Runtime.peakResidentMemory >= 64 << 20)
    #expect(big.count == 16 << 20)
    #expect(Runtime.deviceMemory(.cpu) == nil)
  }

  #if os(Linux)
    @Test("memory comes from tcmalloc and can be given back")
    func allocator() {
      #expect(Runtime.allocator == "tcmalloc")
      Runtime.releaseFreeMemory()
    }
  #endif

  @Test("devices by name")
  func names() throws {
    #expect(try Device(parsing: "cpu") == .cpu)
    #expect(Runtime.isAvailable(try Device(parsing: "auto")))
    for name in ["", "gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:99"] {
      #expect(throws: DeviceError.self) { try Device(parsing: name) }
    }
    #expect(Device.cuda(2).description == "cuda:2")
    #expect(Runtime.unavailabilityReason(.cpu) == "" && Runtime.unavailabilityReason(.cuda(99)) != "")
  }

  @Test("where CUDA is, a tensor goes there and back", .enabled(if: Runtime.isAvailable(.cuda(0))))
  func cuda() {
    let x = Tensor([1.0, 2]).to(device: .cuda(0))
    #expect(x.device == .cuda(0) && (x + 1).array(of: Double.self) == [2, 3])
    #expect((Runtime.deviceMemory(.cuda(0))?.peak ?? 0) > 0)
    let drawn = Tensor.normal([4], generator: Generator(seed: 1), device: .cuda(0))
    #expect(drawn.array(of: Float.self) == Tensor.normal([4], generator: Generator(seed: 1)).array(of: Float.self))
  }
}
