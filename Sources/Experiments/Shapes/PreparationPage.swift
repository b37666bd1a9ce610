import Foundation
import Geometry
import Plots
import Volumes

/// The page that sums up a prepared folder.
struct PreparationPage {
  let settings: PreparationSettings
  let shapes: ShapeFolder
  /// All shapes, by id.
  let records: [ShapeRecord]

  static let fileName = "index.html"
  /// More rows of bad shapes than these are in `bad.csv` only.
  private static let rowLimit = 200

  /// Writes the page and returns where it is.
  func write(to folder: URL) throws -> URL {
    var page = HTMLReport(
      title: "Prepared shapes", subtitle: shapes.url.standardizedFileURL.lastPathComponent)
    addNumbers(to: &page)
    addCategories(to: &page)
    if let sheet = try ShapeContactSheet(records, shapes: shapes, out: folder).png() {
      page.addSection("A few of them")
      page.addImage(
        png: sheet,
        caption: "Meshes, and slices across the middle of z of their voxels: blue is inside, orange outside.",
        alternative: "Rendered meshes and slices of their signed distances")
    }
    try addDistances(to: &page)
    addBad(to: &page)
    let url = folder.appending(path: Self.fileName)
    try page.write(to: url)
    return url
  }

  private func count(_ outcome: ShapeRecord.Outcome) -> Int { records.count { $0.outcome == outcome } }

  private func addNumbers(to page: inout HTMLReport) {
    let seconds = records.map(\.seconds).filter { $0 > 0 }.sorted()
    let median = seconds.isEmpty ? 0 : seconds[seconds.count / 2]
    page.addKeyNumbers([
      ("\(count(.prepared))", "prepared"), ("\(count(.rejected))", "rejected"), ("\(count(.bad))", "bad"),
      (String(format: "%.2f s", median), "median time of a mesh"),
    ])
    var properties = settings.voxels.map { ("voxels_\($0)/", "\($0)^3 signed distances, unit cube") }
    for plan in settings.plans {
      let near = plan.nearCount > 0 ? ", \(plan.nearCount) of them near the surface" : ""
      let partners = plan.pairedDeviation == nil ? "" : ", each with a partner near the surface"
      properties.append(
        (
          "\(plan.name)/", "\(plan.count) points\(near)\(partners), unit sphere"
        ))
    }
    properties += [("sign", settings.sign.rawValue), ("seed", "\(settings.seed)")]
    page.addProperties(properties.map { (name: $0.0, value: $0.1) })
  }

  private func addCategories(to page: inout HTMLReport) {
    page.addSection("Categories")
    let groups = Dictionary(grouping: records, by: \.category).sorted {
      ($1.value.count, $0.key) < ($0.value.count, $1.key)
    }
    let rows = groups.map { category, members in
      [category.isEmpty ? "none" : category, "\(members.count)"]
        + [ShapeRecord.Outcome.prepared, .rejected, .bad].map { kind in "\(members.count { $0.outcome == kind })" }
    }
    page.add(
      HTMLReport.Table(
        caption: "Shapes of each category.", headings: ["category", "meshes", "prepared", "rejected", "bad"], rows: rows
      ))
  }

  private func addDistances(to page: inout HTMLReport) throws {
    let reports = records.compactMap(\.report)
    guard !reports.isEmpty else { return }
    page.addSection("Inside and outside")
    let methods = Dictionary(grouping: reports, by: \.sign.method.rawValue).sorted { $0.key < $1.key }
    let rows = methods.map { method, members in
      let ambiguous = members.map(\.ambiguousShare)
      let mean = ambiguous.reduce(0, +) / Double(members.count)
      return [
        method, "\(members.count)", String(format: "%.3f %%", 100 * mean),
        String(format: "%.3f %%", 100 * (ambiguous.max() ?? 0)),
      ]
    }
    page.add(
      HTMLReport.Table(
        caption: "How signs were found, and the share of points whose sign is not sure.",
        headings: ["method", "meshes", "unsure, mean", "unsure, worst"], rows: rows))
    var inside = DistributionPanel(
      xLabel: "share of the uniform points that are inside",
      groups: [ValueGroup(name: "shapes", role: .target, values: reports.map(\.insideShare))])
    inside.binCount = min(40, max(5, reports.count / 4))
    try add(
      .distribution(inside), to: &page,
      caption:
        "How much of the unit sphere the shapes fill. Shapes that fill nearly nothing have holes or no thickness.")
    guard records.count > 1 else { return }
    page.addSection("Time")
    var time = CurvePanel(
      xLabel: "mesh, in the order in which they were finished", yLabel: "seconds",
      curves: [
        Curve(name: "by the clock", role: .training, points: points(\.seconds)),
        Curve(name: "of the processor", role: .target, points: points(\.cpuSeconds)),
      ])
    time.limits = .fromZero
    try add(.curves(time), to: &page, caption: "Time for each mesh, from the first to the last.")
  }

