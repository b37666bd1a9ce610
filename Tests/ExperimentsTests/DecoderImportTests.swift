import Experiments
import Foundation
import Models
import NN
import Testing
import Torch
import Volumes

/// Files of foreign weights that the tests read.
private enum Files {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// Published weights; lie beside the repository where they are there at all.
  static let published = root.appending(path: "../shared/data/weights").standardizedFileURL

  static func torch(_ name: String) -> String { root.appending(path: "Tests/Fixtures/torch/\(name)").path }
  static func array(_ file: String, _ name: String) throws -> NpyArray {
    try NpzArchive(root.appending(path: "Tests/Fixtures/\(file)").path).array(name)
  }

  static func hasPublished(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: published.appending(path: name).path)
  }
}

/// Published numbers of a generator: weights, and values at the eight points for codes of zeros and a ramp.
struct Conformance: Sendable, CustomTestStringConvertible {
  let file: String
  let zeros: [Float]
  let ramp: [Float]
  var testDescription: String { file }

  static let voxels = Conformance(
    file: "voxel_generator_chairs.to",
    zeros: [0.014265, 0.019579, 0.098012, 0.030242, 0.097927, 0.092406, 0.099164, 0.098638],
    ramp: [-0.003071, -0.001725, 0.098626, -0.080800, 0.089085, 0.040195, -0.051356, 0.098564])
  static let points = Conformance(
    file: "point_generator_chairs.pt",
    zeros: [-0.023743, -0.021696, 0.221597, -0.015589, 0.158286, 0.140984, 0.283245, 0.371100],
    ramp: [-0.073502, -0.058080, 0.190153, -0.038672, 0.112217, 0.290358, 0.082670, 0.350377])

  static let queries: [SIMD3<Float>] = [
    [0, 0, 0], [0.25, 0, 0], [0, 0.25, 0], [0, 0, 0.25], [-0.3, 0.2, 0.1], [0.5, -0.5, 0.5], [0, -0.4, 0.2],
    [0.9, 0.9, 0.9],
  ]

  var codes: [(code: [Float], values: [Float])] {
    [([Float](repeating: 0, count: 128), zeros), ((0..<128).map { -1 + 2 * Float($0) / 127 }, ramp)]
  }
}

