import Foundation
import Geometry
import Runs
import Volumes

/// Reconstructs a shape from what is known of it: finds its code, meshes that and measures how well it fits.
public struct Reconstruction {
  /// What came of it.
  public struct Outcome {
    /// The numbers.
    public var report: ReconstructionReport
    /// The surface in units of the input.
    public var mesh: Mesh
    /// The code, [L].
    public var code: [Float]
    /// Input, reconstruction and whole shape side by side.
    public var picture: Image
  }

  private let model: ShapeModel
  private let request: ReconstructionRequest

  /// A reconstruction with a model.
  public init(_ model: ShapeModel, _ request: ReconstructionRequest) { (self.model, self.request) = (model, request) }

  /// Reconstructs; `progress` is told the steps of the fit and their loss now and then.
  ///
  /// *Throws*: errors that name file or option: an input that cannot be used, a model without codes, a surface that is empty.
  public func callAsFunction(progress: (Int, Double?) -> Void = { _, _ in }) throws -> Outcome {
    guard (2...SparseSurfaceExtraction.largestExtent).contains(request.resolution) else {
      throw ExperimentError("the resolution must be 2 to \(SparseSurfaceExtraction.largestExtent)")
    }
    try MemoryRequirement(resolution: request.resolution, isDense: false).check()
    let fit = try CodeFit(model, options: request.fit, level: request.level)
    let subject = try ReconstructionSubject(request)
    let name = URL(filePath: request.input).deletingPathExtension().lastPathComponent
    let found = try fit(subject.observations, name: name, progress: progress)
    let level = request.level ?? model.configuration.field.level
    let surface = try model.surface(code: found.code, resolution: request.resolution, level: level)
    guard !surface.mesh.faces.isEmpty else { throw try empty(found.code, level) }
    let score = try subject.reference.flatMap { try $0.score(of: surface.mesh, request.comparison) }
    let report = ReconstructionReport(
      input: request.input, kind: subject.kind, frame: subject.frame, frameRule: subject.frameRule,
      notes: subject.notes, fit: found.report, resolution: request.resolution,
      vertices: surface.mesh.positions.count, faces: surface.mesh.faces.count,
      isClosed: MeshTopology(surface.mesh).isClosed, score: score, comparison: score == nil ? nil : request.comparison)
    return Outcome(
      report: report, mesh: surface.mesh.transformed(by: subject.frame.toInput), code: found.code,
      picture: try picture(subject, surface.mesh))
  }

  private func empty(_ code: [Float], _ level: Double) throws -> ExperimentError {
    let side = 32
    let frame = GridFrame.unitCube(count: side)
    let points = (0..<side * side * side).map { index in
      SIMD3<Float>(
        frame.position(of: SIMD3(Double(index / (side * side)), Double(index / side % side), Double(index % side))))
    }
    let values = try model.field(code: code).samples(at: points, withGradients: false).distances
    return ExperimentError(
      "\(request.input): the fitted shape is empty: its distances are \(values.min() ?? 0) to \(values.max() ?? 0) on a "
        + "\(side)^3 grid and never \(level); try --starts or --level")
  }

  private func picture(_ subject: ReconstructionSubject, _ mesh: Mesh) throws -> Image {
    var shown: [(String, Mesh, Color)] = [("input", subject.shown, .input), ("reconstruction", mesh, .prediction)]
    let isInput = subject.kind == "mesh" || subject.kind == "samples"
    if let reference = subject.reference, !isInput || request.reference != nil {
      shown.append(("whole shape", reference.shown, .target))
    }
    let pictures = ShapePictures(upAxis: request.upAxis, edge: 384)
    let bounds = shown.compactMap(\.1.bounds).reduce(nil as Bounds?) { $0?.union($1) ?? $1 }
    let images = try shown.map { try pictures.image(of: $0.1, color: $0.2, bounds: bounds) }
    return try ContactSheet(rows: [images], columnLabels: shown.map(\.0)).image()
  }
}

/// Pictures of single shapes, all from the same side.
struct ShapePictures {
  let upAxis: UpAxis
  let edge: Int

  /// A shape, framed by bounds that pictures side by side share.
  func image(of mesh: Mesh, color: Color, bounds: Bounds?) throws -> Image {
    let scene = RenderScene([RenderObject(mesh, color: color)], bounds: bounds, upAxis: upAxis)
    var options = RenderOptions(width: edge, height: edge)
    options.samplesPerPixel = 8
    return try Renderer(scene).image(options: options)
  }
}

/// The numbers of a reconstruction: `report.json`.
public struct ReconstructionReport: Sendable, Codable, Equatable {
  /// The file.
  public var input: String
  /// What it was taken as.
  public var kind: String
  /// From the model's frame to that of the input.
  public var frame: ShapeFrame
  /// How that was chosen.
  public var frameRule: String
  /// What to keep in mind.
  public var notes: [String]
  /// How the code was found.
  public var fit: CodeFitReport
  /// Samples along an axis for the surface.
  public var resolution: Int
  /// Vertices and faces of the surface.
  public var vertices, faces: Int
  /// Whether it has no border.
  public var isClosed: Bool
  /// How near the surface is to the whole shape, in units of the model; nil if that is not known.
  public var score: ShapeScore?
  /// How that was measured.
  public var comparison: ComparisonOptions?
  /// The frame of the numbers.
  public var units = "of the model: one is `frame.scale` units of the input"

  /// A few lines for people.
  public var text: String {
    var lines = ["\(input): \(kind), \(fit.groupCounts.values.reduce(0, +)) points; frame: \(frameRule)"]
    let starts = fit.starts.map { String(format: "%.5f", $0.loss) }.joined(separator: ", ")
    lines.append("loss \(starts)\(fit.starts.count > 1 ? ", kept start \(fit.chosen + 1)" : "")")
    let errors = fit.groupErrors.sorted { $0.key < $1.key }.map { "\($0.key) " + String(format: "%.5f", $0.value) }
    lines.append("mean distance error: \(errors.joined(separator: ", "))")
    if let score {
      let iou = score.iou.map { String(format: ", IoU %.4f", $0) } ?? ""
      lines.append(
        String(
          format: "Chamfer squared x1e3 %.4f, mean %.5f%@", 1e3 * score.chamfer.squared, score.chamfer.l1,
          iou as NSString))
    }
    return (lines + notes.map { "note: \($0)" }).joined(separator: "\n")
  }
}
