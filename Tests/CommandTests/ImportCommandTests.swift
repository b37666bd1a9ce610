import Foundation
import Testing
import Volumes

@Suite("formcast import")
struct ImportCommandTests {
  private static func torch(_ name: String) -> String { Fixtures.file("torch/\(name)") }

  @Test("Says what it recognised, and leaves a run")
  func recognised() throws {
    let folder = try TemporaryFolder()
    let outcome = try CommandRunner.succeed([
      "import", Self.torch("sdfnet_legacy.to"), "--out", folder.file("run"), "--json",
    ])
    let object = try outcome.object()
    #expect(object["parameterCount"] as? Int == 7617)
    let network = try #require(object["network"] as? [String: Any])
    #expect(network["network"] as? String == "sdf-net")
    #expect(network["latentSize"] as? Int == 16 && network["width"] as? Int == 32)
    let field = try #require(object["field"] as? [String: Any])
    #expect(field["clip"] as? Double == 0.1 && field["scale"] as? Double == 1 && field["level"] as? Double == 0.04)
    let text = outcome.output
    #expect(
      text.contains("SDFNet (8 layers of 32, codes of 16), 7617 parameters; distances = output times 1.0, clipped"))
    for name in ["config.yaml", "environment.json"] {
      #expect(FileManager.default.fileExists(atPath: folder.file("run/\(name)")))
    }
  }

  @Test("Codes, labels, scale and level come along")
  func options() throws {
    let folder = try TemporaryFolder()
    let outcome = try CommandRunner.succeed([
      "import", Self.torch("deepsdf.pth"), "--out", folder.file("run"), "--codes", Self.torch("codes.to"), "--labels",
      Self.torch("labels.to"), "--scale", "0.5", "--level", "0.01", "--json",
    ])
    let object = try outcome.object()
    #expect(object["codes"] as? Int == 3)
    let field = try #require(object["field"] as? [String: Any])
    #expect(field["scale"] as? Double == 0.5 && field["level"] as? Double == 0.01)
    #expect(outcome.output.contains("left alone: epoch") == false)
    #expect(outcome.output.contains("DeepSDF's decoder (4 layers of 24, codes of 5)"))
  }

  @Test("The kind of a file is told by its content, not by what it is called")
  func renamed() throws {
    let folder = try TemporaryFolder()
    let shape = try folder.write(Fixtures.bytes("torch/sdfnet_zip.pt"), "forecaster.h5")
    #expect(try CommandRunner.succeed(["import", shape, "--out", folder.file("a")]).output.contains("SDFNet"))
    let forecaster = try folder.write(Fixtures.bytes("keras_h5/convlstm8_keras2.h5"), "shapes.pt")
    #expect(try CommandRunner.succeed(["import", forecaster, "--out", folder.file("b")]).output.contains("ConvLSTM3D"))
  }

  @Test("A run is replaced only with --force")
  func force() throws {
    let folder = try TemporaryFolder()
    let arguments = ["import", Self.torch("sdfnet.safetensors"), "--out", folder.file("run")]
    _ = try CommandRunner.succeed(arguments)
    #expect(try CommandRunner.run(arguments).status == 1)
    _ = try CommandRunner.succeed(arguments + ["--force"])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    var options: [String] = []
    let line: String
    var testDescription: String { "\(file) \(options.joined(separator: " "))" }
  }

  @Test(
    "Files that cannot be imported get one line, exit code 1 and leave nothing behind",
    arguments: [
      Case(file: "voxel_critic.pt", line: "voxel_critic.pt: holds the critic of the progressive voxel GAN"),
      Case(file: "point_critic.pt", line: "point_critic.pt: holds the critic of the PointNet GAN"),
      Case(file: "linear.pt", line: "holds none of the networks that are known"),
      Case(
        file: "numpy.pt", line: "asks for numpy._core.multiarray.scalar, which no state dict needs; nothing was run"),
      Case(file: "module.pt", line: "asks for torch.nn.modules.linear.Linear"),
      Case(file: "script.pt", line: "is a TorchScript program"),
      Case(file: "big_endian.pt", line: "big-endian"),
      Case(file: "codes.to", line: "holds nothing that maps names to tensors"),
      Case(file: "absent.pt", line: "no such file"),
      Case(file: "make_torch.py", line: "none of the weight files that are read"),
      Case(file: "../sdfnet_torch.npz", line: "without the data.pkl of PyTorch or the config.json of Keras"),
      Case(
        file: "sdfnet_zip.pt", options: ["--codes", "codes.to"],
        line: "codes.to: holds codes of 5 numbers, but the network takes codes of 16"),
      Case(file: "deepsdf.pth", options: ["--codes", "labels.to"], line: "not a table of codes"),
      Case(file: "deepsdf.pth", options: ["--codes", "deepsdf.pth"], line: "holds 14 tensors where one is wanted"),
      Case(file: "deepsdf.pth", options: ["--labels", "labels.to"], line: "--labels needs --codes"),
      Case(
        file: "deepsdf.pth", options: ["--codes", "codes.to", "--labels", "codes.to"], line: "labels of shape [3, 5]"),
      Case(file: "deepsdf.pth", options: ["--scale", "0"], line: "field.scale must be positive"),
      Case(file: "deepsdf.pth", options: ["--level", "nan"], line: "field.level must be a finite number"),
      Case(file: "deepsdf.pth", options: ["--level", "0.2"], line: "field.level must lie within field.clip"),
    ])
  func refused(_ wrong: Case) throws {
    let folder = try TemporaryFolder()
    let options = wrong.options.map { $0.contains(".to") || $0.contains(".pth") ? Self.torch($0) : $0 }
    let outcome = try CommandRunner.run(["import", Self.torch(wrong.file), "--out", folder.file("run")] + options)
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(wrong.line), "\(outcome.errors)")
    #expect(try folder.contents.isEmpty)
  }

  @Test(
    "Cut off, a file is refused in one line", arguments: ["sdfnet_legacy.to", "sdfnet_zip.pt", "sdfnet.safetensors"])
  func truncated(name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try Fixtures.bytes("torch/\(name)")
    for length in [0, 1, 100, bytes.count / 2, bytes.count - 1] {
      let file = try folder.write(bytes.prefix(length), name)
      let outcome = try CommandRunner.run(["import", file, "--out", folder.file("run")])
      #expect(outcome.status == 1 && outcome.errorLines.count == 1, "\(length) bytes: \(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
    }
  }
}
