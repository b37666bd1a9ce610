import Foundation
import Testing
import Volumes

@Suite struct FilesSeriesTests {
  @Test func archivesAndArraysRoundTrip() throws {
    let folder = try VanishingFolder()
    let affine = Affine(rows: [SIMD4(1, 0.1, 0, 3), SIMD4(0, 2, 0, 1e-9), SIMD4(0, 0, 1.0 / 3, 0)])
    for (name, series) in [
      ("sample.npz", sampleSeries(labels: true)), ("sample.npz", floatSeries(affine: affine)),
      ("sample.npy", floatSeries()),
    ] {
      try SeriesFile.write(series, to: folder.file(name))
      #expect(try SeriesFile.read(folder.file(name)) == [series])
    }
    #expect(problem { try SeriesFile.write(sampleSeries(), to: folder.file("a.mat")) } == .unknownFormat)
    #expect(problem { try SeriesFile.write(sampleSeries(), to: folder.file("no/such/a.npz")) } != nil)
  }

  @Test func seriesOfNumpyAreRead() throws {
    let expected = try NpyFile.read(Fixtures.file("series.npy"))
    for name in ["series.npy", "stored.npz", "zip64.npz"] {
      let series = try #require(SeriesFile.read(Fixtures.file(name)).first)
      #expect(series.shape.dimensions == [6, 4, 5, 3])
      #expect(series.values == .uint8(expected.data))
    }
    let deflated = try #require(SeriesFile.read(Fixtures.file("deflated.npz")).first)
    #expect(deflated.values == .float32(expected.floats()))
    #expect(deflated.affine?.rows[1] == SIMD4(4, 5, 6, 7))
  }

