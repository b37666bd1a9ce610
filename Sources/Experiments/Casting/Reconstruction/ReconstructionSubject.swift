import Foundation
import Geometry

/// An input in the frame of the model: what is observed of it, and what it is if that is known.
struct ReconstructionSubject {
  /// What is known.
  var observations: Observations
  /// How the model's frame lies in the input.
  var frame: ShapeFrame
  /// How that frame was chosen.
  var frameRule: String
  /// What kind of input it is.
  var kind: String
  /// The whole shape, in the model's frame.
  var reference: ReferenceSurface?
  /// What a picture shows as the input, in the model's frame.
  var shown: Mesh
  /// What the user should know.
  var notes: [String] = []

  /// Points on the surface that are drawn of a mesh of which only the surface is used.
  private static let surfaceCount = 30_000

  /// Reads the files of a request.
  ///
  /// *Throws*: errors that name file or option.
  init(_ request: ReconstructionRequest) throws {
    switch try ShapeInput.read(request.input, hasCamera: request.camera != nil) {
    case .mesh(let mesh): try self.init(mesh, request)
    case .samples(let file): try self.init(file, request)
    case .cloud(let cloud, let sensor): try self.init(cloud, sensor: request.sensor ?? sensor, request)
    case .depth: try self.init(depthOf: request)
    }
    if let path = request.reference {
      let mesh = try MeshInput.faces(of: path)
      reference = .mesh(mesh.transformed(by: frame.toModel))
    }
    try checkPlace(request)
  }

  private init(_ mesh: Mesh, _ request: ReconstructionRequest) throws {
    let isPartial = request.evidence == .partial
    (frame, frameRule) = try Self.frame(of: mesh, request, isComplete: !isPartial)
    let placed = mesh.transformed(by: frame.toModel)
    (reference, shown) = (isPartial ? nil : .mesh(placed), placed)
    switch request.evidence {
    case .everything:
      kind = "mesh"
      var sampler = SignedDistanceSampler(request.plan, normalization: .none, seed: request.fit.seed)
      sampler.threadCount = request.comparison.threadCount
      let set = try MeshInput.naming(request.input) { try sampler.samples(of: placed) }
      observations = try Observations(points: set.points, distances: set.distances, name: request.input)
    case .surfacePoints, .partial:
      kind = isPartial ? "part of a mesh" : "surface points of a mesh"
      let samples = try MeshInput.naming(request.input) {
        try SurfaceSampler(placed).points(count: Self.surfaceCount, seed: request.fit.seed)
      }
      let cloud = PointCloud(positions: samples.map(\.position), normals: samples.map(\.normal))
      var view = PartialView(cloud, eye: isPartial ? Self.eye(request.sensor, frame) : nil)
      view.isComplete = !isPartial
      observations = try view.observations(request.view, name: request.input)
    case .depthView(let direction, let side):
      kind = "depth view of a mesh"
      let view = try Self.rendered(placed, from: direction, side: side, request)
      observations = try view.observations(request.view, name: request.input)
      shown = PointMarks.mesh(view.points)
    }
  }

  private init(_ file: SampleFile, _ request: ReconstructionRequest) throws {
    guard request.evidence == .everything else {
      throw ExperimentError(
        "\(request.input): holds signed distances and not points of a surface; leave out --points, --partial, --depth-view"
      )
    }
    guard (request.normalization ?? MeshNormalization.none) == MeshNormalization.none else {
      throw ExperimentError("\(request.input): samples have a frame of their own; use --transform and not --normalize")
    }
    kind = "samples"
    var placed = file
    if let path = request.transform {
      // The file's own frame is that of its points; the transform leads from the model to it.
      let transform = try ShapeFrame(contentsOf: path)
      placed.points = file.points.map { SIMD3<Float>(transform.inner(SIMD3<Double>($0))) }
      placed.distances = file.distances.map { $0 / Float(transform.scale) }
      (frame, frameRule) = (transform, "given by \(path), from the model to the samples")
    } else {
      (frame, frameRule) = (file.frame, "that of the samples; the file leads back to the units of its mesh")
    }
    observations = try Observations(points: placed.points, distances: placed.distances, name: request.input)
    shown = PointMarks.mesh(placed.points)
    do {
      let surface = try ReferenceSurface(samplesOf: placed, count: request.comparison.sampleCount, name: request.input)
      (reference, shown) = (surface, PointMarks.mesh(surface.shownPoints))
    } catch  where request.reference != nil {
      // The mesh that was named is what counts.
    } catch {
      notes.append("not compared with its samples: \(error)")
    }
  }

