import CChecksum
import Foundation
import Records
import Testing

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures/files")

private func fixture(_ name: String) throws -> [UInt8] {
  try [UInt8](Data(contentsOf: fixtures.appendingPathComponent(name)))
}

private func payloads(_ bytes: [UInt8]) throws -> [[UInt8]] {
  try bytes.withUnsafeBytes { buffer in
    try TFRecord.payloadRanges(in: buffer, file: "test").map { Array(buffer[$0]) }
  }
}

@Suite struct ChecksumTests {
  @Test func checkValuesOfTheLiterature() {
    let digits = Array("123456789".utf8)
    #expect(digits.withUnsafeBytes { Checksum.crc32c($0) } == 0xe306_9283)
    #expect(digits.withUnsafeBytes { Checksum.crc32($0) } == 0xcbf4_3926)
    #expect([UInt8](repeating: 0, count: 32).withUnsafeBytes { Checksum.crc32c($0) } == 0x8a91_36aa)
    #expect(Checksum.crc32c(UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
  }

  @Test func instructionsAndTablesAgreeAtEveryLengthAndAlignment() {
    var state: UInt64 = 1
    let bytes = (0..<1200).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    bytes.withUnsafeBytes { all in
      for length in 0..<1100 {
        let part = UnsafeRawBufferPointer(rebasing: all[(length % 17)..<(length % 17 + length)])
        let start = UInt32(truncatingIfNeeded: length &* 2_654_435_761)
        #expect(Checksum.crc32c(part, continuing: start) == cchecksum_crc32c_portable(start, part.baseAddress, length))
        #expect(Checksum.crc32(part, continuing: start) == cchecksum_crc32_portable(start, part.baseAddress, length))
      }
    }
  }

  @Test func checksumsContinue() {
    let text = Array("a record is a length, a checksum, a payload and a checksum".utf8)
    let whole = text.withUnsafeBytes { Checksum.crc32c($0) }
    let first = text[..<20].withUnsafeBytes { Checksum.crc32c($0) }
    #expect(text[20...].withUnsafeBytes { Checksum.crc32c($0, continuing: first) } == whole)
  }
}

@Suite struct TFRecordTests {
  @Test func framingRoundTripsAndEqualsTensorFlow() throws {
    let bytes = try fixture("features.tfrecords")
    let records = try payloads(bytes)
    #expect(records.count == 3)
    #expect(records[1].isEmpty)
    #expect(records[2] == (0..<300).flatMap { _ in (0...255).map { UInt8($0) } })
    #expect(TFRecord.framed(records) == bytes)
  }

  @Test func everyFlippedBitIsFound() throws {
    let bytes = TFRecord.framed([Array("first".utf8), Array("second record".utf8)])
    for bit in 0..<bytes.count * 8 {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: RecordError.self) { try payloads(damaged) }
    }
  }

  @Test func everyCutIsFoundExceptBetweenRecords() throws {
    let bytes = TFRecord.framed([Array("first".utf8), Array("second record".utf8)])
    for count in 1..<bytes.count where count != 21 {
      let error = #expect(throws: RecordError.self) { try payloads(Array(bytes[..<count])) }
      #expect(error?.problem == .truncated)
      #expect(error?.offset == (count < 21 ? 0 : 21))
    }
    #expect(try payloads(Array(bytes[..<21])) == [Array("first".utf8)])
  }

  @Test func aLengthBeyondTheFileIsRefused() throws {
    for length in [UInt64.max, 1 << 62, 1000] {
      let claim = withUnsafeBytes(of: length.littleEndian) { Array($0) }
      let checksum = claim.withUnsafeBytes { Checksum.maskedCRC32C($0) }
      let bytes = claim + withUnsafeBytes(of: checksum.littleEndian) { Array($0) } + [1, 2, 3, 4, 5, 6]
      let error = #expect(throws: RecordError.self) { try payloads(bytes) }
      #expect(error?.problem == .truncated)
    }
  }
}

