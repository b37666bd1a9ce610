import Foundation
import Geometry
import Volumes

/// Pictures and surfaces of single frames; all of one series are seen from the same place.
struct FramePictures {
  private let shape: ScalarGrid.Shape
  private let frame: GridFrame
  private let edge: Int

  /// Pictures of frames of the given extents, `edge` pixels wide; the affine map gives physical units.
  init(shape: Series.Shape, affine: Affine? = nil, edge: Int = 220) {
    self.shape = ScalarGrid.Shape(shape.depth, shape.height, shape.width)
    frame = affine.map { GridFrame(rows: $0.rows) } ?? .index
    self.edge = edge
  }

  /// The closed, smoothed surface of what is above 0.5: voxels are binary, or probabilities of being occupied.
  func surface(_ values: [Float]) throws -> Mesh {
    var extraction = SurfaceExtraction.occupancy
    extraction.smoothing = SurfaceSmoothing()
    extraction.border = .closed(padding: 0)
    return try extraction.mesh(of: ScalarGrid(shape: shape, values: values, frame: frame))
  }

  /// The surface, shaded, in the box of the grid.
  func picture(_ values: [Float], color: Color) throws -> Image {
    try render([RenderObject(try surface(values), color: color)])
  }

  /// The occupied voxels as cubes.
  func voxels(_ values: [Float], color: Color) throws -> Image {
    try render([VoxelMesh(ScalarGrid(shape: shape, values: values, frame: frame)).object(color: color)])
  }

  /// Voxels that both have, that only the prediction has, and that only the target has, in three colours.
  func difference(prediction: [Float], target: [Float]) throws -> Image {
    let labels = zip(prediction, target).map { pair -> UInt8 in
      switch (pair.0 > 0.5, pair.1 > 0.5) {
      case (true, true): 1
      case (true, false): 2
      case (false, true): 3
      case (false, false): 0
      }
    }
    let mesh = VoxelMesh(labels: labels, shape: shape, frame: frame)
    return try render([mesh.object(colors: [.agreement, .falsePositive, .falseNegative])])
  }

  private func render(_ objects: [RenderObject]) throws -> Image {
    let scene = RenderScene(objects, bounds: Bounds(of: shape, in: frame))
    var options = RenderOptions(width: edge, height: edge, boxFrame: BoxFrame())
    options.samplesPerPixel = 8
    return try Renderer(scene).image(options: options)
  }
}
