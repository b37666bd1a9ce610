import Foundation
import Geometry
import Plots
import Volumes

/// Shapes of an evaluation that are drawn: up to eight, spread evenly.
struct EvaluationExamples {
  /// One of them.
  struct Example {
    var id: String
    var reference, reconstruction: Mesh
    var neighbor: (id: String, mesh: Mesh)?
  }

  private static let largestCount = 8
  private let indices: Set<Int>
  private var examples: [Int: Example] = [:]

  /// Chooses from so many shapes.
  init(count: Int) {
    let shown = min(count, Self.largestCount)
    indices = Set((0..<shown).map { shown == 1 ? 0 : $0 * (count - 1) / (shown - 1) })
  }

  /// The examples in the order of the shapes.
  var list: [Example] { examples.sorted { $0.key < $1.key }.map(\.value) }

  mutating func add(_ id: String, _ reference: Mesh, reconstruction: Mesh, at index: Int) {
    guard indices.contains(index) else { return }
    examples[index] = Example(id: id, reference: reference, reconstruction: reconstruction)
  }

  mutating func add(neighbor mesh: Mesh, named id: String, at index: Int) { examples[index]?.neighbor = (id, mesh) }
}

/// The files of a shape evaluation.
struct ShapeEvaluationReport {
  let model: ShapeModel
  let result: ShapeEvaluationResult
  let shapes: [ShapeResult]
  let examples: EvaluationExamples

