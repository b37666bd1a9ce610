import Foundation
import Geometry
import Runs

/// The same code on its trained raster, on that raster scaled up, and as the network says it on finer grids: what a continuous
/// shape is worth.
///
/// *Reference*: Kleineberg, Fey, Weichert 2020, arXiv 2002.00349: trained on 16^3, queried at 128^3.
public struct ResolutionComparison {
  /// What the user says.
  public struct Options: Sendable {
    /// Folder to write.
    public var out: String
    /// Which codes, a row of pictures each.
    public var codes: CodeChoice
    /// Samples along each axis of the raster.
    public var raster = 16
    /// Samples along each axis at which the network is asked; the raster is scaled up to the smallest, and the largest is what
    /// all others are measured against.
    public var resolutions = [128, 256]
    /// The level; nil for the model's own.
    public var level: Double?
    /// How pictures are drawn; its bounds are those of a code in all ways.
    public var portrait = ShapePortrait()
    /// Writes into a folder that holds other files.
    public var force = false
    /// How progress is shown.
    public var progress = ProgressMeter.Options()

    /// A comparison of these codes in the folder `out`.
    public init(out: String, codes: CodeChoice) {
      (self.out, self.codes) = (out, codes)
      portrait.side = 320
    }
  }

  /// One way to come to a surface.
  public struct Way: Sendable, Codable {
    /// What it is, as in the picture.
    public var label: String
    /// Its surface.
    public var surface: SurfaceFacts
    /// Distances to the finest surface; nil for that itself, and where there is no surface.
    public var toFinest: ShapeComparison?
  }

  /// A code in all ways.
  public struct Row: Sendable, Codable {
    /// Name of the code.
    public var code: String
    /// The ways, from the coarsest to the finest.
    public var ways: [Way]
  }

  /// What was written.
  public struct Outcome: Sendable, Codable {
    /// The model.
    public var model: String
    /// The folder.
    public var folder: String
    /// Level of the surfaces.
    public var level: Float
    /// The codes.
    public var rows: [Row]

    /// A table for people.
    public var text: String {
      var lines: [String] = []
      for row in rows {
        lines.append(row.code)
        lines += row.ways.map { way in
          let distance =
            way.toFinest.map {
              String(format: "Chamfer-L1 %.5f, Hausdorff %.5f to the finest", $0.chamfer.l1, $0.hausdorff.symmetric)
            }
            ?? (way.surface.faces == 0 ? "no surface" : "the finest")
          return "  \(way.label): \(way.surface.faces) faces, Euler number \(way.surface.euler), \(distance)"
        }
      }
      return (lines + ["\(folder)/resolutions.png"]).joined(separator: "\n")
    }
  }

  private let space: ShapeSpace
  private let options: Options
  /// Most codes of a picture.
  private static let codeLimit = 12
  static let mark = "resolutions.json"

  /// A comparison in a space.
  public init(_ space: ShapeSpace, options: Options) { (self.space, self.options) = (space, options) }

  /// Writes `resolutions.png` and `resolutions.json`.
  ///
  /// *Throws*: `ExperimentError` if codes, level or resolutions cannot be used, or the finest surface of a code is empty;
  /// nothing is written then.
  public func callAsFunction() throws -> Outcome {
    let finest = options.resolutions.max() ?? 0
    guard options.raster >= 2, finest > options.raster, (options.resolutions.min() ?? 0) > options.raster else {
      throw ExperimentError("--resolutions must all be larger than the raster of \(options.raster)")
    }
    let casters = try options.resolutions.sorted().map {
      try ShapeCaster(space, resolution: $0, level: options.level)
    }
    try MemoryRequirement(resolution: casters[0].resolution, isDense: true).check()
    let codes = try options.codes.codes(of: space)
    guard codes.count <= Self.codeLimit else {
      throw ExperimentError(
        "\(codes.count) codes are more than one picture holds; choose at most \(Self.codeLimit) with --index or --codes"
      )
    }
    try ShapeGeneration.requireUsable(options.out, mark: Self.mark, force: options.force)
    let progress = ProgressMeter("compare", total: codes.count, options: options.progress)
    var (rows, pictures): ([Row], [[Image?]]) = ([], [])
    for code in codes {
      let surfaces = try surfaces(of: code, casters)
      rows.append(Row(code: code.name, ways: try ways(surfaces)))
      pictures.append(try self.pictures(surfaces, rowCount: codes.count))
      progress.advance()
    }
    let outcome = Outcome(model: space.name, folder: options.out, level: casters[0].level, rows: rows)
    var sheet = ContactSheet(
      rows: pictures, rowLabels: codes.count > 1 ? codes.map(\.name) : [],
      columnLabels: rows.first?.ways.map(\.label) ?? [])
    sheet.caption =
      "Level \(casters[0].level). The raster holds the field at linspace(-1, 1, \(options.raster))^3; scaled up, it is interpolated"
      + " linearly."
    let folder = try OutputFolder(options.out, mark: Self.mark, force: options.force)
    try folder.write(try sheet.image().pngData(), as: "resolutions.png")
    var record = outcome
    record.folder = "."
    try folder.write(Data((try JSONOutput.line(record) + "\n").utf8), as: Self.mark)
    progress.finish()
    return outcome
  }

