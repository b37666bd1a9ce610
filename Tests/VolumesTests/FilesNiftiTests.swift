import Foundation
import Testing
import Volumes

@Suite struct FilesNiftiTests {
  /// nibabel's array [i, j, k, t] as the values of a series [t, i, j, k].
  private func expected(_ name: String) throws -> (shape: [Int], values: [Float]) {
    let array = try NpzArchive(Fixtures.file("nifti_expected.npz")).array(name)
    let shape = array.shape + (array.shape.count == 3 ? [1] : [])
    let values = array.floats()
    let (frameCount, voxelCount) = (shape[3], shape[0] * shape[1] * shape[2])
    return (
      [frameCount] + shape[..<3], (0..<frameCount).flatMap { t in (0..<voxelCount).map { values[$0 * frameCount + t] } }
    )
  }

  private func floats(_ series: Series) -> [Float] {
    switch series.values {
    case .uint8(let values): values.map { Float($0) }
    case .float32(let values): values
    }
  }

  private func isClose(_ affine: Affine?, _ matrix: [Double]) -> Bool {
    guard let affine else { return false }
    // The header holds single precision.
    return zip(affine.rows.flatMap { [$0.x, $0.y, $0.z, $0.w] }, matrix).allSatisfy {
      abs($0 - $1) < 1e-5 * max(1, abs($1))
    }
  }

  @Test(arguments: [
    "mask4d.nii", "mask4d.nii.gz", "mask4d_v2.nii.gz", "volume3d.nii", "big_endian.nii.gz", "double.nii",
    "scaled.nii.gz",
  ]) func imagesOfNibabelAreRead(name: String) throws {
    let series = try #require(SeriesFile.read(Fixtures.file(name)).first)
    let expected = try expected(name)
    #expect(series.shape.dimensions == expected.shape)
    #expect(floats(series) == expected.values)
    #expect(try isClose(series.affine, NpzArchive(Fixtures.file("nifti_expected.npz")).array("affine").doubles()))
    let isMask = name.hasPrefix("mask")
    if case .uint8 = series.values { #expect(isMask) } else { #expect(!isMask) }
    #expect(series.name == String(name.prefix { $0 != "." }))
  }

  @Test func aPairIsReadByEitherName() throws {
    let expected = try NiftiFile.read(Fixtures.file("mask4d.nii"))
    for name in ["pair.hdr", "pair.img"] {
      let series = try #require(SeriesFile.read(Fixtures.file(name)).first)
      #expect(series.values == expected.values && series.shape == expected.shape && series.affine == expected.affine)
    }
    let folder = try VanishingFolder()
    let alone = try folder.write(Fixtures.bytes(Fixtures.file("pair.hdr")), "alone.hdr")
    #expect(problem { try NiftiFile.read(alone) } == .missing)
  }

  @Test func spaceComesFromTheQuaternionAndThenFromTheVoxelSizes() throws {
    let archive = try NpzArchive(Fixtures.file("nifti_expected.npz"))
    #expect(try isClose(NiftiFile.read(Fixtures.file("qform.nii")).affine, archive.array("qform.affine").doubles()))
    #expect(try isClose(NiftiFile.read(Fixtures.file("zooms.nii")).affine, [0.5, 0, 0, 0, 0, 0.75, 0, 0, 0, 0, 2, 0]))
  }

  @Test(arguments: ["a.nii", "a.nii.gz"]) func seriesRoundTrip(name: String) throws {
    let folder = try VanishingFolder()
    let affine = Affine(rows: [SIMD4(-2, 0.125, 0, 30), SIMD4(0.25, 1.5, 0.5, -20), SIMD4(0, -0.5, 3, 10)])
    for var series in [sampleSeries(), floatSeries(affine: affine), floatSeries([1, 40, 17, 33], affine: affine)] {
      series.name = "a"
      try SeriesFile.write(series, to: folder.file(name))
      #expect(try SeriesFile.read(folder.file(name)) == [series])
    }
    #expect(try folder.contents == [name])
  }

  @Test func longAxesBecomeTheSecondVersion() throws {
    let folder = try VanishingFolder()
    var series = sampleSeries([2, 40_000, 1, 2])
    series.name = "long"
    try NiftiFile.write(series, to: folder.file("long.nii"))
    #expect(try Fixtures.bytes(folder.file("long.nii"))[0] == 28)  // 540 & 255
    #expect(try NiftiFile.read(folder.file("long.nii")) == series)
  }

  @Test func whatIsNotReadSaysSo() throws {
    #expect(problem { try NiftiFile.read(Fixtures.file("complex.nii")) } == .unsupported)
    #expect(problem { try NiftiFile.read(Fixtures.file("fivedim.nii")) } == .wrongShape)
    #expect(problem { try NiftiFile.read(Fixtures.file("mask4d.nii"), limit: 100) } == .tooLarge)
    #expect(problem { try NiftiFile.read(Fixtures.file("series.npy")) } == .corrupt)
  }

  @Test func hostileHeadersAreErrors() throws {
    let folder = try VanishingFolder()
    let bytes = try Fixtures.bytes(Fixtures.file("mask4d.nii"))
    // Extents of 32767 each; zero and negative extents; eight axes; a voxel offset beyond the file, negative and NaN.
    let changes: [(offset: Int, bytes: [UInt8])] = [
      (42, [255, 127, 255, 127, 255, 127, 255, 127]), (42, [0, 0]), (44, [255, 255]), (40, [8, 0]), (40, [0, 0]),
      (40, [255, 255]),
      (108, [0, 0, 128, 127]), (108, [0, 0, 192, 127]), (108, [0, 0, 128, 207]), (108, [0, 0, 0, 79]), (70, [0, 0]),
      (70, [1, 0]),
    ]
    for change in changes {
      var hostile = bytes
      hostile.replaceSubrange(change.offset..<change.offset + change.bytes.count, with: change.bytes)
      let plain = try folder.write(hostile, "hostile.nii")
      #expect(problem { try NiftiFile.read(plain) } != nil, "\(change)")
      let compressed = try folder.write(Gzip.compress(hostile), "hostile.nii.gz")
      #expect(problem { try NiftiFile.read(compressed) } != nil, "\(change)")
    }
  }

  @Test func notANumberIsFound() throws {
    let folder = try VanishingFolder()
    var series = floatSeries()
    if case .float32(var values) = series.values {
      values[3 * 72 + 1 * 18 + 2 * 6 + 4] = .nan
      series.values = .float32(values)
    }
    for name in ["a.nii", "a.npz", "a.npy"] {
      try SeriesFile.write(series, to: folder.file(name))
      let error = #expect(throws: VolumeError.self) { try SeriesFile.read(folder.file(name)) }
      #expect(error?.problem == .notFinite)
      #expect(error?.message.contains("[3, 1, 2, 4]") == true)
    }
  }
}
