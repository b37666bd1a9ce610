import Foundation
import Geometry
import Testing

@Suite struct RenderVoxelTests {
  /// A seeded solid with many touching and separate voxels.
  private func labels(_ shape: ScalarGrid.Shape) -> [UInt8] {
    var state: UInt32 = 7
    return (0..<shape.count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 30)
    }
  }

  @Test(arguments: [(1, 12), (2, 20), (3, 28)])
  func `A bar of voxels shows its outer faces only`(length: Int, faceCount: Int) {
    let mesh = VoxelMesh(labels: [UInt8](repeating: 1, count: length), shape: .init(1, 1, length)).mesh
    #expect(mesh.faces.count == faceCount)
    #expect(mesh.bounds == Bounds(lower: SIMD3(-0.5, -0.5, -0.5), upper: SIMD3(0.5, 0.5, Float(length) - 0.5)))
  }

  @Test func `The volume inside the faces is the volume of the voxels, also in a mirrored oblique frame`() {
    let shape = ScalarGrid.Shape(4, 5, 6)
    let labels = labels(shape)
    let solid = Double(labels.count { $0 > 0 })
    let oblique = GridFrame(x: [0, -2, 0.3, 5], y: [1.5, 0, 0.2, -7], z: [0, 0.1, 3, 2])
    let mirrored = GridFrame(origin: SIMD3(1, 2, 3), spacing: SIMD3(-1, 2, 0.5))
    #expect(mirrored.isMirrored)
    for frame in [.index, oblique, mirrored] {
      let mesh = VoxelMesh(labels: labels, shape: shape, frame: frame).mesh
      #expect(abs(mesh.signedVolume / (solid * abs(frame.determinant)) - 1) < 1e-5)
      let topology = MeshTopology(mesh.welded(tolerance: 1e-3))
      #expect(topology.isClosed)
    }
  }

  @Test func `Labels belong to the voxel whose face is shown`() {
    let shape = ScalarGrid.Shape(3, 4, 5)
    let labels = labels(shape)
    let voxels = VoxelMesh(labels: labels, shape: shape)
    for (index, face) in voxels.mesh.faces.enumerated() {
      let corners = (0..<3).map { voxels.mesh.positions[Int(face[$0])] }
      let normal = voxels.mesh.faceNormals()[index]
      let quad = Int(face.min()) / 4 * 4
      let middle = voxels.mesh.positions[quad..<quad + 4].reduce(.zero, +) / 4
      let inside = middle - normal * 0.5
      let voxel =
        (Int(inside.x.rounded()) * shape.height + Int(inside.y.rounded())) * shape.width + Int(inside.z.rounded())
      #expect(labels[voxel] == voxels.labels[Int(face.x)])
      #expect(corners.count == 3)
    }
  }

  @Test func `An empty and a full grid have no and only outer faces`() {
    let shape = ScalarGrid.Shape(cube: 4)
    #expect(VoxelMesh(ScalarGrid(shape: shape, values: [Float](repeating: 0, count: 64))).mesh.faces.isEmpty)
    #expect(
      VoxelMesh(ScalarGrid(shape: shape, values: [Float](repeating: 1, count: 64))).mesh.faces.count == 6 * 16 * 2)
    #expect(VoxelMesh(labels: [], shape: .init(0, 3, 3)).mesh.faces.isEmpty)
  }

  @Test func `Bounds of a grid reach half a voxel beyond the samples and agree with the voxels`() {
    let shape = ScalarGrid.Shape(3, 4, 5)
    let frame = GridFrame(origin: SIMD3(1, 2, 3), spacing: SIMD3(-1, 2, 0.5))
    let full = VoxelMesh(labels: [UInt8](repeating: 1, count: 60), shape: shape, frame: frame)
    #expect(full.mesh.bounds == Bounds(of: shape, in: frame))
  }

  @Test func `Lines are drawn between voxels of one face, groups have their colours`() throws {
    let shape = ScalarGrid.Shape(2, 2, 1)
    let voxels = VoxelMesh(labels: [1, 1, 2, 2], shape: shape)
    var options = RenderOptions(width: 100, height: 100)
    options.hasGround = false
    let view = ViewDirection(azimuth: 0, elevation: 90, fieldOfView: nil, margin: 0)
    let scene = RenderScene([voxels.object(colors: [Color(hex: 0xE00000), Color(hex: 0x0000E0)])])
    let image = try Renderer(scene).image(from: view, options: options)
    #expect(image[25, 25][0] > 150 && image[75, 25][2] > 150)
    #expect(Int(image[25, 50][0]) < Int(image[25, 25][0]) - 40)
    #expect(Int(image[25, 50][0]) < Int(image[25, 75][0]) - 40)
  }

  @Test func `Slices of a volume have the size and the grey of its values`() throws {
    let shape = ScalarGrid.Shape(6, 3, 4)
    let grid = ScalarGrid(shape: shape, values: (0..<72).map(Float.init))
    var montage = SliceMontage(grid, axis: 0, sliceCount: 2)
    montage.scale = 5
    let image = try montage.image(.grid(columnCount: 2))
    #expect(image.width == 4 + 20 + 4 + 20 + 4 && image.height == 4 + 15 + 4)
    // Slices 1 and 4 of 6; the middle of the first pixel is value 12, then 48, of 71.
    for (x, value) in [(6, 12), (30, 48)] {
      let expected = Float(value) / 71 * 255
      #expect(abs(Float(image[x, 6][0]) - expected) < 1)
    }
    for axis in 0..<3 {
      montage.axis = axis
      #expect(try montage.image().inkCount > 100)
    }
  }

  @Test func `Slices of constant, broken and missing values`() throws {
    let shape = ScalarGrid.Shape(cube: 2)
    for value in [0, .nan, .infinity] as [Float] {
      let grid = ScalarGrid(shape: shape, values: [Float](repeating: value, count: 8))
      #expect(try SliceMontage(grid).image().width > 0)
    }
    var montage = SliceMontage(ScalarGrid(shape: shape, values: [0, 1, 2, 3, 4, 5, 6, 7]))
    montage.axis = 3
    #expect(throws: PictureError.self) { try montage.image() }
    montage.axis = 0
    #expect(throws: PictureError.self) { try montage.image(.grid(columnCount: 0)) }
    montage.sliceCount = 0
    #expect(throws: PictureError.self) { try montage.image() }
    #expect(throws: PictureError.self) {
      try SliceMontage(ScalarGrid(shape: .init(0, 1, 1), values: [])).image()
    }
  }
}
