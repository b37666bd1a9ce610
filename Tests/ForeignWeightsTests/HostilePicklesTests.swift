import ForeignWeights
import Foundation
import Testing

/// None of these may run anything, end the process, hang, or take memory that the file does not have.
@Suite("Hostile and damaged PyTorch files", .timeLimit(.minutes(5)))
struct HostilePicklesTests {
  @Test("A pickle by hand is read as one by PyTorch")
  func honest() throws {
    let pickle = PickleBytes().raw("}").text("a").tensor("7", count: 4, offset: 1, shape: [2], strides: [2]).raw("s")
    let data = pickle.legacy(keys: ["7"], storages: PickleBytes.storage(count: 4, values: [1, 2, 3, 4]))
    let file = try PyTorchFile(data, name: "hand.pt")
    let tensor = try file.singleTensor()
    #expect(tensor.name == "a")
    #expect(try file.floats(tensor) == [2, 4])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String, object: PickleBytes, line: String
    var keys: [String] = []
    var storages: [UInt8] = []
    var testDescription: String { name }
  }

  private static let system = PickleBytes().global("os", "system").raw("(").text("touch /tmp/owned").raw("tR")

  static let cases = [
    Case(name: "os.system", object: system, line: "asks for os.system, which no state dict needs; nothing was run"),
    Case(
      name: "a name made on the stack",
      object: PickleBytes().raw([0x8C, 8]).raw("builtins").raw([0x8C, 4]).raw("eval").raw([0x93]),
      line: "asks for builtins.eval"),
    Case(name: "an old instance", object: PickleBytes().raw("(ios\nsystem\n"), line: "the instruction INST"),
    Case(name: "a new object", object: PickleBytes().raw("}").raw(")").raw([0x81]), line: "the instruction NEWOBJ"),
    Case(name: "an extension", object: PickleBytes().raw([0x82, 1]), line: "the instruction EXT1"),
    Case(name: "an unknown byte", object: PickleBytes().raw([0xFE]), line: "the instruction 0xfe"),
    Case(
      name: "a huge integer", object: PickleBytes().raw([0x8B, 0xFF, 0xFF, 0xFF, 0x7F]), line: "the instruction LONG4"),
    Case(
      name: "a text longer than the file", object: PickleBytes().raw([0x58, 0xFF, 0xFF, 0xFF, 0xFF]),
      line: "the file ends within it"),
    Case(name: "a name without an end", object: PickleBytes().raw("cos"), line: "a name without an end"),
    Case(name: "a call of a number", object: PickleBytes().raw("K").raw([1]).raw(")R"), line: "reduce without"),
    Case(name: "a call without arguments", object: PickleBytes().raw("NR"), line: "an instruction without a value"),
    Case(
      name: "a storage that is called", object: PickleBytes().global("torch", "FloatStorage").raw(")R"),
      line: "a storage that is made by a call"),
    Case(
      name: "another class of torch", object: PickleBytes().global("torch", "load"), line: "asks for torch.load"),
    Case(name: "another storage", object: PickleBytes().global("torch", "QStorage"), line: "asks for torch.QStorage"),
    Case(name: "state of a list", object: PickleBytes().raw("]}b"), line: "an object with a state of its own"),
    Case(name: "an end without a beginning", object: PickleBytes().raw("t"), line: "an end without a beginning"),
    Case(name: "a value below the mark", object: PickleBytes().raw("}(a"), line: "an instruction without a value"),
    Case(name: "a value never put", object: PickleBytes().raw("h").raw([9]), line: "a value that was never there"),
    Case(name: "half a pair", object: PickleBytes().raw("}(Nu"), line: "setItems without"),
    Case(name: "nothing", object: PickleBytes(), line: "a pickle that ends in the middle"),
    Case(name: "only a number", object: PickleBytes().integer(3), line: "holds no dictionary of tensors"),
    Case(
      name: "a module with its source", object: PickleBytes().raw("(").text("module").raw("NNNtQ"),
      line: "holds a whole module"),
    Case(
      name: "something else outside", object: PickleBytes().raw("(").text("socket").raw("NNNNtQ"),
      line: "refers to something outside"),
    Case(
      name: "a path for a key", object: PickleBytes().storage("../../x", count: 1), line: "which PyTorch would not"),
    Case(
      name: "a negative count", object: PickleBytes().storage("0", count: -1), line: "that is not a storage of numbers"),
    Case(
      name: "a view beyond its storage", object: PickleBytes().storage("0", count: 4, view: [3, 2]),
      line: "a view of storage 0 that lies outside"),
    Case(
      name: "a negative size", object: PickleBytes().tensor("0", count: 4, shape: [-1], strides: [1]),
      line: "a tensor that PyTorch would not"),
    Case(
      name: "negative strides", object: PickleBytes().tensor("0", count: 4, offset: 3, shape: [4], strides: [-1]),
      line: "a tensor that PyTorch would not"),
    Case(
      name: "a negative offset", object: PickleBytes().tensor("0", count: 4, offset: -1, shape: [4], strides: [1]),
      line: "does not lie within its storage"),
    Case(
      name: "a size that overflows",
      object: PickleBytes().tensor("0", count: 4, shape: [1 << 40, 1 << 40], strides: [0, 0]),
      line: "does not lie within its storage"),
    Case(
      name: "strides that overflow",
      object: PickleBytes().tensor("0", count: 4, shape: [2, 2], strides: [Int.max, Int.max]),
      line: "does not lie within its storage"),
    Case(
      name: "one number spread over a billion",
      object: PickleBytes().tensor("0", count: 1, shape: [1 << 30], strides: [0]),
      line: "does not lie within its storage"),
    Case(
      name: "a storage larger than the file",
      object: PickleBytes().tensor("0", count: 1 << 40, shape: [1 << 40], strides: [1]),
      line: "ends within storage 0", keys: ["0"], storages: PickleBytes.storage(count: 1 << 40, values: [1])),
    Case(
      name: "a storage whose size overflows",
      object: PickleBytes().tensor("0", count: Int.max, shape: [1], strides: [1]), line: "ends within storage 0",
      keys: ["0"], storages: PickleBytes.storage(count: Int.max, values: [1])),
    Case(
      name: "another count in front of the storage",
      object: PickleBytes().tensor("0", count: 1, shape: [1], strides: [1]),
      line: "has 2 elements where 1 were announced", keys: ["0"],
      storages: PickleBytes.storage(count: 2, values: [1, 2])),
    Case(
      name: "a negative count in front", object: PickleBytes().tensor("0", count: 1, shape: [1], strides: [1]),
      line: "has -1 elements", keys: ["0"], storages: PickleBytes.storage(count: -1, values: [1])),
    Case(
      name: "a storage that is missing", object: PickleBytes().tensor("0", count: 1, shape: [1], strides: [1]),
      line: "storage 0 is missing"),
    Case(
      name: "a storage that nobody has", object: PickleBytes().raw("}"), line: "storage 5 belongs to no tensor",
      keys: ["5"], storages: PickleBytes.storage(count: 1, values: [1])),
    Case(
      name: "bytes behind the end", object: PickleBytes().raw("}"), line: "4 bytes follow the last storage",
      storages: [1, 2, 3, 4]),
    Case(
      name: "one storage, two kinds",
      object: PickleBytes().raw("}(").text("a").storage("0", count: 1).text("b")
        .storage("0", count: 1, kind: "LongStorage").raw("u"),
      line: "storage 0 is said to be two things"),
    Case(
      name: "one storage, two counts",
      object: PickleBytes().raw("}(").text("a").storage("0", count: 1).text("b").storage("0", count: 2).raw("u"),
      line: "storage 0 is said to be two things"),
    Case(
      name: "two entries of one name",
      object: PickleBytes().raw("}(").text("a").tensor("0", count: 1, shape: [1], strides: [1]).text("a")
        .tensor("0", count: 1, shape: [1], strides: [1]).raw("u"),
      line: "two entries are called a", keys: ["0"], storages: PickleBytes.storage(count: 1, values: [1])),
  ]

