import Foundation
import Geometry
import Testing
import Volumes

@Suite(.serialized)
struct MeshCommandTests {
  /// Signed distances to a sphere of radius 5 in the middle of a grid of side 16.
  private func sphere() -> NpyArray {
    var values: [Float] = []
    for i in 0..<16 {
      for j in 0..<16 {
        for k in 0..<16 {
          let offset = SIMD3(Float(i), Float(j), Float(k)) - 7.5
          values.append((offset * offset).sum().squareRoot() - 5)
        }
      }
    }
    return NpyArray(shape: [16, 16, 16], values)
  }

  private func object(_ folder: TemporaryFolder, _ grid: String, _ out: String, _ options: [String] = []) throws
    -> [String: Any]
  {
    try CommandRunner.succeed(["mesh", grid, "--out", folder.file(out), "--json"] + options).object()
  }

  @Test("a signed distance gives the sphere in every format", arguments: ["stl", "obj", "ply", "off", "glb", "gltf"])
  func formats(fileExtension: String) throws {
    let folder = try TemporaryFolder()
    try NpyFile.write(sphere(), to: folder.file("sphere.npy"))
    let told = try object(folder, folder.file("sphere.npy"), "sphere.\(fileExtension)")
    #expect(told["closed"] as? Bool == true && told["manifold"] as? Bool == true && told["oriented"] as? Bool == true)
    #expect(told["euler"] as? Int == 2 && told["components"] as? Int == 1)
    #expect(told["inside"] as? String == "below")
    // Flat faces and linear interpolation each lie inside the sphere by at most about 1 / (8 r) = 0.025 voxels, so the
    // volume is 4/3 pi 5^3 = 523.6 less at most 0.05 of the area 4 pi 5^2 = 314.2.
    #expect((507.9...523.6).contains(try #require(told["volume"] as? Double)))
    #expect((309...315).contains(try #require(told["area"] as? Double)))
    let mesh = try Mesh(contentsOf: URL(fileURLWithPath: folder.file("sphere.\(fileExtension)")))
    #expect(mesh.faces.count == told["faces"] as? Int)
    #expect(mesh.positions.count == told["vertices"] as? Int)
    #expect(mesh.signedVolume > 500, "faces look outward")
  }

  @Test("level and side decide what is solid")
  func levels() throws {
    let folder = try TemporaryFolder()
    let grid = folder.file("sphere.npy")
    try NpyFile.write(sphere(), to: grid)
    let larger = try object(folder, grid, "larger.stl", ["--level", "1"])
    let smaller = try object(folder, grid, "smaller.stl", ["--level", "-1"])
    let radius = { (volume: Any?) in pow((volume as? Double ?? 0) * 3 / 4 / .pi, 1 / 3) }
    #expect(abs(radius(larger["volume"]) - 6) < 0.05)
    #expect(abs(radius(smaller["volume"]) - 4) < 0.05)
    let around = try object(folder, grid, "around.stl", ["--inside", "above"])
    #expect(around["components"] as? Int == 2 && around["closed"] as? Bool == true)
    let open = try object(folder, grid, "open.stl", ["--inside", "above", "--open"])
    #expect(open["components"] as? Int == 1)
  }

  @Test("voxel sizes scale the mesh, and text and bytes say the same")
  func spacing() throws {
    let folder = try TemporaryFolder()
    let grid = folder.file("sphere.npy")
    try NpyFile.write(sphere(), to: grid)
    let plain = try object(folder, grid, "plain.stl")
    let wide = try object(folder, grid, "wide.stl", ["--spacing", "1,2,0.5", "--ascii"])
    let (a, b) = (try #require(plain["volume"] as? Double), try #require(wide["volume"] as? Double))
    #expect(abs(a - b) < 1e-3 * a)
    let text = try String(contentsOfFile: folder.file("wide.stl"), encoding: .utf8)
    #expect(text.hasPrefix("solid") && text.contains("facet normal"))
  }

  @Test("a frame of an image lies in its physical space")
  func physicalSpace() throws {
    let folder = try TemporaryFolder()
    let affine = Affine(rows: [SIMD4(-2, 0, 0, 30), SIMD4(0, 2, 0, -10), SIMD4(0, 0, 3, 5)])
    var values = [UInt8](repeating: 0, count: 2 * 512)
    // A block of 2 x 2 x 2 voxels in the second frame.
    for i in 3...4 { for j in 3...4 { for k in 3...4 { values[512 + (i * 8 + j) * 8 + k] = 1 } } }
    let shape = Series.Shape(frameCount: 2, depth: 8, height: 8, width: 8)
    let series = Series(name: "block", shape: shape, values: .uint8(values), affine: affine)
    try SeriesFile.write(series, to: folder.file("block.nii.gz"))
    let told = try object(folder, folder.file("block.nii.gz"), "block.obj", ["--frame", "1"])
    #expect(told["inside"] as? String == "above" && told["euler"] as? Int == 2)
    #expect((told["volume"] as? Double ?? 0) > 0, "a mirroring affine must not turn the surface inside out")
    // Samples 3 to 4 and half a voxel on both sides.
    #expect(told["lower"] as? [Double] == [21, -5, 12.5])
    #expect(told["upper"] as? [Double] == [25, -1, 18.5])
    let smooth = try object(folder, folder.file("block.nii.gz"), "smooth.obj", ["--frame", "1", "--smooth"])
    #expect(smooth["closed"] as? Bool == true)
    #expect(smooth["lower"] as? [Double] != told["lower"] as? [Double])
  }

  @Test("an existing mesh is replaced with --force only")
  func force() throws {
    let folder = try TemporaryFolder()
    try NpyFile.write(sphere(), to: folder.file("sphere.npy"))
    let out = try folder.write([1, 2, 3], "sphere.off")
    #expect(try CommandRunner.run(["mesh", folder.file("sphere.npy"), "--out", out]).status == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: out)) == Data([1, 2, 3]))
    _ = try CommandRunner.succeed(["mesh", folder.file("sphere.npy"), "--out", out, "--force"])
    #expect(try Mesh(contentsOf: URL(fileURLWithPath: out)).faces.count > 100)
  }
}
