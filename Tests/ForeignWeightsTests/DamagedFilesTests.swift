import ForeignWeights
import Foundation
import Testing

/// None of these may end the process, hang, or pass as something else than it is.
@Suite("Damaged and hostile files", .timeLimit(.minutes(10)))
struct DamagedFilesTests {
  @Test(
    "Truncated anywhere, a file is refused with one line", arguments: ["convlstm8_keras2.h5", "convlstm8_keras3.keras"])
  func truncated(name: String) throws {
    let whole = try Data(contentsOf: Fixtures.keras(name))
    let lengths = Array(0..<100) + (1...60).map { $0 * whole.count / 61 } + (1...40).map { whole.count - $0 }
    for length in lengths {
      let line = try outcome(of: whole.prefix(length), extension: "h5")
      #expect(line != nil, "\(length) bytes were accepted")
    }
  }

  @Test(
    "Bytes changed at random, most of them in the structure, never do more than change values or refuse",
    arguments: ["convlstm8_keras2.h5", "convlstm8_keras3.h5"])
  func changed(name: String) throws {
    let whole = try Data(contentsOf: Fixtures.keras(name))
    let structure = structurePositions(in: whole)
    #expect(structure.count > 2000)
    var random = SplitMix(state: 7)
    var refused = 0
    for _ in 0..<400 {
      var copy = whole
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let inStructure = Int.random(in: 0..<8, using: &random) > 0
        let position =
          inStructure ? structure.randomElement(using: &random)! : Int.random(in: 0..<copy.count, using: &random)
        copy[position] = [0, 0xFF, copy[position] ^ 1, UInt8.random(in: 0...255, using: &random)].randomElement(
          using: &random)!
      }
      if try outcome(of: copy, extension: "h5") != nil { refused += 1 }
    }
    #expect(refused > 100)
  }

  @Test("Every byte of the first structures set to 0 and to 255")
  func everyByte() throws {
    let whole = try Data(contentsOf: Fixtures.keras("unusual/plain.h5"))
    var refused = 0
    for position in stride(from: 0, to: 1200, by: 3) where whole[position] != 0 {
      for value: UInt8 in [0, 0xFF] {
        var copy = whole
        copy[position] = value
        if try outcome(of: copy, extension: "h5") != nil { refused += 1 }
      }
    }
    #expect(refused > 50)
  }

  @Test("Bytes of an archive changed at random")
  func changedArchive() throws {
    let whole = try Data(contentsOf: Fixtures.keras("convlstm8_keras3.keras"))
    var random = SplitMix(state: 11)
    var refused = 0
    for _ in 0..<300 {
      var copy = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        // The first entries and the directory at the end, or anywhere.
        let position = [
          Int.random(in: 0..<400, using: &random), copy.count - 1 - Int.random(in: 0..<300, using: &random),
          Int.random(in: 0..<copy.count, using: &random),
        ].randomElement(using: &random)!
        copy[position] ^= UInt8.random(in: 1...255, using: &random)
      }
      if try outcome(of: copy, extension: "keras") != nil { refused += 1 }
    }
    #expect(refused > 150)
  }

  @Test(
    "What Keras would not write is refused and never followed",
    arguments: [
      ("soft_link", "kernel:0 is a link to somewhere else, which is not followed"),
      ("external_link", "which are not followed"), ("external_values", "values kept in another file"),
      ("virtual", "virtual values"), ("gzip", "compressed or filtered values"),
      ("loop", "a structure that is used twice"),
      ("latest_format", "a header of the newer HDF5 form"), ("compound", "a type that Keras does not write"),
      ("float64", "/model_weights/dense/dense/kernel:0 does not hold float32 numbers"),
      ("missing", "/model_weights/dense/dense/kernel:0 is missing"),
      ("number_for_names", "/model_weights/@layer_names is not a string"),
      ("weights_only", "has no model_config; save the whole model with model.save"),
      ("no_version", "does not say which version of Keras wrote it"),
    ])
  func unusual(name: String, line: String) throws {
    let error = #expect(throws: ForeignWeightsError.self) {
      try KerasModel(contentsOf: Fixtures.keras("unusual/\(name).h5"))
    }
    #expect(error?.description.hasPrefix("\(name).h5: ") == true)
    #expect(error?.description.contains(line) == true, "\(error?.description ?? "")")
  }

  @Test("The files that the unusual ones are made from are read", arguments: ["plain", "fixed_length_names"])
  func plain(name: String) throws {
    let model = try KerasModel(contentsOf: Fixtures.keras("unusual/\(name).h5"))
    #expect(model.layers.map(\.className) == ["Dense"])
    #expect(model.layers[0].weight("kernel")?.values == (0..<16).map(Float.init))
    #expect(throws: ForeignWeightsError.self) { try KerasConvLSTM(model) }
  }

  @Test("What is no model file at all is refused")
  func otherFiles() throws {
    #expect(throws: ForeignWeightsError.self) { try KerasModel(contentsOf: Fixtures.keras("absent.h5")) }
    #expect(throws: ForeignWeightsError.self) { try KerasModel(contentsOf: Fixtures.folder) }
    #expect(throws: ForeignWeightsError.self) { try KerasModel(contentsOf: URL(fileURLWithPath: "/dev/zero")) }
    #expect(try outcome(of: Data("not a model".utf8), extension: "h5")?.contains("not an HDF5 file") == true)
    #expect(try outcome(of: Data(), extension: "h5") != nil)
    let npz = try Data(contentsOf: Fixtures.folder.appending(path: "convlstm_keras.npz"))
    #expect(try outcome(of: npz, extension: "keras")?.contains("the archive has no config.json") == true)
  }

  /// Nil if the file is read, and then as a model with layers; else the line of its refusal.
  private func outcome(of bytes: Data, extension suffix: String) throws -> String? {
    try Fixtures.withFile(bytes, extension: suffix) { file in
      do {
        let model = try KerasModel(contentsOf: file)
        #expect(!model.layers.isEmpty)
        _ = try KerasConvLSTM(model)
        return nil
      } catch let error as ForeignWeightsError {
        #expect(!error.description.contains("\n"))
        return error.description
      }
    }
  }

  /// Bytes near the signatures of HDF5's structures that are not zero: headers, trees, lists and heaps.
  private func structurePositions(in bytes: Data) -> [Int] {
    var positions = Set(0..<96)
    for signature in ["TREE", "SNOD", "HEAP", "GCOL"] {
      var from = 0
      while let found = bytes.range(of: Data(signature.utf8), in: from..<bytes.count) {
        positions.formUnion(found.lowerBound..<min(bytes.count, found.lowerBound + 700))
        from = found.upperBound
      }
    }
    return positions.filter { bytes[$0] != 0 }.sorted()
  }
}