  @Test("What no state dict has is refused in one line that says what it is", arguments: cases)
  func refused(_ hostile: Case) {
    let data = hostile.object.legacy(keys: hostile.keys, storages: hostile.storages)
    let error = #expect(throws: ForeignWeightsError.self) { try PyTorchFile(data, name: "hostile.pt") }
    guard let text = error?.description else { return }
    #expect(text.contains(hostile.line), "\(text)")
    #expect(text.hasPrefix("hostile.pt: ") && !text.contains("\n"))
  }

  @Test("Nothing is run")
  func nothingRuns() {
    let file = FileManager.default.temporaryDirectory.appending(path: "formcast-\(UUID().uuidString)")
    let object = PickleBytes().global("os", "system").raw("(").text("touch \(file.path)").raw("tR")
    #expect(throws: ForeignWeightsError.self) { try PyTorchFile(object.legacy(), name: "hostile.pt") }
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test("A big-endian system is refused")
  func bigEndian() {
    let data = PickleBytes().raw("}").legacy(isLittleEndian: false)
    let error = #expect(throws: ForeignWeightsError.self) { try PyTorchFile(data, name: "a.pt") }
    #expect(error?.description.contains("big-endian") == true)
  }

  @Test("Endless instructions are refused", arguments: ["(", ")", "]", "}", "N"])
  func endless(opcode: String) {
    let many = PickleBytes().raw(String(repeating: opcode, count: 3_000_000))
    let error = #expect(throws: ForeignWeightsError.self) { try PyTorchFile(many.legacy(), name: "many.pt") }
    #expect(error?.description.contains("more than 1048576 instructions") == true)
  }

  @Test("Depth, cycles and repetition cost nothing")
  func bombs() throws {
    let nested = PickleBytes().raw("N").raw(Array(repeating: UInt8(0x85), count: 500_000))
    let line = #expect(throws: ForeignWeightsError.self) { try PyTorchFile(nested.legacy(), name: "nested.pt") }
    #expect(line?.description.contains("holds no dictionary of tensors") == true)

    // A dictionary that holds itself under two names.
    let itself = PickleBytes().raw("}q").raw([0]).raw("(").text("a").raw("h").raw([0]).text("b").raw("h").raw([0])
    #expect(try PyTorchFile(itself.raw("u").legacy(), name: "itself.pt").groups.isEmpty)

    // Each dictionary holds the one before twice, sixty times over; in the end there would be 2^60 paths.
    var doubling = PickleBytes().raw("}(")
    for index in UInt8(0)..<60 {
      doubling = doubling.text("\(index)").raw("}q").raw([index])
      guard index > 0 else { continue }
      doubling = doubling.raw("(").text("a").raw("h").raw([index - 1]).text("b").raw("h").raw([index - 1]).raw("u")
    }
    #expect(try PyTorchFile(doubling.raw("u").legacy(), name: "doubling.pt").groups.isEmpty)

    // One long list that is made into a dictionary again and again.
    var lists = PickleBytes().raw("(](")
    for index in 0..<1000 { lists = lists.raw("K").raw([UInt8(index % 256)]).raw("N").raw([0x86]) }
    lists = lists.raw("eq").raw([0])
    for _ in 0..<3000 { lists = lists.global("collections", "OrderedDict").raw("h").raw([0]).raw([0x85]).raw("R") }
    let repeated = #expect(throws: ForeignWeightsError.self) { try PyTorchFile(lists.raw("t").legacy(), name: "l.pt") }
    #expect(repeated?.description.contains("dictionaries of dictionaries") == true)
  }

  @Test("Truncated anywhere, a legacy file is refused")
  func truncatedLegacy() throws {
    let whole = try Data(contentsOf: Fixtures.torch("variants.to"))
    for length in 0..<whole.count { expectRefusal(whole.prefix(length)) }
    let larger = try Data(contentsOf: Fixtures.torch("sdfnet_legacy.to"))
    for length in stride(from: 0, to: larger.count, by: 37) { expectRefusal(larger.prefix(length)) }
  }

  @Test("Truncated anywhere, an archive is refused")
  func truncatedArchive() throws {
    let whole = try Data(contentsOf: Fixtures.torch("variants.pt"))
    // The end of the directory of a zip may have a comment cut off; torch.save writes none.
    for length in stride(from: 0, to: whole.count, by: 3) { expectRefusal(whole.prefix(length)) }
  }

  @Test(
    "Bytes changed at random only change values or are refused",
    arguments: ["variants.to", "variants.pt", "protocol4.pt"])
  func changed(name: String) throws {
    let whole = try Data(contentsOf: Fixtures.torch(name))
    var random = SplitMix(state: 23)
    var refused = 0
    for _ in 0..<3000 {
      var copy = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let position = Int.random(in: 0..<copy.count, using: &random)
        copy[position] = [0, 0xFF, copy[position] ^ 1, UInt8.random(in: 0...255, using: &random)].randomElement(
          using: &random)!
      }
      if !isRead(copy) { refused += 1 }
    }
    #expect(refused > 600 && refused < 3000)
  }

  @Test("Every byte of the pickles set to other values", arguments: [UInt8(0), 0x28, 0x52, 0x74, 0x80, 0xFF])
  func everyByte(value: UInt8) throws {
    let whole = try Data(contentsOf: Fixtures.torch("variants.to"))
    var refused = 0
    for position in 0..<2400 where whole[position] != value {
      var copy = whole
      copy[position] = value
      if !isRead(copy) { refused += 1 }
    }
    #expect(refused > 400)
  }

  private func expectRefusal(_ data: Data, sourceLocation: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: ForeignWeightsError.self, "\(data.count) bytes", sourceLocation: sourceLocation) {
      try PyTorchFile(data, name: "short.pt")
    }
    #expect(error?.description.contains("\n") != true, sourceLocation: sourceLocation)
  }

  /// Reads all that is there; nothing but a refusal may happen.
  private func isRead(_ data: Data) -> Bool {
    do {
      let file = try PyTorchFile(data, name: "changed.pt")
      for tensor in file.groups.flatMap(\.tensors) {
        guard try file.floats(tensor).count == tensor.count else { return false }
      }
      return true
    } catch {
      return false
    }
  }
}