  /// Writes `per_shape.csv`, `shapes.png`, `report.html`, and `metrics.json` last.
  func write(to folder: OutputFolder, upAxis: UpAxis) throws {
    try folder.write(Data(csv.utf8), as: "per_shape.csv")
    let sheet = try sheet(upAxis).image()
    try sheet.writePNG(to: folder.file("shapes.png").path)
    try page(sheet).write(to: folder.file("report.html"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try folder.write(try encoder.encode(result), as: "metrics.json")
  }

  /// A line for each shape, in name order.
  var csv: String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    func quoted(_ name: String) -> String {
      name.contains(where: { ",\"\n".contains($0) }) ? "\"\(name.replacing("\"", with: "\"\""))\"" : name
    }
    let head = "name,category,chamfer,chamfer_l1,iou,nearest,nearest_chamfer,nearest_chamfer_l1,nearest_iou,fit_loss\n"
    return shapes.reduce(into: head) { lines, shape in
      let near = shape.nearest
      let cells = [
        quoted(shape.entry.id), quoted(shape.entry.category), text(shape.score?.chamfer.squared),
        text(shape.score?.chamfer.l1), text(shape.score?.iou), near.map { quoted($0.id) } ?? "",
        text(near?.score.chamfer.squared), text(near?.score.chamfer.l1), text(near?.score.iou), text(shape.fitLoss),
      ]
      lines += cells.joined(separator: ",") + "\n"
    }
  }

  private func sheet(_ upAxis: UpAxis) throws -> ContactSheet {
    let pictures = ShapePictures(upAxis: upAxis, edge: 220)
    var rows: [[Image?]] = [[], [], []]
    let list = examples.list
    for example in list {
      let meshes = [example.reference, example.reconstruction, example.neighbor?.mesh ?? Mesh()]
      let bounds = meshes.compactMap(\.bounds).reduce(nil as Bounds?) { $0?.union($1) ?? $1 }
      for (row, (mesh, color)) in zip(meshes, [Color.target, .prediction, .input]).enumerated() {
        rows[row].append(mesh.faces.isEmpty ? nil : try pictures.image(of: mesh, color: color, bounds: bounds))
      }
    }
    var labels = ["held-out shape", "reconstruction", "nearest training shape"]
    if !rows[2].contains(where: { $0 != nil }) { (rows, labels) = (Array(rows[..<2]), Array(labels[..<2])) }
    return ContactSheet(rows: rows, rowLabels: labels, columnLabels: list.map { $0.id })
  }

  private func page(_ sheet: Image) throws -> HTMLReport {
    var page = HTMLReport(
      title: "Reconstruction of held-out shapes",
      subtitle: "\(URL(filePath: model.path).lastPathComponent), \(result.protocol.part)")
    addVerdict(to: &page)
    page.addImage(
      png: try sheet.pngData(),
      caption: "Shapes that the model has not seen, what it makes of them, and the nearest "
        + "shape that it has seen.", alternative: "Held-out shapes, reconstructions and nearest training shapes")
    page.addSection("Numbers")
    page.add(
      HTMLReport.Table(
        caption:
          "Mean / median over shapes. Chamfer: both mean squared distances added, times 1000 (DeepSDF); Chamfer-L1: "
          + "mean of both mean distances.",
        headings: ["shapes", "count", "Chamfer x1e3", "nearest training", "Chamfer-L1", "IoU", "nearest training IoU"],
        rows: rows))
    page.addSection("Shape by shape")
    page.add(
      HTMLReport.Table(
        caption: "Chamfer x1e3.",
        headings: ["shape", "Chamfer", "IoU", "nearest training shape", "its Chamfer", "its IoU"],
        rows: shapes.map { shape in
          [
            shape.entry.id, Self.thousand(shape.score?.chamfer.squared), Self.number(shape.score?.iou),
            shape.nearest?.id ?? "–", Self.thousand(shape.nearest?.score.chamfer.squared),
            Self.number(shape.nearest?.score.iou),
          ]
        }))
    addProtocol(to: &page)
    return page
  }

  private func addVerdict(to page: inout HTMLReport) {
    let isBetter = result.isBetterThanNearest
    let isBad = isBetter == false || result.chamfer.mean == nil
    let kind: HTMLReport.Verdict.Kind = isBad ? .bad : isBetter == true && result.failed == 0 ? .good : .mixed
    let label = isBetter.map {
      $0 ? "better than the nearest training shape" : "no better than the nearest training shape"
    }
    page.add(HTMLReport.Verdict(kind, label: label ?? "not compared", explanation: result.verdict))
    page.addKeyNumbers([
      (Self.thousand(result.chamfer.mean), "Chamfer x1e3, mean"), (Self.thousand(result.chamfer.median), "median"),
      (Self.thousand(result.chamfer.nearestTraining?.mean), "nearest training shape"),
      (Self.number(result.iou.mean), "IoU"),
      ("\(result.samples)", "shapes"),
    ])
  }

  private var rows: [[String]] {
    func pair(_ mean: Double?, _ median: Double?, _ text: (Double?) -> String) -> String {
      mean == nil ? "–" : "\(text(mean)) / \(text(median))"
    }
    func row(_ name: String, _ count: Int, _ measures: [ShapeEvaluationResult.Measure]) -> [String] {
      let (chamfer, l1, iou) = (measures[0], measures[1], measures[2])
      return [
        name, "\(count)", pair(chamfer.mean, chamfer.median, Self.thousand),
        pair(chamfer.nearestTraining?.mean, chamfer.nearestTraining?.median, Self.thousand),
        pair(l1.mean, l1.median, Self.number), pair(iou.mean, iou.median, Self.number),
        pair(iou.nearestTraining?.mean, iou.nearestTraining?.median, Self.number),
      ]
    }
    var rows = [row("all held out", result.samples, [result.chamfer, result.chamferL1, result.iou])]
    for (name, scores) in result.categories.sorted(by: { $0.key < $1.key }) where result.categories.count > 1 {
      rows.append(
        row(name.isEmpty ? "no category" : name, scores.samples, [scores.chamfer, scores.chamferL1, scores.iou]))
    }
    if let training = result.training {
      rows.append(
        row("training shapes, own codes", training.samples, [training.chamfer, training.chamferL1, training.iou]))
    }
    return rows
  }

  private func addProtocol(to page: inout HTMLReport) {
    page.addSection("How it was measured")
    let conditions = result.protocol
    let (fit, comparison) = (conditions.fit, conditions.comparison)
    page.addProperties([
      ("shapes", conditions.part),
      (
        "held against",
        conditions.references.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
      ),
      ("surface", "\(conditions.resolution)^3 samples from -1 to 1, level \(conditions.level)"),
      ("Chamfer", "\(comparison.sampleCount) points of each surface, point to point, seed \(comparison.seed)"),
      ("IoU", "\(comparison.volumeSampleCount) points"),
      ("nearest training shape", "of \(conditions.trainingShapes), by the same Chamfer distance"),
      (
        "code",
        "\(fit.steps) steps of Adam at \(fit.learningRate), \(fit.samplesPerStep) points, half inside, \(fit.starts) start(s), "
          + "code penalty \(fit.codePenalty), seed \(fit.seed) and the shape's name"
      ),
    ])
    page.addNote("No number depends on the order of the shapes or on which others are judged with them.")
  }

  private static func thousand(_ value: Double?) -> String { value.map { String(format: "%.4f", 1e3 * $0) } ?? "–" }
  private static func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
}
