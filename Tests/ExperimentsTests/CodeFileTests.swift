import Experiments
import Foundation
import Testing
import Volumes

@Suite("Codes on the disk")
struct CodeFileTests {
  @Test("codes come back as they were written; a single code may stand alone")
  func roundTrip() throws {
    let folder = try ResultFolder()
    try CodeFile.write(AnalyticShapes.three, to: folder.url.appending(path: "codes.npy"))
    let read = try CodeFile.read(folder.path("codes.npy"), latentSize: 2)
    #expect(read.map(\.values) == AnalyticShapes.three.map(\.values) && read[1].name == "code 1")
    try NpyFile.write(NpyArray(shape: [2], [0.25, -1] as [Double]), to: folder.path("one.npy"))
    #expect(try CodeFile.read(folder.path("one.npy"), latentSize: 2).map(\.values) == [[0.25, -1]])
  }

  private static let bad: [(NpyArray, String)] = [
    (NpyArray(shape: [2, 3], [Float](repeating: 0, count: 6)), "its codes have 3 numbers, those of the model 2"),
    (NpyArray(shape: [3], [Float](repeating: 0, count: 3)), "have 3 numbers"),
    (NpyArray(shape: [2, 2], [0, 1, 2, .nan] as [Float]), "row 1 holds nan (column 1)"),
    (NpyArray(shape: [2, 2], [-.infinity, 1, 2, 0] as [Float]), "row 0 holds -inf"),
    (NpyArray(shape: [1, 1, 2], [0, 1] as [Float]), "3 axes"), (NpyArray(shape: [0, 2], [Float]()), "no code"),
  ]

  @Test("what are no codes of the model is refused with the reason", arguments: bad.indices)
  func refused(index: Int) throws {
    let folder = try ResultFolder()
    let (array, words) = Self.bad[index]
    try NpyFile.write(array, to: folder.path("codes.npy"))
    #expect { try CodeFile.read(folder.path("codes.npy"), latentSize: 2) } throws: { error in
      "\(error)".contains(words) && "\(error)".contains("codes.npy")
    }
  }
}
