import Experiments
import Foundation
import Geometry
import Testing
import Volumes

@Suite(.serialized)
struct ReconstructionTests {
  private let radius: Float = 0.45

  private func request(_ input: URL) -> ReconstructionRequest {
    var request = ReconstructionRequest(input.path)
    (request.fit.steps, request.fit.samplesPerStep, request.fit.learningRate) = (150, 512, 2e-2)
    (request.plan.count, request.resolution) = (4000, 32)
    (request.comparison.sampleCount, request.comparison.volumeSampleCount) = (2000, 4000)
    return request
  }

  private func mesh(in folder: URL, _ frame: GridFrame = .index) throws -> URL {
    let url = folder.appending(path: "ball.obj")
    try BallModel.mesh(radius).transformed(by: frame).write(to: url)
    return url
  }

  @Test("a mesh comes back in its own units")
  func units() throws {
    let model = try BallModel.trained.get()
    let folder = try BallModel.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // A transform of 10 with the centre elsewhere: the ball of 0.45 becomes one of 4.5.
    let input = try mesh(in: folder, GridFrame(origin: [1, 2, 3], spacing: [10, 10, 10]))
    let transform = folder.appending(path: "t.npy")
    try NpyFile.write(
      NpyArray(shape: [4, 4], [10, 0, 0, 1, 0, 10, 0, 2, 0, 0, 10, 3, 0, 0, 0, 1] as [Double]), to: transform.path)
    var request = request(input)
    request.transform = transform.path
    let outcome = try Reconstruction(model, request)()
    for vertex in outcome.mesh.positions {
      let offset = vertex - [1, 2, 3]
      #expect(abs((offset * offset).sum().squareRoot() - 4.5) < 0.4)
    }
    let score = try #require(outcome.report.score)
    #expect(score.chamfer.squared < 0.002 && score.iou ?? 0 > 0.9 && outcome.report.isClosed)
    #expect(outcome.report.frame.scale == 10 && outcome.code.count == 2 && outcome.picture.width > 500)
    let writer = try ReconstructionFolder(folder.appending(path: "out").path, force: false)
    try writer.write(outcome)
    #expect(try Mesh(contentsOf: folder.appending(path: "out/mesh.stl")).faces.count == outcome.mesh.faces.count)
    let code = try NpyFile.read(folder.appending(path: "out/code.npy").path)
    #expect(code.shape == [1, 2] && code.floats() == outcome.code)
  }

  @Test("what is seen of a mesh from one side completes it")
  func depthView() throws {
    let model = try BallModel.trained.get()
    let folder = try BallModel.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var request = request(try mesh(in: folder))
    request.normalization = MeshNormalization.none
    request.evidence = .depthView(ViewDirection(azimuth: 20, elevation: 30, fieldOfView: 40), side: 64)
    let outcome = try Reconstruction(model, request)()
    #expect(outcome.report.kind == "depth view of a mesh")
    #expect(Set(outcome.report.fit.groupCounts.keys) == ["surface", "before", "behind", "free space"])
    #expect(try #require(outcome.report.score).chamfer.squared < 0.002)
  }

  @Test("a depth picture with its camera is a part of the surface in the frame of the pose")
  func depthPicture() throws {
    let model = try BallModel.trained.get()
    let folder = try BallModel.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // The camera stands 3 before the ball on the z axis and looks back at it: y down, z into the picture.
    let (side, focal, eye) = (48, 120.0, 3.0)
    var depths: [Float] = []
    for row in 0..<side {
      for column in 0..<side {
        let (x, y) = ((Double(column) - 23.5) / focal, (Double(row) - 23.5) / focal)
        // |(0, 0, eye) + t (x, -y, -1)| = radius
        let (a, c) = (x * x + y * y + 1, eye * eye - Double(radius * radius))
        let root = eye * eye - a * c
        depths.append(root < 0 ? .infinity : Float((eye - root.squareRoot()) / a * 1000))
      }
    }
    let picture = folder.appending(path: "depth.npy")
    try NpyFile.write(NpyArray(shape: [side, side], depths), to: picture.path)
    let camera = folder.appending(path: "camera.json")
    try Data(
      """
      {"fx": 120, "fy": 120, "cx": 23.5, "cy": 23.5, "depthScale": 0.001,
       "pose": [[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 3], [0, 0, 0, 1]]}
      """.utf8
    ).write(to: camera)
    var request = request(picture)
    request.camera = camera.path
    request.reference = try mesh(in: folder).path
    let outcome = try Reconstruction(model, request)()
    #expect(try #require(outcome.report.score).chamfer.squared < 0.002, "\(outcome.report.text)")
    #expect(outcome.report.frameRule.contains("as given"))
  }

  @Test("inputs that lie elsewhere, or name nothing, are refused in words")
  func refusals() throws {
    let model = try BallModel.trained.get()
    let folder = try BallModel.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func refused(_ name: String, _ fragment: String, _ array: NpyArray, camera: String? = nil) throws {
      let file = folder.appending(path: name)
      try NpyFile.write(array, to: file.path)
      var request = request(file)
      request.camera = camera
      do {
        _ = try Reconstruction(model, request)()
        Issue.record("\(name) was taken")
      } catch {
        #expect("\(error)".contains(fragment), "\(error)")
      }
    }
    try refused("far.npy", "within -1 and 1", NpyArray(points: [[100, 0, 0], [101, 0, 0]]))
    try refused("nan.npy", "not finite", NpyArray(points: [[0, .nan, 0]]))
    try refused("none.npy", "no points", NpyArray(shape: [0, 3], [] as [Float]))
    try refused("flat.npy", "[P,3]", NpyArray(shape: [4, 4], [Float](repeating: 0, count: 16)))
    try refused(
      "depth.npy", "cannot be read", NpyArray(shape: [4, 4], [Float](repeating: 1, count: 16)), camera: "no.json")
  }
}