  private func surfaces(of code: NamedCode, _ casters: [ShapeCaster]) throws -> [(label: String, mesh: Mesh)] {
    let (side, target) = (options.raster, casters[0].resolution)
    let raster = try ScalarGrid(
      sampling: try space.field(code.values), shape: .init(cube: side), frame: .unitCube(count: side))
    let extraction = SurfaceExtraction(level: casters[0].level, inside: .below)
    var result = [("raster \(side)^3", try extraction.mesh(of: raster))]
    result.append(("raster scaled up to \(target)^3", try extraction.mesh(of: raster.scaled(to: target))))
    for caster in casters {
      let cast = try caster.cast(code)
      if caster.resolution == casters[casters.count - 1].resolution, cast.isEmpty {
        throw caster.nothingSolid(cast.range, count: 1)
      }
      result.append(("network at \(caster.resolution)^3", cast.mesh))
    }
    return result
  }

  private func ways(_ surfaces: [(label: String, mesh: Mesh)]) throws -> [Way] {
    var protocolOfNumbers = ComparisonOptions()
    (protocolOfNumbers.target, protocolOfNumbers.volumeSampleCount) = (.surface, 0)
    let finest = surfaces[surfaces.count - 1].mesh
    return try surfaces.enumerated().map { index, surface in
      let isMeasured = index < surfaces.count - 1 && !surface.mesh.faces.isEmpty
      return Way(
        label: surface.label, surface: SurfaceFacts(surface.mesh),
        toFinest: isMeasured ? try ShapeComparison(of: surface.mesh, to: finest, options: protocolOfNumbers) : nil)
    }
  }

  private func pictures(_ surfaces: [(label: String, mesh: Mesh)], rowCount: Int) throws -> [Image?] {
    let boxes = surfaces.compactMap(\.mesh.bounds)
    let fitting = options.portrait.fitting(columns: surfaces.count, rows: rowCount)
    return try surfaces.enumerated().map { index, surface in
      var portrait = fitting
      portrait.bounds = boxes.dropFirst().reduce(boxes.first) { $0?.union($1) }
      // The faces of the raster are what there is to see of it.
      if index == 0 { portrait.shading = .flat }
      return try portrait.image(of: surface.mesh)
    }
  }
}

extension ScalarGrid {
  /// A cube of samples on as many points as wanted between the same corners, interpolated linearly along each axis. Traps
  /// unless it is a cube of at least two samples along each axis, as is the wanted one.
  func scaled(to side: Int) -> ScalarGrid {
    let count = shape.depth
    precondition(count >= 2 && side >= 2 && shape == Shape(cube: count), "no cube to scale")
    let places = (0..<side).map { index -> (low: Int, share: Float) in
      let place = Double(index) * Double(count - 1) / Double(side - 1)
      let low = min(Int(place), count - 2)
      return (low, Float(place - Double(low)))
    }
    var values: [Float] = []
    values.reserveCapacity(side * side * side)
    for x in places {
      for y in places {
        for z in places {
          func line(_ i: Int, _ j: Int) -> Float {
            self[i, j, z.low] + (self[i, j, z.low + 1] - self[i, j, z.low]) * z.share
          }
          func plane(_ i: Int) -> Float { line(i, y.low) + (line(i, y.low + 1) - line(i, y.low)) * y.share }
          values.append(plane(x.low) + (plane(x.low + 1) - plane(x.low)) * x.share)
        }
      }
    }
    var frame = frame
    let ratio = Double(count - 1) / Double(side - 1)
    for axis in 0..<3 {
      (frame.x[axis], frame.y[axis], frame.z[axis]) = (
        frame.x[axis] * ratio, frame.y[axis] * ratio, frame.z[axis] * ratio
      )
    }
    return ScalarGrid(shape: Shape(cube: side), values: values, frame: frame)
  }
}
