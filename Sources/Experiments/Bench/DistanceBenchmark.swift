import Foundation
import Geometry
import Torch
import Volumes

/// Signed distances of meshes: from the mesh in memory to the distances of 500,000 points near the surface, and to those
/// of a grid of 128^3 samples; trees and choice of the sign method included.
struct DistanceBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  func run() throws {
    for (name, mesh) in try meshes() {
      let normalized = try NormalizedMesh(mesh, .sphere)
      var plan = SamplePreset.meshToSDF.plan
      if options.isQuick { plan.count = 5000 }
      let points = try SignedDistanceSampler(plan).samples(of: normalized.mesh).points
      try measure("\(name)_near", normalized.mesh, points)
      let side = options.isQuick ? 16 : 128
      try measure("\(name)_grid\(side)", normalized.mesh, Self.grid(side))
      try measureSurface(name, normalized.mesh)
    }
  }

  /// The meshes that were asked for, or a torus, closed and with every hundredth face missing.
  private func meshes() throws -> [(name: String, mesh: Mesh)] {
    if !options.meshes.isEmpty {
      return try options.meshes.map { ($0.deletingPathExtension().lastPathComponent, try Mesh(contentsOf: $0)) }
    }
    let side = options.isQuick ? 24 : 128
    let field = TorusField(majorRadius: 0.6, minorRadius: 0.25)
    let grid = try ScalarGrid(sampling: field, shape: .init(cube: side), frame: .unitCube(count: side))
    let torus = try SurfaceExtraction.signedDistance.mesh(of: grid)
    let perforated = Mesh(
      positions: torus.positions, faces: torus.faces.enumerated().filter { $0.offset % 100 != 0 }.map(\.element))
    return [("torus", torus), ("torus_with_holes", perforated)]
  }

  private static func grid(_ side: Int) -> [SIMD3<Float>] {
    (0..<(side * side * side)).map { index in
      let place = SIMD3(Float(index / (side * side)), Float(index / side % side), Float(index % side))
      return place * (2 / Float(side - 1)) - 1
    }
  }

  private func measure(_ name: String, _ mesh: Mesh, _ points: [SIMD3<Float>]) throws {
    var distances: [Float] = []
    let seconds = try Stopwatch.best(of: 3) {
      distances = try MeshDistanceField(mesh, threadCount: Runtime.threadCount).query(points).distances
    }
    var own = BenchmarkResult(.sdf, name, seconds, unit: "s")
    own.details = [
      "points": Double(points.count), "faces": Double(mesh.faces.count),
      "inside": Double(distances.count { $0 < 0 }),
    ]
    let folder = try BenchmarkFolder()
    let (meshFile, pointFile) = (folder.url.appending(path: "mesh.obj"), folder.url.appending(path: "points.npy"))
    try mesh.write(to: meshFile)
    let values = points.flatMap { [$0.x, $0.y, $0.z] }
    try NpyFile.write(NpyArray(shape: [points.count, 3], values), to: pointFile.path)
    try options.report(own, peers: Self.libraries.map { peer($0, meshFile, pointFile) })
  }

  /// The surface of the exact field at 512^3: where the surface is, against all samples.
  private func measureSurface(_ name: String, _ mesh: Mesh) throws {
    let side = options.isQuick ? 32 : 512
    let field = try MeshDistanceField(mesh, threadCount: Runtime.threadCount)
    let frame = GridFrame.unitCube(count: side)
    let sparse = SparseSurfaceExtraction(.signedDistance, shape: .init(cube: side), frame: frame)
    var surface = SparseSurface(mesh: Mesh(), statistics: SparseStatistics())
    let seconds = try Stopwatch.best(of: 2) { surface = try sparse.surface(of: field) }
    var own = BenchmarkResult(.sdf, "\(name)_surface\(side)_sparse", seconds, unit: "s")
    own.details = [
      "samples": Double(surface.statistics.sampleCount), "faces": Double(surface.mesh.faces.count),
      "peakBytes": Double(surface.statistics.peakBytes),
    ]
    try options.report(own)
    var dense = Mesh()
    let slow = try Stopwatch.seconds {
      let grid = try ScalarGrid(sampling: field, shape: .init(cube: side), frame: frame)
      dense = try SurfaceExtraction.signedDistance.mesh(of: grid)
    }
    var other = BenchmarkResult(.sdf, "\(name)_surface\(side)_dense", slow, unit: "s")
    (other.ratio, other.note) = (slow / seconds, "our own, all samples; ratio to sparse")
    other.details = ["samples": Double(side * side * side), "faces": Double(dense.faces.count)]
    try options.report(other)
  }

  private static let libraries = ["open3d", "point-cloud-utils", "libigl", "mesh-to-sdf"]

  private func peer(_ library: String, _ mesh: URL, _ points: URL) -> Benchmark.Options.Peer {
    let arguments = ["--library", library, "--mesh", mesh.path, "--points", points.path]
    return .init(name: library, run: { try $0.run("mesh_distances.py", arguments) }, value: { $0.seconds })
  }
}
