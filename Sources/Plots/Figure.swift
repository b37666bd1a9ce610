import Foundation

/// Width and height in points; pictures in pixels have twice as many.
public struct FigureSize: Sendable, Equatable {
  /// Points across.
  public var width: Double
  /// Points down.
  public var height: Double

  /// A size in points.
  public init(width: Double, height: Double) { (self.width, self.height) = (width, height) }
}

/// One panel of a figure.
public enum FigurePanel: Sendable, Equatable {
  /// Curves over a shared axis.
  case curves(CurvePanel)
  /// Histogram over box plots of several groups.
  case distribution(DistributionPanel)
  /// Mean lines with bands of a standard deviation.
  case bands(BandPanel)
  /// Box plots of several groups for each of several categories.
  case boxes(BoxPanel)
  /// Grouped bars with whiskers and marks.
  case bars(BarPanel)
  /// Points in space.
  case cloud(CloudPanel)
  /// Points of a plane in groups, with small pictures.
  case scatter(ScatterPanel)

  fileprivate var drawing: any PanelDrawing {
    switch self {
    case .curves(let panel): panel
    case .distribution(let panel): panel
    case .bands(let panel): panel
    case .boxes(let panel): panel
    case .bars(let panel): panel
    case .cloud(let panel): panel
    case .scatter(let panel): panel
    }
  }
}

/// What every panel can do.
protocol PanelDrawing {
  func draw(in frame: PanelFrame, script: inout GnuplotScript)
}

/// A figure: a title and panels in rows, drawn as SVG and PNG in one style.
public struct Figure: Sendable, Equatable {
  /// Title of the whole; empty for none.
  public var title: String
  /// The panels, row by row.
  public var panels: [FigurePanel]
  /// Panels in a row.
  public var columnCount: Int
  /// Size of each panel.
  public var panelSize: FigureSize

  /// A figure of several panels.
  public init(
    title: String = "", panels: [FigurePanel], columnCount: Int = 1,
    panelSize: FigureSize = FigureSize(width: 640, height: 380)
  ) {
    (self.title, self.panels) = (title, panels)
    (self.columnCount, self.panelSize) = (max(1, columnCount), panelSize)
  }

  /// The files that ``write(to:)`` makes.
  public struct Files: Sendable, Equatable {
    /// The vector picture.
    public var svg: URL
    /// The pixel picture.
    public var png: URL
  }

  /// Both pictures in memory.
  public struct Pictures: Sendable, Equatable {
    /// Text of an SVG file.
    public var svg: String
    /// Bytes of a PNG file.
    public var png: Data
  }

  /// Draws the figure.
  ///
  /// *Throws*: `PlotError` if gnuplot is missing or fails, or the figure has no panels.
  public func pictures() throws -> Pictures {
    guard !panels.isEmpty else { throw PlotError("a figure without panels") }
    let pictures = try Gnuplot.draw(script)
    return Pictures(svg: SVGText.polished(pictures.svg, title: accessibleTitle), png: pictures.png)
  }

  /// The figure as SVG, to stand in a file or within HTML.
  public func svgText() throws -> String { try pictures().svg }

  /// Draws the figure and writes `basePath` with `.svg` and `.png` added, each in one step.
  @discardableResult
  public func write(to basePath: URL) throws -> Files {
    let pictures = try pictures()
    let files = Files(svg: basePath.appendingPathExtension("svg"), png: basePath.appendingPathExtension("png"))
    do {
      try FileManager.default.createDirectory(
        at: basePath.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(pictures.svg.utf8).write(to: files.svg, options: .atomic)
      try pictures.png.write(to: files.png, options: .atomic)
    } catch {
      throw PlotError("cannot write \(basePath.path): \(error.localizedDescription)")
    }
    return files
  }

  private static let titleHeight = 34.0

  private var accessibleTitle: String {
    let titles = panels.map { panel in
      switch panel {
      case .curves(let panel): panel.title
      case .distribution(let panel): panel.title
      case .bands(let panel): panel.title
      case .boxes(let panel): panel.title
      case .bars(let panel): panel.title
      case .cloud(let panel): panel.title
      case .scatter(let panel): panel.title
      }
    }
    return ([title] + titles).filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private var script: GnuplotScript {
    let columns = min(columnCount, panels.count)
    let rows = (panels.count + columns - 1) / columns
    let top = title.isEmpty ? 0 : Self.titleHeight
    var script = GnuplotScript(
      size: FigureSize(
        width: (panelSize.width * Double(columns)).rounded(),
        height: (panelSize.height * Double(rows) + top).rounded()))
    for (index, panel) in panels.enumerated() {
      script.add("reset")
      if index == 0, !title.isEmpty {
        let style = GnuplotScript.TextStyle(size: FigureStyle.titleSize + 2, isBold: true)
        script.text(title, x: PanelFrame.outerMargin, y: 22, style: style)
      }
      let x = Double(index % columns) * panelSize.width
      let y = top + Double(index / columns) * panelSize.height
      panel.drawing.draw(in: PanelFrame(x: x, y: y, size: panelSize), script: &script)
    }
    return script
  }
}