@Suite struct ExampleTests {
  @Test func featuresWrittenByTensorFlowAreRead() throws {
    let record = try payloads(fixture("features.tfrecords"))[0]
    let example = try record.withUnsafeBytes { try Example(parsing: $0, file: "features") }
    #expect(
      example.features == [
        "bytes": .bytes([Data("abc".utf8), Data(), Data([0, 255])]),
        "ints": .int64([0, 1, -1, 1 << 62, .min]),
        "floats": .float([0, -1.5, 3.25e30]),
        "empty": .bytes([]),
      ])
    let again = try example.serialized()
    #expect(try again.withUnsafeBytes { try Example(parsing: $0, file: "again") } == example)
    #expect(try example.serialized() == again)
  }

  @Test func byteStringsAreFoundWhereTheyLie() throws {
    let voxels = Data((0..<1000).map { UInt8($0 & 255) })
    var example = Example(features: ["a": .bytes([voxels]), "b": .bytes([Data([7])]), "": .bytes([Data()])])
    let payload = try example.serialized()
    let ranges = try #require(payload.withUnsafeBytes(ExampleBytes.ranges))
    #expect(ranges.mapValues { Data(payload[$0]) } == ["a": voxels, "b": Data([7]), "": Data()])
    for other: Example.Feature in [.int64([1]), .float([1]), .bytes([]), .bytes([Data(), Data()])] {
      example.features["c"] = other
      #expect(try example.serialized().withUnsafeBytes(ExampleBytes.ranges) == nil)
    }
    for count in 0..<payload.count {
      if let found = payload[..<count].withUnsafeBytes(ExampleBytes.ranges) {
        #expect(found.values.allSatisfy { $0.upperBound <= count })
      }
    }
    for bit in 0..<payload.count * 8 where bit < 400 || bit > payload.count * 8 - 400 {
      var damaged = payload
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if let found = damaged.withUnsafeBytes(ExampleBytes.ranges) {
        #expect(found.values.allSatisfy { $0.upperBound <= payload.count })
      }
    }
  }

  @Test func otherBytesAreAnErrorOrAnExampleNeverACrash() throws {
    let record = try payloads(fixture("features.tfrecords"))[0]
    for bit in 0..<record.count * 8 {
      var damaged = record
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      do {
        _ = try damaged.withUnsafeBytes { try Example(parsing: $0, file: "damaged") }
      } catch let error as RecordError {
        #expect(error.problem == .malformed)
      }
    }
    #expect(throws: RecordError.self) {
      try record[..<(record.count - 1)].withUnsafeBytes { try Example(parsing: $0, file: "cut") }
    }
  }
}

@Suite struct TensorBoardFileTests {
  private func folder() throws -> String {
    let path = NSTemporaryDirectory() + "formcast-events-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  @Test func scalarsAreTheBytesThatTensorFlowWrites() throws {
    let directory = try folder()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let file = try TensorBoardFile(directory: directory)
    try file.append(
      scalars: [(tag: "loss", value: 0.25), (tag: "rate", value: -3)], step: 7,
      wallTime: Date(timeIntervalSince1970: 1.5))
    try file.close()
    try file.close()
    let records = try payloads([UInt8](Data(contentsOf: URL(fileURLWithPath: file.path))))
    #expect(records.count == 2)
    #expect(String(decoding: records[0].suffix(13), as: UTF8.self) == "brain.Event:2")
    #expect(try records[1] == fixture("event.bin"))
    #expect(throws: RecordError.self) { try file.append(tag: "late", value: 1, step: 8) }
  }

  @Test func aNewFileNeverTouchesAnotherAndFlushIsVisible() throws {
    let directory = try folder()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let first = try TensorBoardFile(directory: directory)
    let second = try TensorBoardFile(directory: directory)
    #expect(first.path != second.path)
    for step in 0..<10 { try first.append(tag: "mse", value: Float(step), step: step) }
    try first.flush()
    #expect(try payloads([UInt8](Data(contentsOf: URL(fileURLWithPath: first.path)))).count == 11)
    #expect(try payloads([UInt8](Data(contentsOf: URL(fileURLWithPath: second.path)))).count == 1)
    let name = URL(fileURLWithPath: first.path).lastPathComponent
    #expect(name.hasPrefix("events.out.tfevents."))
    try first.close()
    try second.close()
  }

  @Test func aMissingFolderIsAnErrorThatNamesIt() {
    let error = #expect(throws: RecordError.self) { try TensorBoardFile(directory: "/nonexistent/folder") }
    #expect(error?.description.contains("/nonexistent/folder") == true)
  }
}
