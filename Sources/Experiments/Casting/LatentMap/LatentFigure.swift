import Foundation
import LatentSpace
import Plots

/// The map as a figure: points in the colours of their categories, the representatives' shapes, and the tour.
struct LatentFigure {
  private let figure: Figure

  init(_ guide: LatentGuide, colors: CategoryColors, shapes: LatentShapes, name: String) throws {
    let isNamed = colors.names != [""]
    let groups = colors.names.map { name in
      ScatterPanel.Group(
        name: isNamed ? (name.isEmpty ? "no category" : name) : "", color: colors[name],
        points: guide.codes.indices.filter { guide.categories[$0] == name }.map { guide.layout.points[$0] })
    }
    var panel = ScatterPanel(title: "Codes of \(name)", groups: groups)
    panel.remark = "\(guide.codes.count) codes; \(guide.layout.text)\(Self.purity(guide))"
    panel.path = try Self.path(guide)
    panel.pictures = shapes.icons
    panel.pictureSize = shapes.icons.count > 16 ? 60 : 78
    figure = Figure(panels: [.scatter(panel)], panelSize: FigureSize(width: 820, height: 860))
  }

  private static func purity(_ guide: LatentGuide) -> String {
    guard let measures = guide.inMap else { return "" }
    return String(format: "; 1-NN purity %.0f %% (chance %.0f %%)", 100 * measures.purity, 100 * measures.chance)
  }

  /// The tour as a line of short steps; none for a single stop.
  static func path(_ guide: LatentGuide) throws -> [SIMD2<Double>] {
    guard guide.stops.count > 1 else { return [] }
    let path = try guide.path()
    let points = path.codes(count: 24 * guide.stops.count).map { SIMD2(Double($0[0]), Double($0[1])) }
    return points + [points[0]]
  }

  func write(to folder: OutputFolder) throws {
    try figure.write(to: folder.file("map"))
  }
}
