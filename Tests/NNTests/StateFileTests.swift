import Foundation
import NN
import Testing
import Torch

@Suite("State files")
struct StateFileTests {
  @Test("Files of the safetensors library are read: every element type, escapes, scalars, empty tensors")
  func peer() throws {
    let file = try StateFile(reading: Fixture.path("every_type"))
    #expect(file.metadata == ["note": "tab\there, \\ backslash, \u{1} and \u{1F9CA}", "": "empty key"])
    let t = file.tensors
    #expect(t.count == 11)
    #expect(t["float64"]?.array(of: Double.self) == [1.5, -2.25])
    #expect(t["float32"]?.array(of: Float.self) == [0, 1, 2, 3, 4, 5] && t["float32"]?.shape == [2, 3])
    #expect(t["bfloat16"]?.dtype == .bfloat16 && t["bfloat16"]?.array(of: Float.self) == [1, -0.5])
    #expect(t["float16"]?.dtype == .float16 && t["float16"]?.array(of: Double.self) == [65504, 0x1p-24])
    #expect(t["int64"]?.array(of: Int64.self) == [-(1 << 62), 7])
    #expect(t["int32"]?.array(of: Int32.self) == [-5] && t["int32"]?.shape == [1, 1])
    #expect(t["uint8"]?.array(of: UInt8.self) == [0, 255, 3])
    #expect(t["bool"]?.array(of: Bool.self) == [true, false, true])
    #expect(t["scalar"]?.shape == [] && t["scalar"]?.item() == 3)
    #expect(t["empty"]?.shape == [2, 0, 3])
    #expect(t["schlüssel \"quoted\"\n"]?.array(of: Float.self) == [1])
  }

  @Test("What is written is read again, whatever the layout, and nothing else is left in the folder")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    var file = try StateFile(reading: Fixture.path("every_type"))
    file.tensors["transposed"] = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]).transposed(0, 1)
    file.tensors["channels last"] = Tensor.arange(24, dtype: .float32).reshaped([1, 3, 2, 2, 2]).channelsLast3d()
    file.tensors["recorded"] = Tensor([1, 2] as [Float], shape: [2]).requiringGradient() * 2
    try file.write(to: folder.path("a.safetensors"))
    let again = try StateFile(reading: folder.path("a.safetensors"))
    #expect(again.metadata == file.metadata)
    #expect(Set(again.tensors.keys) == Set(file.tensors.keys))
    for (key, value) in file.tensors {
      let other = try #require(again.tensors[key])
      #expect(other.dtype == value.dtype && other.shape == value.shape, "\(key)")
      #expect(other.array(of: Double.self) == value.array(of: Double.self), "\(key)")
    }
    #expect(try StateFile.metadata(of: folder.path("a.safetensors")) == file.metadata)
    #expect(try folder.names == ["a.safetensors"])
  }

  @Test("Equal content gives equal bytes; data start aligned")
  func determinism() throws {
    let folder = try TemporaryFolder()
    let file = try StateFile(reading: Fixture.path("every_type"))
    try file.write(to: folder.path("a"))
    try StateFile(reading: folder.path("a")).write(to: folder.path("b"))
    let (a, b) = try (
      Data(contentsOf: .init(filePath: folder.path("a"))), Data(contentsOf: .init(filePath: folder.path("b")))
    )
    #expect(a == b)
    #expect(a[0] % 8 == 0)
  }

  @Test("No tensors at all is a file too")
  func empty() throws {
    let folder = try TemporaryFolder()
    try StateFile(tensors: [:]).write(to: folder.path("none"))
    let file = try StateFile(reading: folder.path("none"))
    #expect(file.tensors.isEmpty && file.metadata.isEmpty)
  }

  @Test("Writing replaces the old file in one step, and a failure leaves it as it was")
  func replacement() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("state")
    try StateFile(tensors: ["a": .ones([3])]).write(to: path)
    try StateFile(tensors: ["a": .zeros([2])]).write(to: path)
    #expect(try StateFile(reading: path).tensors["a"]?.shape == [2])
    #expect(throws: StateFileError.self) { try StateFile(tensors: ["__metadata__": .ones([3])]).write(to: path) }
    #expect(throws: StateFileError.self) { try StateFile(tensors: [:]).write(to: folder.path("no such folder/state")) }
    try FileManager.default.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: false)
    #expect(throws: StateFileError.self) { try StateFile(tensors: [:]).write(to: folder.path("folder")) }
    #expect(try folder.names == ["folder", "state"])
    #expect(try StateFile(reading: path).tensors["a"]?.array(of: Float.self) == [0, 0])
  }

  #if os(Linux)
    @Test("A write that fails half-way is an error and leaves nothing behind")
    func failingWrite() async {
      // A limit on file size stands for a full disk; it holds for the whole process, hence one of its own.
      await #expect(processExitsWith: .success) {
        let folder = try TemporaryFolder()
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let path = folder.path("state")
        try StateFile(tensors: ["a": .ones([3])]).write(to: path)
        #expect(throws: StateFileError.self) { try StateFile(tensors: ["a": .ones([100_000])]).write(to: path) }
        #expect(try folder.names == ["state"])
        #expect(try StateFile(reading: path).tensors["a"]?.shape == [3])
      }
    }
  #endif

  @Test("Files that are not there, folders and pipes are errors")
  func absent() throws {
    let folder = try TemporaryFolder()
    let error = try #require(throws: StateFileError.self) { try StateFile(reading: folder.path("none")) }
    #expect(error.description.contains("No such file"))
    #expect(throws: StateFileError.self) { try StateFile(reading: folder.url.path) }
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    #expect(throws: StateFileError.self) { try StateFile(reading: folder.path("pipe")) }
  }
}