@Suite("Import of shape decoders")
struct DecoderImportTests {
  @Test(
    "The published generators give the published numbers to 1e-4, through a run, folded and not",
    .enabled(
      if: Files.hasPublished(Conformance.voxels.file) && Files.hasPublished(Conformance.points.file),
      "skipped: the published weights are not beside the repository"),
    arguments: [Conformance.voxels, Conformance.points])
  func conformance(_ expected: Conformance) throws {
    let path = Files.published.appending(path: expected.file).path
    let folder = try TemporaryRun()
    let imported = try DecoderImport.read(path)
    #expect(imported.notes.isEmpty)
    #expect(imported.parameterCount == (expected.file.hasPrefix("voxel") ? 462_337 : 466_435))
    _ = try imported.write(to: folder.path, force: false)
    for model in [try ShapeModel.open(folder.path), try ShapeModel.open(path)] {
      #expect(model.configuration.field.level == 0.04)
      #expect(model.configuration.field.clip == (expected.file.hasPrefix("voxel") ? 0.1 : nil))
      for (code, values) in expected.codes {
        let samples = try model.field(code: code).samples(at: Conformance.queries, withGradients: false)
        let points = Tensor(Conformance.queries.flatMap { [$0.x, $0.y, $0.z] }, shape: [8, 3])
        let codes = Tensor(code, shape: [128])
        let plain = model.decoder.distances(at: points, codes: .one(codes))
        let folded = model.decoder.folded(code: codes).distances(at: points)
        for found in [samples.distances, plain.array(of: Float.self), folded.array(of: Float.self)] {
          for (found, value) in zip(found, values) { #expect(abs(found - value) < 1e-4) }
        }
      }
    }
  }

  @Test(
    "A reference network gives PyTorch's values out of every kind of file",
    arguments: ["sdfnet_zip.pt", "sdfnet_legacy.to", "sdfnet.safetensors", "generator.to"])
  func reference(name: String) throws {
    let network = name == "generator.to" ? "sdfgenerator" : "sdfnet"
    let array = { (name: String) in try Files.array("sdfnet_torch.npz", name) }
    try expectValues(
      of: Files.torch(name), points: array("points"), codes: array("codes"), equal: array("\(network).sdf"))
  }

  @Test(
    "DeepSDF's decoder gives PyTorch's values out of a checkpoint, and with its weights in any form",
    arguments: ["deepsdf.pth", "training.pth", "deepsdf_parametrized.pt", "deepsdf_plain.pt"])
  func deepSDF(name: String) throws {
    let array = { (name: String) in try Files.array("torch/deepsdf.npz", name) }
    try expectValues(of: Files.torch(name), points: array("points"), codes: array("codes"), equal: array("sdf"))
    let imported = try DecoderImport.read(Files.torch(name))
    #expect(imported.field.level == 0 && imported.field.clip == 0.1)
    #expect(imported.model.deepSDF?.skipLayer == 2)
  }

  @Test("Codes and labels come into the run")
  func codes() throws {
    var options = DecoderImport.Options()
    (options.codes, options.labels) = (Files.torch("codes.pth"), Files.torch("labels.to"))
    let folder = try TemporaryRun()
    _ = try DecoderImport.read(Files.torch("deepsdf.pth"), options).write(to: folder.path, force: false)
    let model = try ShapeModel.open(folder.path)
    let expected = try Files.array("torch/deepsdf.npz", "codes")
    #expect(model.codes?.values == expected.floats())
    #expect(model.codes?.entries.map(\.id) == ["shape-0", "shape-1", "shape-2"])
    #expect(model.codes?.entries.map(\.category) == ["label-4", "label-0", "label-4"])
    // Random codes follow the trained ones.
    let random = model.randomCodes(count: 500, seed: 3)
    let mean = random.map { $0[0] }.reduce(0, +) / 500
    let trained = [0, 5, 10].map { expected.floats()[$0] }
    #expect(abs(mean - trained.reduce(0, +) / 3) < 0.1)
  }

  @Test("Scale and level of the user are kept, and give distances")
  func scale() throws {
    var options = DecoderImport.Options()
    options.scale = 0.1
    let folder = try TemporaryRun()
    _ = try DecoderImport.read(Files.torch("sdfnet_zip.pt"), options).write(to: folder.path, force: false)
    let (scaled, plain) = (try ShapeModel.open(folder.path), try ShapeModel.open(Files.torch("sdfnet_zip.pt")))
    #expect(scaled.configuration.field.scale == 0.1 && scaled.configuration.field.level == 0.04)
    let code = [Float](repeating: 0.5, count: 16)
    let points = Conformance.queries
    let small = try scaled.field(code: code).samples(at: points, withGradients: true)
    let large = try plain.field(code: code).samples(at: points, withGradients: true)
    for (small, large) in zip(small.distances, large.distances) { #expect(abs(small - 0.1 * large) < 1e-6) }
    options.level = 0.2
    #expect(throws: ExperimentError.self) { try DecoderImport.read(Files.torch("sdfnet_zip.pt"), options) }
  }

  @Test("A network whose values go far beyond the clip is imported with a doubt")
  func doubt() throws {
    var file = try StateFile(reading: Files.torch("sdfnet.safetensors"))
    file.tensors["layers2.6.bias"] = Tensor([Float(2)], shape: [1])
    let folder = try TemporaryRun()
    try file.write(to: folder.path)
    let notes = try DecoderImport.read(folder.path).notes
    #expect(notes.count == 1 && notes[0].contains("import it with --scale 0.1"))
    var options = DecoderImport.Options()
    options.scale = 0.1
    #expect(try DecoderImport.read(folder.path, options).notes.isEmpty)
    file.tensors["layers2.6.bias"] = Tensor([Float.nan], shape: [1])
    try file.write(to: folder.path)
    let error = #expect(throws: ExperimentError.self) { try DecoderImport.read(folder.path) }
    #expect(error?.description.contains("layers2.6.bias has numbers that are not finite") == true)
  }

  private func expectValues(of path: String, points: NpyArray, codes: NpyArray, equal expected: NpyArray) throws {
    let model = try ShapeModel.open(path)
    let coordinates = points.floats()
    let queries = (0..<points.shape[0]).map {
      SIMD3(coordinates[3 * $0], coordinates[3 * $0 + 1], coordinates[3 * $0 + 2])
    }
    let (rows, values) = (codes.floats(), expected.floats())
    let (length, count) = (codes.shape[1], queries.count)
    #expect(values.count == codes.shape[0] * count)
    for index in 0..<codes.shape[0] {
      let field = try model.field(code: Array(rows[index * length..<(index + 1) * length]))
      let found = try field.samples(at: queries, withGradients: false).distances
      // PyTorch computes in another order; the values are below 1.
      let largest = zip(found, values[index * count..<(index + 1) * count]).map { abs($0 - $1) }.max()
      #expect(try #require(largest) < 5e-6)
    }
  }
}

/// A place for a run, or for a file, removed afterwards.
private final class TemporaryRun {
  let path = FileManager.default.temporaryDirectory.appending(path: "formcast-\(UUID().uuidString)").path

  init() throws {}

  deinit {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
  }
}