  private init(_ cloud: PointCloud, sensor: SIMD3<Float>?, _ request: ReconstructionRequest) throws {
    if case .depthView = request.evidence {
      throw ExperimentError("\(request.input): is a cloud; --depth-view needs a mesh to look at")
    }
    let isComplete = request.evidence == .surfacePoints
    kind = isComplete ? "surface points" : "part of a surface"
    guard cloud.positions.allSatisfy({ magnitudes($0).max() <= 1e15 }) else {
      throw ExperimentError("\(request.input): a point is not finite or beyond 1e15; remove it")
    }
    (frame, frameRule) = try Self.frame(of: cloud.positions, request, isComplete: isComplete)
    let placed = PointCloud(
      positions: cloud.positions.map { [frame] in SIMD3<Float>(frame.inner(SIMD3<Double>($0))) },
      normals: cloud.normals?.map { [frame] in SIMD3<Float>(frame.innerDirection(SIMD3<Double>($0))) })
    // No single place sees all of a whole surface.
    var view = PartialView(placed, eye: isComplete ? nil : Self.eye(sensor, frame))
    view.isComplete = isComplete
    observations = try view.observations(request.view, name: request.input)
    shown = PointMarks.mesh(placed.positions)
    if cloud.normals == nil, sensor == nil {
      notes.append("without normals or --sensor nothing says on which side of the points the solid lies")
    }
  }

  private init(depthOf request: ReconstructionRequest) throws {
    guard let camera = request.camera else { throw ExperimentError("\(request.input): needs --camera") }
    if case .depthView = request.evidence {
      throw ExperimentError("\(request.input): is a depth picture already; leave out --depth-view")
    }
    guard (request.normalization ?? MeshNormalization.none) == MeshNormalization.none else {
      throw ExperimentError(
        "\(request.input): a depth picture shows a part, which --normalize cannot place; use --transform")
    }
    kind = "depth picture"
    (frame, frameRule) = try Self.givenFrame(request)
    let picture = try DepthView(contentsOf: request.input, camera: DepthCamera(contentsOf: camera), name: camera)
    let view = try picture.view(in: frame, name: request.input)
    observations = try view.observations(request.view, name: request.input)
    shown = PointMarks.mesh(view.points)
  }

  private static func rendered(
    _ mesh: Mesh, from direction: ViewDirection, side: Int, _ request: ReconstructionRequest
  ) throws -> PartialView {
    let bounds = mesh.bounds ?? Bounds(lower: SIMD3(repeating: -1), upper: .one)
    let renderer = try Renderer(RenderScene([RenderObject(mesh)], bounds: bounds, upAxis: request.upAxis))
    let camera = try Camera(framing: bounds, from: direction, upAxis: request.upAxis, aspect: 1)
    let map = try renderer.depthMap(through: camera, options: RenderOptions(width: side, height: side))
    return try DepthView(map, through: camera).view(in: .identity, name: request.input)
  }

  /// Points outside of -1 to 1 are where the model knows nothing.
  private mutating func checkPlace(_ request: ReconstructionRequest) throws {
    let share = observations.share(within: 1.1)
    guard share >= 0.5 else {
      throw ExperimentError(
        "\(request.input): only \(Int(100 * share)) % of its points lie within -1 and 1, where the model's shapes are; "
          + (["mesh", "surface points"].contains { kind.hasPrefix($0) }
            ? "use --transform or --normalize sphere" : "use --transform"))
    }
    if share < 1 {
      notes.append(
        "\(Int((100 * (1 - share)).rounded(.up))) % of the points lie beyond -1 to 1, where the model knows nothing")
    }
  }
}

/// Meshes that the user names.
enum MeshInput {
  /// A mesh that has faces.
  static func faces(of path: String) throws -> Mesh {
    let mesh = try Mesh(contentsOf: URL(filePath: path))
    guard !mesh.faces.isEmpty else { throw ExperimentError("\(path): has no faces; it cannot be compared with") }
    return mesh
  }

  /// Adds the file to errors that do not name it.
  static func naming<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error where !"\(error)".hasPrefix(path) {
      throw ExperimentError("\(path): \(error)")
    }
  }
}