  private func points(_ value: KeyPath<ShapeRecord, Double>) -> [CurvePoint] {
    records.sorted { $0.number < $1.number }.enumerated().map { CurvePoint(x: Double($0 + 1), y: $1[keyPath: value]) }
  }

  /// Without the program that draws, the page has its tables and says so.
  private func add(_ panel: FigurePanel, to page: inout HTMLReport, caption: String) throws {
    let figure = Figure(panels: [panel], panelSize: FigureSize(width: 720, height: 300))
    do {
      page.addFigure(svg: try figure.svgText(), caption: caption)
    } catch let error as PlotError {
      page.addNote("A figure is missing: \(error)")
    }
  }

  private func addBad(to page: inout HTMLReport) {
    let rows = records.filter { $0.outcome != .prepared }.map { [$0.id, $0.outcome.rawValue, $0.reason ?? ""] }
    page.addSection("Rejected and bad meshes")
    guard !rows.isEmpty else { return page.addParagraph("None.") }
    let more = rows.count > Self.rowLimit ? " The first \(Self.rowLimit) of \(rows.count); all are in bad.csv." : ""
    let fate =
      settings.dropsRejected ? "Neither has files." : "Rejected ones have their files all the same; bad ones have none."
    page.add(
      HTMLReport.Table(
        caption: "\(fate)\(more)", headings: ["shape", "outcome", "reason"], rows: Array(rows.prefix(Self.rowLimit))))
  }
}

/// A dozen shapes spread over a folder: the mesh, and a slice of its largest voxel grid.
struct ShapeContactSheet {
  private let records: [ShapeRecord]
  private let shapes: ShapeFolder
  private let out: URL
  private static let side = 200
  private static let columnCount = 6

  init(_ records: [ShapeRecord], shapes: ShapeFolder, out: URL) {
    let usable = records.filter { !$0.files.isEmpty }
    let count = min(12, usable.count)
    (self.shapes, self.out) = (shapes, out)
    self.records = (0..<count).map { usable[$0 * usable.count / count] }
  }

  /// Nil without any shape that can be drawn.
  func png() throws -> Data? {
    var sheet: [[Image?]] = []
    for start in stride(from: 0, to: records.count, by: Self.columnCount) {
      let row = records[start..<min(records.count, start + Self.columnCount)]
      sheet.append(try row.map(picture))
      let slices = try row.map(slice)
      if slices.contains(where: { $0 != nil }) { sheet.append(slices) }
    }
    guard sheet.contains(where: { $0.contains { $0 != nil } }) else { return nil }
    return try ContactSheet(rows: sheet).image().pngData()
  }

  private func picture(_ record: ShapeRecord) throws -> Image {
    let mesh = try Mesh(contentsOf: shapes.url.appending(path: record.source))
    var options = RenderOptions(width: Self.side, height: Self.side)
    options.samplesPerPixel = 8
    var image = try Renderer(RenderScene([RenderObject(mesh)], upAxis: .y)).image(options: options)
    let style = TextStyle(size: 11, color: .ink)
    style.draw(style.fitted(record.id, width: Self.side - 8), x: 4, y: 3, on: &image)
    return image
  }

  /// x to the right, y up.
  private func slice(_ record: ShapeRecord) throws -> Image? {
    let grids = record.files.keys.filter { $0.hasPrefix("voxels_") }
    let largest = grids.max { (record.files[$0] ?? 0) < (record.files[$1] ?? 0) }
    guard let largest else { return nil }
    let array = try NpyFile.read(out.appending(path: largest).path)
    let (side, values) = (array.shape[0], array.floats())
    let plane = (0..<side * side).map { place -> Float in
      let value = values[((place % side) * side + side - 1 - place / side) * side + side / 2]
      // A step at the surface, so that it can be seen.
      return value + (value < 0 ? -0.08 : 0.08)
    }
    var montage = SliceMontage(
      ScalarGrid(shape: .init(1, side, side), values: plane), sliceCount: 1, range: -0.4...0.4)
    (montage.colorMap, montage.scale) = (.diverging, max(1, Self.side / side))
    return try montage.image(.grid(columnCount: 1))
  }
}