  @Test func whatIsNoSeriesSaysWhy() throws {
    let folder = try VanishingFolder()
    #expect(problem { try SeriesFile.read(folder.file("absent")) } == .missing)
    #expect(problem { try SeriesFile.read(folder.path) } == .empty)
    #expect(problem { try SeriesFile.listSeries(in: folder.path) } == .empty)
    #expect(problem { try SeriesFile.listSeries(in: folder.file("absent")) } == .missing)
    #expect(problem { try SeriesFile.read(folder.write([], "empty.npz")) } == .empty)
    #expect(
      problem { try SeriesFile.read(folder.write(Array("hello, world, no volume".utf8), "a.txt")) }
        == .unknownFormat)
    #expect(
      problem { try SeriesFile.read(folder.write(Array("hello, world, no volume".utf8), "a.npz")) } == .corrupt)
    #expect(
      problem { try SeriesFile.read(folder.write(Array("hello, world, no volume".utf8), "a.tfrecords")) }
        == .corrupt)
    #expect(
      problem { try SeriesFile.read(folder.write(Gzip.compress(Array("hello, world".utf8)), "a.gz")) }
        == .unknownFormat)
    #expect(problem { try SeriesFile.read(folder.write(Gzip.compress([]), "a.tfrecords")) } == .empty)
    #expect(problem { try SeriesFile.read(Fixtures.file("types.npz")) } == .unsupported)
    #expect(problem { try SeriesFile.read(Fixtures.file("vector.npy")) } == .wrongShape)
    try NpyFile.write(NpyArray(shape: [0, 2, 2, 2], [Float]()), to: folder.file("none.npy"))
    #expect(problem { try SeriesFile.read(folder.file("none.npy")) } == .wrongShape)
  }

  @Test func frameFoldersAreReadInNumericOrder() throws {
    let folder = try VanishingFolder()
    let series = sampleSeries([12, 2, 3, 4], name: URL(fileURLWithPath: folder.path).lastPathComponent)
    guard case .uint8(let values) = series.values else { return }
    for index in 0..<12 {
      let frame = NpyArray(shape: [2, 3, 4], Array(values[index * 24..<(index + 1) * 24]))
      try NpyFile.write(frame, to: folder.file("run7_frame\(index + 1).npy"))
    }
    _ = try folder.write([1], "notes.txt")
    #expect(try SeriesFile.read(folder.path) == [series])
    #expect(try SeriesFile.listSeries(in: folder.path) == [folder.path])
    try NpyFile.write(
      NpyArray(shape: [2, 3, 4], [Float](repeating: 0.5, count: 24)), to: folder.file("run7_frame13.npy"))
    let mixed = try #require(SeriesFile.read(folder.path).first)
    #expect(mixed.values == .float32(values.map { Float($0) } + [Float](repeating: 0.5, count: 24)))
    try FileManager.default.removeItem(atPath: folder.file("run7_frame5.npy"))
    let gap = #expect(throws: VolumeError.self) { try SeriesFile.read(folder.path) }
    #expect(gap?.problem == .mixedFrames && gap?.message.contains("frame 5 is missing") == true)
  }

  @Test func framesThatDoNotFitTogetherAreErrors() throws {
    func frames(_ names: [String], _ shapes: [[Int]]) throws -> VolumeError.Problem? {
      let folder = try VanishingFolder()
      for (name, shape) in zip(names, shapes) {
        try NpyFile.write(
          NpyArray(shape: shape, [UInt8](repeating: 1, count: shape.reduce(1, *))), to: folder.file(name))
      }
      return problem { try SeriesFile.read(folder.path) }
    }
    #expect(try frames(["0.npy", "1.npy"], [[2, 2, 2], [2, 2, 2]]) == nil)
    #expect(try frames(["0.npy", "1.npy"], [[2, 2, 2], [2, 2, 3]]) == .mixedFrames)
    #expect(try frames(["0.npy", "1.npy"], [[2, 2, 2], [2, 2]]) == .wrongShape)
    #expect(try frames(["a1.npy", "b1.npy"], [[2, 2, 2], [2, 2, 2]]) == .mixedFrames)
    #expect(try frames(["1.npy", "x.npy"], [[2, 2, 2], [2, 2, 2]]) == .mixedFrames)
    #expect(try frames(["99999999999999999999999.npy", "2.npy"], [[2, 2, 2], [2, 2, 2]]) == .mixedFrames)
    #expect(try frames(["1.npy"], [[2, 2, 0]]) == .wrongShape)
  }

  @Test func imagesAreTimePoints() throws {
    let folder = try VanishingFolder()
    let affine = Affine(rows: [SIMD4(2, 0, 0, 1), SIMD4(0, 2, 0, 2), SIMD4(0, 0, 2, 3)])
    let whole = floatSeries([3, 4, 3, 6], affine: affine)
    guard case .float32(let values) = whole.values else { return }
    func frame(_ index: Int, _ affine: Affine) -> Series {
      let shape = Series.Shape(frameCount: 1, depth: 4, height: 3, width: 6)
      return Series(
        name: "frame", shape: shape, values: .float32(Array(values[index * 72..<(index + 1) * 72])), affine: affine)
    }
    for index in 0..<3 { try NiftiFile.write(frame(index, affine), to: folder.file("scan_\(index + 8).nii.gz")) }
    let series = try #require(SeriesFile.read(folder.path).first)
    #expect(series.values == whole.values && series.affine == affine && series.shape == whole.shape)
    var moved = affine
    moved.rows[0].w += 5
    try NiftiFile.write(frame(1, moved), to: folder.file("scan_9.nii.gz"))
    #expect(problem { try SeriesFile.read(folder.path) } == .mixedFrames)
  }

  @Test func seriesAreListedInTheOrderOfTheirBytes() throws {
    let folder = try VanishingFolder()
    for name in ["b_10.tfrecords", "b_2.tfrecords", "B.npz", ".hidden.npz", "é.npz", "z.txt"] {
      _ = try folder.write([0], name)
    }
    try FileManager.default.createDirectory(atPath: folder.file("frames"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: folder.file("other"), withIntermediateDirectories: true)
    _ = try folder.write([0], "frames/1.npy")
    let names = try SeriesFile.listSeries(in: folder.path).map { String($0.dropFirst(folder.path.count + 1)) }
    #expect(names == ["B.npz", "b_10.tfrecords", "b_2.tfrecords", "frames", "é.npz"])
    let error = #expect(throws: VolumeError.self) { try SeriesFile.read(folder.path) }
    #expect(error?.message.contains("B.npz") == true)
  }

  /// Every format, cut and with flipped bits: an error, or for formats without checksums some series; never a crash,
  /// and never other values where a checksum protects them.
  @Test(arguments: ["npz", "npy", "tfrecords", "nii", "nii.gz"]) func damagedFilesNeverCrash(format: String) throws {
    let folder = try VanishingFolder()
    let original = folder.file("sample.\(format)")
    try SeriesFile.write(sampleSeries(labels: format != "npy"), to: original)
    let bytes = try Fixtures.bytes(original)
    let isProtected = format != "npy" && format != "nii"
    let path = folder.file("damaged.\(format)")
    for count in stride(from: 0, to: bytes.count, by: 64) {
      try Data(bytes[..<count]).write(to: URL(fileURLWithPath: path))
      #expect(problem { try SeriesFile.read(path) } != nil, "cut at \(count)")
    }
    for bit in stride(from: 0, to: bytes.count * 8, by: bytes.count > 2000 ? 13 : 3) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      try Data(damaged).write(to: URL(fileURLWithPath: path))
      do {
        let series = try SeriesFile.read(path)
        #expect(!isProtected || series.first?.values == sampleSeries().values, "bit \(bit)")
      } catch is VolumeError {
        continue
      }
    }
  }
}

