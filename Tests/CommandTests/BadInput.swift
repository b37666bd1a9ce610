import Foundation
import Geometry
import Testing
import Volumes

/// A command line that must fail, with the files that it needs.
struct BadInput: Sendable, CustomTestStringConvertible {
  var name: String
  /// What the message must say.
  var fragment: String
  /// Makes the files and the command line.
  var arguments: @Sendable (TemporaryFolder) throws -> [String]

  var testDescription: String { name }

  init(_ name: String, says fragment: String, _ arguments: @escaping @Sendable (TemporaryFolder) throws -> [String]) {
    (self.name, self.fragment, self.arguments) = (name, fragment, arguments)
  }

  static let all = broken + unsuitable + folders + grids + pictures

  /// A fixture cut off or with a changed byte, given to `data convert`.
  private static func damaged(
    _ name: String, _ fixture: String, says fragment: String, _ damage: @escaping @Sendable (inout [UInt8]) -> Void
  ) -> BadInput {
    BadInput(name, says: fragment) { folder in
      var bytes = try Fixtures.bytes(fixture)
      damage(&bytes)
      let path = try folder.write(bytes, URL(fileURLWithPath: fixture).lastPathComponent)
      return ["data", "convert", path, folder.file("out")]
    }
  }

  private static let record = "tfrecord/4d_mixed_#1_1_16.tfrecords"

