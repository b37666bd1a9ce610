import Foundation
import Geometry
import Torch

/// The surface of a torus of radii 0.6 and 0.25, sampled on 256^3 points of [-1, 1]^3.
struct SurfaceBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  func run() throws {
    let (side, passes) = (options.isQuick ? 32 : 256, 3)
    let grid = try ScalarGrid(
      sampling: TorusField(majorRadius: 0.6, minorRadius: 0.25), shape: .init(cube: side), frame: .unitCube(count: side)
    )
    var extraction = SurfaceExtraction.signedDistance
    (extraction.border, extraction.threadCount) = (.open, Runtime.threadCount)
    var mesh = Mesh()
    let seconds = try Stopwatch.best(of: passes) { mesh = try extraction.mesh(of: grid) }
    var own = BenchmarkResult(.surfaces, "torus", seconds, unit: "s")
    own.details = ["side": Double(side), "vertices": Double(mesh.positions.count), "faces": Double(mesh.faces.count)]
    let sizes = ["--side", "\(side)", "--passes", "\(passes)"]
    try options.report(
      own,
      peers: [
        .init(name: "scikit-image", run: { try $0.run("skimage_marching_cubes.py", sizes) }, value: { $0.seconds }),
        .init(name: "VTK", run: { try $0.run("vtk_flying_edges.py", sizes) }, value: { $0.seconds }),
      ])
  }
}
