import Foundation
import Geometry
import Torch
import Volumes

/// The surface of a published generator at two resolutions, held against the dense grid's, and a training step of the autodecoder.
struct ShapeBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  /// Level of the published pictures, a distance.
  private static let level = 0.04

  func run() throws {
    if let weights = options.weights {
      let folder = try BenchmarkFolder()
      let model = try ShapeModel.open(weights.path)
      let code = model.randomCodes(count: 1, seed: 1)[0]
      let file = folder.url.appending(path: "code.npy")
      try NpyFile.write(NpyArray(shape: [code.count], code), to: file.path)
      for resolution in options.isQuick ? [24] : [256, 512] {
        try surface(
          of: model, code: code, resolution: resolution,
          peerArguments: ["--weights", weights.path, "--code", file.path])
      }
    } else {
      var line = BenchmarkResult(.shapes, "surface_256", nil, unit: "s")
      line.note = "absent: needs the file of a published generator, --weights FILE"
      try options.report(line)
    }
    try AutodecoderBenchmark(options).run()
  }

  private func surface(of model: ShapeModel, code: [Float], resolution: Int, peerArguments: [String]) throws {
    var found = SparseSurface(mesh: Mesh(), statistics: SparseStatistics())
    let seconds = try Stopwatch.best(of: options.isQuick ? 1 : 3) {
      found = try model.surface(code: code, resolution: resolution, level: Self.level)
    }
    var own = BenchmarkResult(.shapes, "surface_\(resolution)", seconds, unit: "s")
    own.details = [
      "resolution": Double(resolution), "samples": Double(found.statistics.sampleCount),
      "gridSamples": Double(found.statistics.gridSampleCount), "vertices": Double(found.mesh.positions.count),
      "faces": Double(found.mesh.faces.count),
    ]
    let isShared = resolution > 256
    let sizes = ["--resolution", "\(resolution)", "--level", "\(Self.level)", "--share", isShared ? "0.05" : "1"]
    let peer = Benchmark.Options.Peer(name: "pytorch and scikit-image") {
      try $0.run(
        "pytorch_shape_surface.py", peerArguments + sizes, by: .torch, preloading: PeerLibraries.fastAllocator)
    } value: {
      $0.seconds
    }
    let remark = "the network timed on 1 batch in 20, drawn with a seed, and multiplied; scikit-image in full"
    try options.report(own, peers: options.isQuick ? [] : [peer], remark: isShared ? remark : nil)
    try agreement(of: found.mesh, model: model, code: code, resolution: resolution)
  }

  /// Takes the same surface from every sample of the grid, and says how far both are apart.
  private func agreement(of sparse: Mesh, model: ShapeModel, code: [Float], resolution: Int) throws {
    var dense = Mesh()
    let seconds = try Stopwatch.seconds {
      let grid = try ScalarGrid(
        sampling: model.field(code: code), shape: .init(cube: resolution), frame: .unitCube(count: resolution))
      dense = try SurfaceExtraction(level: Float(Self.level), inside: .below).mesh(of: grid)
    }
    try options.report(BenchmarkResult(.shapes, "surface_\(resolution)_dense", seconds, unit: "s"))
    let distance = try Double(max(Self.farthest(sparse, from: dense), Self.farthest(dense, from: sparse)))
    var line = BenchmarkResult(.shapes, "surface_\(resolution)_hausdorff", distance, unit: "")
    line.details = [
      "voxelDiagonal": 2 / Double(resolution - 1) * 3.0.squareRoot(),
      "eulerNumber": Double(MeshTopology(sparse).eulerNumber),
      "denseEulerNumber": Double(MeshTopology(dense).eulerNumber),
      "denseVertices": Double(dense.positions.count), "sameMesh": sparse == dense ? 1 : 0,
    ]
    try options.report(line)
  }

  /// The largest distance of up to 100,000 vertices of one mesh to the other.
  private static func farthest(_ mesh: Mesh, from other: Mesh) throws -> Float {
    let stride = max(1, mesh.positions.count / 100_000)
    let points = Swift.stride(from: 0, to: mesh.positions.count, by: stride).map { mesh.positions[$0] }
    return try MeshDistanceField(other, sign: .normal).unsignedQuery(points).distances.max() ?? 0
  }
}
