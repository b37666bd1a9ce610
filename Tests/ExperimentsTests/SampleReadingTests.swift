import Experiments
import Foundation
import Testing
import Volumes

@Suite("Sample pools: files")
struct SampleReadingTests {
  private func error(_ fixtures: SampleFixtures) -> String {
    do {
      _ = try fixtures.pool()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test("Double precision and the arrays of DeepSDF's code are read")
  func otherLayouts() throws {
    let fixtures = try SampleFixtures()
    try fixtures.write(
      "double", points: NpyArray(shape: [2, 3], [0.5, 1, 2, 3, 4, 5] as [Double]),
      sdf: NpyArray(shape: [2, 1], [0.25, -1] as [Double]))
    try fixtures.write(
      "scene",
      [
        ("pos", NpyArray(shape: [2, 4], [1, 2, 3, 0.5, 4, 5, 6, 0.75] as [Float])),
        ("neg", NpyArray(shape: [1, 4], [7, 8, 9, -0.5] as [Float])),
      ])
    let pool = try fixtures.pool()
    #expect(pool.samples(of: 0).points == [[0.5, 1, 2], [3, 4, 5]] && pool.samples(of: 0).distances == [0.25, -1])
    #expect(pool.samples(of: 1).distances.sorted() == [-0.5, 0.5, 0.75])
    #expect(pool.samples(of: 1).points.contains([7, 8, 9]))
  }

  @Test(
    "Numbers that are not finite, and arrays that do not fit, are one line with the file",
    arguments: [
      ([0, 0, Float.nan, 1, 1, 1], [2, 3], [1, -1], [2], "not finite"),
      ([0, 0, 0, 1, 1, 1], [2, 3], [1, -Float.infinity], [2], "not finite"),
      ([0, 0, 0, 1, 1, 1], [3, 2], [1, -1, 1], [3], "shape"),
      ([0, 0, 0, 1, 1, 1], [2, 3], [1, -1, 1], [3], "shape"),
      ([0, 0, 0, 1, 1, 1], [6], [1, -1], [2], "shape"),
      ([], [0, 3], [], [0], "no points"),
    ] as [([Float], [Int], [Float], [Int], String)])
  func wrongArrays(points: [Float], shape: [Int], sdf: [Float], length: [Int], word: String) throws {
    let fixtures = try SampleFixtures([(id: "good", outside: 2, inside: 2)])
    try fixtures.write(
      "chairs/bad", points: NpyArray(shape: shape, points), sdf: NpyArray(shape: length, sdf))
    let message = error(fixtures)
    #expect(message.contains("chairs/bad.npz") && !message.contains("\n"))
    #expect(message.contains(word == "not finite" ? "nan or infinite" : word), "\(message)")
  }

  @Test("Files without samples, cut off files and files that are no archives are named")
  func brokenFiles() throws {
    let other = try SampleFixtures()
    try other.write("series", [("frames", NpyArray(shape: [1], [1] as [Float]))])
    #expect(error(other).contains("series.npz: holds no samples: needs points and sdf, has frames"))
    #expect(!SampleFolder.holdsSamples(other.folder))
    let fixtures = try SampleFixtures()
    let path = try fixtures.add("a", outside: 500, inside: 500)
    #expect(SampleFolder.holdsSamples(fixtures.folder))
    let bytes = try Data(contentsOf: URL(filePath: path))
    for length in [0, 10, bytes.count / 2, bytes.count - 30] {
      try bytes.prefix(length).write(to: URL(filePath: path))
      #expect(error(fixtures).contains("a.npz"), "\(length)")
    }
    // A changed byte in the middle of the numbers: the checksum tells.
    var changed = bytes
    changed[bytes.count / 3] ^= 0x40
    try changed.write(to: URL(filePath: path))
    #expect(error(fixtures).contains("a.npz"))
    let empty = try SampleFixtures()
    #expect(error(empty).contains("holds no samples"))
    #expect(throws: ExperimentError.self) { try SampleFolder(empty.folder + "/none") }
  }
}