  /// An npy file of a header and a few bytes.
  static func npy(shape: String, type: String = "|u1", data: [UInt8] = [0, 1, 2, 3]) -> [UInt8] {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8) + data
  }

  private static let broken = [
    damaged("cut-off gzip", record, says: "4d_mixed_#1_1_16.tfrecords: ") { $0.removeLast($0.count / 2) },
    damaged("gzip with a changed byte", record, says: "4d_mixed_#1_1_16.tfrecords: ") { $0[$0.count / 2] ^= 0x55 },
    damaged("record with a changed byte", "files/two_plain.tfrecords", says: "checksum") { $0[$0.count / 4] ^= 1 },
    damaged("cut-off record", "files/two_plain.tfrecords", says: "two_plain.tfrecords: ") { $0.removeLast(9) },
    damaged("cut-off zip", "files/stored.npz", says: "stored.npz: is no readable zip archive") {
      $0.removeLast($0.count / 2)
    },
    damaged("zip with a changed byte", "original_layout.npz", says: "original_layout.npz") { $0[$0.count / 8] ^= 0x10 },
    damaged("cut-off NIfTI", "files/mask4d.nii", says: "it is cut off") { $0.removeLast(10) },
    damaged("NIfTI that is only a header", "files/mask4d.nii", says: "mask4d.nii: ") { $0.removeLast($0.count - 348) },
    damaged("cut-off compressed NIfTI", "files/mask4d.nii.gz", says: "mask4d.nii.gz: ") {
      $0.removeLast($0.count / 3)
    },
    damaged("empty file", "files/series.npy", says: "the file is empty") { $0.removeAll() },
    damaged("not any format", "files/series.npy", says: "damaged") { $0 = Array("hello, world".utf8) },
  ]

  /// Bytes of an npy file, given to `data convert` with options.
  private static func array(
    _ name: String, _ bytes: [UInt8], says fragment: String, _ options: [String] = []
  ) -> BadInput {
    BadInput(name, says: fragment) { folder in
      ["data", "convert", try folder.write(bytes, "series.npy"), folder.file("out.npz")] + options
    }
  }

  private static let nan: [UInt8] = [0, 0, 0xC0, 0x7F]
  private static let infinity: [UInt8] = [0, 0, 0x80, 0x7F]

  private static let unsuitable = [
    array("npy of absurd shape", npy(shape: "(1000000, 1000000, 1000000, 4)"), says: "series.npy"),
    array("npy whose extents overflow", npy(shape: "(9223372036854775807, 4, 4, 4)"), says: "series.npy"),
    array("npy of negative extent", npy(shape: "(-1, 2, 2, 1)"), says: "series.npy"),
    array("npy of three axes", npy(shape: "(1, 2, 2)"), says: "has 3 axes"),
    array("npy without voxels", npy(shape: "(2, 0, 2, 2)", data: []), says: "series.npy"),
    array("NaN", npy(shape: "(1, 1, 1, 1)", type: "<f4", data: nan), says: "series.npy"),
    array("infinity", npy(shape: "(1, 1, 1, 1)", type: "<f4", data: infinity), says: "series.npy"),
    array("indivisible pooling", npy(shape: "(1, 1, 2, 2)"), says: "pooling by 2", ["--pool", "2"]),
    array("inversion of counts", npy(shape: "(1, 1, 2, 2)"), says: "cannot be inverted", ["--invert"]),
  ]

  private static let folders = [
    BadInput("missing file", says: "no such file") { ["data", "convert", $0.file("none.npz"), $0.file("out")] },
    BadInput("missing file to inspect", says: "none.npz: ") { ["data", "inspect", $0.file("none.npz"), "--json"] },
    BadInput("missing folder", says: "no such file or folder") { ["data", "split", $0.file("none"), $0.file("out")] },
    BadInput("empty folder", says: "holds no series") { ["data", "inspect", $0.path] },
    BadInput("frames of mixed sizes", says: "is a frame of") { folder in
      _ = try folder.write(npy(shape: "(1, 2, 2)"), "frame_1.npy")
      _ = try folder.write(npy(shape: "(1, 1, 4)"), "frame_2.npy")
      return ["data", "inspect", folder.path]
    },
    BadInput("a missing frame", says: "frame 2 is missing") { folder in
      for number in [1, 3] { _ = try folder.write(npy(shape: "(1, 2, 2)"), "frame_\(number).npy") }
      return ["data", "inspect", folder.path]
    },
    BadInput("two inputs of one name", says: "would be written to") { folder in
      for name in ["a", "b"] {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        _ = try folder.write(npy(shape: "(1, 1, 2, 2)"), "\(name)/x.npy")
      }
      return ["data", "convert", folder.file("a/x.npy"), folder.file("b/x.npy"), folder.file("out")]
    },
    BadInput("many inputs for one file", says: "name a folder") { folder in
      for name in ["x.npy", "y.npy"] { _ = try folder.write(npy(shape: "(1, 1, 2, 2)"), name) }
      return ["data", "convert", folder.file("x.npy"), folder.file("y.npy"), folder.file("out.npz")]
    },
    BadInput("existing output", says: "--force") { folder in
      let output = try folder.write([1], "out.npz")
      return ["data", "convert", try folder.write(npy(shape: "(1, 1, 2, 2)"), "x.npy"), output]
    },
    BadInput("a file where a folder should be", says: "cannot be made a folder") { folder in
      ["data", "cavities", try folder.write([1], "out"), "--count", "1"]
    },
    BadInput("absurd lattice", says: "16 to 512") {
      ["data", "cavities", $0.file("out"), "--count", "1", "--grid", "800000"]
    },
  ]

  /// A command line of `formcast mesh` for an array.
  private static func mesh(
    _ name: String, _ bytes: [UInt8], says fragment: String, _ options: [String] = []
  ) -> BadInput {
    BadInput(name, says: fragment) { folder in
      ["mesh", try folder.write(bytes, "grid.npy"), "--out", folder.file("grid.stl")] + options
    }
  }

  private static let grids = [
    mesh("grid of two axes", npy(shape: "(2, 2)"), says: "has 2 axes"),
    mesh("grid with NaN", npy(shape: "(1, 1, 1)", type: "<f4", data: nan), says: "NaN"),
    mesh("cut-off grid", npy(shape: "(20, 20, 20)"), says: "grid.npy"),
    mesh("grid of counts", npy(shape: "(1, 2, 2)"), says: "give --level"),
    mesh("level that is not crossed", npy(shape: "(1, 2, 2)"), says: "nothing is solid", ["--level", "7"]),
    mesh("series without a frame", npy(shape: "(2, 1, 1, 2)"), says: "choose one with --frame 0 to 1"),
    mesh("frame that is not there", npy(shape: "(2, 1, 1, 2)"), says: "has no frame 2", ["--frame", "2"]),
    BadInput("no such folder", says: "cannot be written") { folder in
      let grid = try folder.write(npy(shape: "(1, 2, 2)", data: [0, 1, 1, 0]), "grid.npy")
      return ["mesh", grid, "--out", folder.file("none/grid.stl")]
    },
    BadInput("existing mesh", says: "--force") { folder in
      let grid = try folder.write(npy(shape: "(1, 2, 2)", data: [0, 1, 1, 0]), "grid.npy")
      return ["mesh", grid, "--out", try folder.write([1], "grid.stl")]
    },
  ]

  private static let pictures = [
    BadInput("missing mesh", says: "none.stl") { ["render", $0.file("none.stl"), "--out", $0.file("a.png")] },
    BadInput("cut-off mesh", says: "cube.ply") { folder in
      let text = "ply\nformat ascii 1.0\nelement vertex 900000000\nproperty float x\nend_header\n0\n"
      return ["render", try folder.write(Array(text.utf8), "cube.ply"), "--out", folder.file("a.png")]
    },
    BadInput("mesh without faces", says: "no faces") { folder in
      let path = try folder.write(Array("OFF\n1 0 0\n0 0 0\n".utf8), "point.off")
      return ["render", path, "--out", folder.file("a.png")]
    },
    BadInput("GLB that is none", says: "glTF 2.0") { folder in
      ["render", try folder.write([1], "a.glb"), "--out", folder.file("a.png")]
    },
    BadInput("missing run", says: "none") { ["curves", $0.file("none"), "--out", $0.file("a.png")] },
    BadInput("no loss history", says: "line 1") { folder in
      ["curves", try folder.write(Array("twelve\n".utf8), "losses.txt"), "--out", folder.file("a.png")]
    },
    BadInput("loss history without rows", says: "no validation curve") { folder in
      let text = "# TRAINING ITERATION, JACCARD_VAL_LOSS\n"
      return ["curves", try folder.write(Array(text.utf8), "losses.txt"), "--out", folder.file("a.png")]
    },
    BadInput("existing picture", says: "--force") { folder in
      ["render", folder.file("a.stl"), "--out", try folder.write([1], "a.png")]
    },
  ]
}