@Suite struct FilesAtomicTests {
  @Test func aFileAppearsOnlyWhenItIsComplete() throws {
    let folder = try VanishingFolder()
    let path = folder.file("a.bin")
    try AtomicFile.write([1], to: path)
    do {
      let file = try AtomicFile(path)
      try file.write([2, 3])
      #expect(try Fixtures.bytes(path) == [1])
      #expect(try folder.contents.count == 2)
    }
    #expect(try folder.contents == ["a.bin"])
    let file = try AtomicFile(path)
    try file.write([2, 3])
    try file.commit()
    #expect(try Fixtures.bytes(path) == [2, 3])
  }

  @Test func withoutReplacingAnExistingFileStays() throws {
    let folder = try VanishingFolder()
    let path = folder.file("a.bin")
    try AtomicFile.write([1], to: path, replacing: false)
    let error = #expect(throws: VolumeError.self) { try AtomicFile.write([2], to: path, replacing: false) }
    #expect(error?.message.contains("exists") == true)
    #expect(try Fixtures.bytes(path) == [1])
    for name in ["a.npz", "a.npy", "a.nii.gz", "a.tfrecords"] {
      try SeriesFile.write(sampleSeries(name: "first"), to: folder.file(name), replacing: false)
      let bytes = try Fixtures.bytes(folder.file(name))
      #expect(
        problem { try SeriesFile.write(sampleSeries([2, 2, 2, 2]), to: folder.file(name), replacing: false) } != nil)
      #expect(try Fixtures.bytes(folder.file(name)) == bytes)
    }
    #expect(try folder.contents == ["a.bin", "a.nii.gz", "a.npy", "a.npz", "a.tfrecords"])
  }

  @Test func aFullDiskIsAnError() throws {
    // The device that always answers that it is full.
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let error = #expect(throws: VolumeError.self) {
      try [UInt8](repeating: 0, count: 100).withUnsafeBytes {
        try AtomicFile.write($0, to: descriptor, path: "out.npz")
      }
    }
    #expect(error?.problem == .inputOutput)
    #expect(error?.description.contains("No space left") == true)
  }

  @Test func aFailingBodyLeavesNothing() throws {
    let folder = try VanishingFolder()
    #expect(throws: VolumeError.self) {
      try AtomicFile.write(to: folder.file("a.bin")) { temporaryPath in
        try Data([1]).write(to: URL(fileURLWithPath: temporaryPath))
        throw VolumeError(.inputOutput, "a.bin", "failed on purpose")
      }
    }
    #expect(try folder.contents.isEmpty)
  }

  @Test func foldersThatAreMissingOrInTheWayAreErrors() throws {
    let folder = try VanishingFolder()
    #expect(problem { try AtomicFile.write([1], to: folder.file("no/such/folder")) } == .missing)
    try FileManager.default.createDirectory(atPath: folder.file("taken"), withIntermediateDirectories: true)
    #expect(problem { try AtomicFile.write([1], to: folder.file("taken")) } == .inputOutput)
    #expect(try folder.contents == ["taken"])
  }
}
