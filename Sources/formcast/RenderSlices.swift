import Foundation
import Geometry
import Runs

/// The slice pictures of `formcast render --slice`: a row per mesh, in one scale each.
struct RenderSlices {
  var rows: [[Image]] = []
  var names: [String] = []
  var told: [Summary] = []

  /// What is known of the slices of a mesh.
  struct Summary: Encodable {
    var mesh: String
    var planes: [Plane]
    var sign: SignDecision

    /// A plane and the distances on it.
    struct Plane: Encodable {
      var axis: String
      var position, lowest, highest: Float
    }
  }

  private let options: RenderSliceOptions
  private let view: RenderViewOptions

  init(_ options: RenderSliceOptions, _ view: RenderViewOptions) { (self.options, self.view) = (options, view) }

  /// Draws the slices of one more mesh; `isAlone` if there is no other picture.
  mutating func add(_ path: String, isAlone: Bool, _ progress: ProgressMeter) throws {
    let url = URL(fileURLWithPath: path)
    guard MeshFormat(rawValue: url.pathExtension.lowercased()) != nil else {
      throw SurfaceChoiceError("\(path): --slice draws meshes; make one with formcast mesh")
    }
    let mesh = try Mesh(contentsOf: url)
    guard !mesh.faces.isEmpty, let bounds = mesh.bounds else {
      throw SurfaceChoiceError("\(path): has no faces to draw")
    }
    let field = try MeshDistanceField(mesh, sign: options.sign)
    let (width, height) = view.pixels(side: isAlone ? 768 : 480)
    let slices = try options.slices.map { place in
      let slice = try DistanceSlice(
        of: field, on: place.plane(in: bounds), showing: bounds, width: width, height: height)
      progress.advance()
      return slice
    }
    let painter = SlicePainter(for: slices, textSize: ColorLegend.textSize(forPicture: min(width, height)))
    rows.append(try slices.map { try painter.image(of: $0) } + [painter.legend(height: height)])
    names.append(url.lastPathComponent)
    let planes = slices.map { slice in
      Summary.Plane(
        axis: ["x", "y", "z"][slice.axis], position: slice.position, lowest: slice.range?.lowerBound ?? 0,
        highest: slice.range?.upperBound ?? 0)
    }
    told.append(Summary(mesh: path, planes: planes, sign: field.sign))
  }

  /// Draws the slices of all meshes and writes one picture.
  mutating func write(_ paths: [String], to out: String, columns: Int?, _ common: CommonOptions) throws -> RenderSummary
  {
    let count = paths.count * options.slices.count
    let progress = ProgressMeter("render", total: count, options: common.progress("slices"))
    for path in paths { try add(path, isAlone: count == 1, progress) }
    let picture = try sheet(columns: columns)
    try picture.writePNG(to: out)
    progress.finish()
    return RenderSummary(out, picture, pictures: count, slices: told)
  }

  /// All slices: a row per mesh, or rows of the given length, each with its scale at the end.
  func sheet(columns: Int?) throws -> Image {
    if rows.count == 1, rows[0].count == 2 { return try rows[0][0].joined(withStrip: rows[0][1]) }
    var sheet = ContactSheet(rows: [])
    for (name, row) in zip(names, rows) {
      let length = max(1, columns ?? min(row.count - 1, 4))
      for start in stride(from: 0, to: row.count - 1, by: length) {
        sheet.rows.append(row[start..<min(start + length, row.count - 1)].map { $0 } + [row[row.count - 1]])
        if rows.count > 1 { sheet.rowLabels.append(start == 0 ? name : "") }
      }
    }
    return try sheet.image()
  }

  /// One line per mesh on its signs.
  var text: String {
    told.map { "\($0.mesh): signs by \($0.sign.method.rawValue) (\($0.sign.reason))" }.joined(separator: "\n")
  }
}
