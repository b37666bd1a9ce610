import Experiments
import Foundation
import Geometry
import Testing
import Volumes

struct ObservationTests {
  @Test("known distances of a partial view are those of the ball that was seen")
  func partialView() throws {
    let radius: Float = 0.6
    let eye = SIMD3<Float>(0, 0, 4)
    let seen = BallModel.spiral(radius, count: 8000).filter { $0.z > radius * radius / 4 }
    let normals = seen.map { -$0 }
    let view = PartialView(PointCloud(positions: seen, normals: normals), eye: eye)
    let known = try view.observations(.init(), name: "ball")
    #expect(known.groups.map(\.name) == ["surface", "before", "behind", "free space"])
    for group in known.groups {
      for (index, point) in group.points.enumerated() {
        let distance = (point * point).sum().squareRoot() - radius
        // The upper limit in free space is the distance to a seen point: never below the true one.
        #expect(group.lowest[index] <= distance + 1e-5 && distance <= group.highest[index] + 1e-5)
      }
    }
    let free = try #require(known.groups.last)
    #expect(free.lowest.allSatisfy { $0 == 0 } && free.points.allSatisfy { $0.max() <= 1 && $0.min() >= -1 })
    // Without eye nothing is known of free space, and normals stay as they are given.
    let blind = try PartialView(PointCloud(positions: seen, normals: normals)).observations(.init(), name: "ball")
    #expect(blind.groups.map(\.name) == ["surface", "before", "behind"])
    #expect(blind.groups[1].points.allSatisfy { ($0 * $0).sum().squareRoot() < radius })
  }

  @Test("the region beyond the box of a whole surface is outside")
  func wholeSurface() throws {
    let points = BallModel.spiral(0.5, count: 4000)
    var view = PartialView(PointCloud(positions: points, normals: points))
    view.isComplete = true
    let group = try #require(try view.observations(.init(), name: "ball").groups.last)
    #expect(group.name == "beyond the box" && group.points.count > 1000)
    for (index, point) in group.points.enumerated() {
      let distance = (point * point).sum().squareRoot() - 0.5
      #expect(group.lowest[index] <= distance + 1e-3 && distance <= group.highest[index] + 1e-5)
    }
  }

  @Test("a frame leads there and back, and refuses what distances do not survive")
  func frames() throws {
    // A quarter turn about z, mirrored in x, scaled by 2 and moved.
    let matrix: [Double] = [0, -2, 0, 5, -2, 0, 0, 6, 0, 0, 2, 7, 0, 0, 0, 1]
    let frame = try ShapeFrame(matrix: matrix, name: "m")
    #expect(frame.scale == 2)
    let point = SIMD3(0.25, -0.5, 0.125)
    #expect(frame.outer(point) == SIMD3(6, 5.5, 7.25) && frame.inner(frame.outer(point)) == point)
    #expect(frame.toInput.position(of: point) == frame.outer(point))
    #expect(frame.toModel.position(of: frame.outer(point)) == point)
    var bad = matrix
    bad[0] = 1
    #expect(throws: ExperimentError.self) { try ShapeFrame(matrix: bad, name: "sheared") }
    (bad[0], bad[10]) = (0, 3)
    #expect(throws: ExperimentError.self) { try ShapeFrame(matrix: bad, name: "stretched") }
    (bad[10], bad[15]) = (2, 2)
    #expect(throws: ExperimentError.self) { try ShapeFrame(matrix: bad, name: "projective") }
    #expect(throws: ExperimentError.self) { try ShapeFrame(matrix: Array(repeating: 0, count: 16), name: "zero") }
  }

  @Test("files are taken for what they hold")
  func inputs() throws {
    let folder = try BallModel.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func file(_ name: String) -> String { folder.appending(path: name).path }
    let points = BallModel.spiral(0.5, count: 50)
    try NpyFile.write(NpyArray(points: points), to: file("cloud.npy"))
    try NpyFile.write(
      NpyArray(shape: [50, 6], points.flatMap { [$0.x, $0.y, $0.z, 2 * $0.x, 2 * $0.y, 2 * $0.z] }),
      to: file("both.npy"))
    try NpzArchive.write(
      [("points", NpyArray(points: points)), ("sensor", NpyArray(shape: [3], [Float(0), 0, 3]))], to: file("seen.npz"),
      compressed: false)
    try NpzArchive.write(
      [("points", NpyArray(points: points)), ("sdf", NpyArray(shape: [50], [Float](repeating: 0, count: 50)))],
      to: file("samples.npz"), compressed: false)
    guard case .cloud(let cloud, nil) = try ShapeInput.read(file("cloud.npy")) else { throw Wrong() }
    #expect(cloud.positions == points && cloud.normals == nil)
    guard case .cloud(let both, nil) = try ShapeInput.read(file("both.npy")) else { throw Wrong() }
    #expect(both.positions == points && both.normals == points.map { $0 * 2 })
    guard case .cloud(_, let sensor) = try ShapeInput.read(file("seen.npz")) else { throw Wrong() }
    #expect(sensor == [0, 0, 3])
    guard case .samples(let samples) = try ShapeInput.read(file("samples.npz")) else { throw Wrong() }
    #expect(samples.points == points && samples.frame == .identity && samples.uniform.isEmpty)
    guard case .depth = try ShapeInput.read(file("cloud.npy"), hasCamera: true) else { throw Wrong() }
  }

  private struct Wrong: Error {}
}
