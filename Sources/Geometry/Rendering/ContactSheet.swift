/// Pictures in rows and columns with labels, a title and a legend.
public struct ContactSheet: Sendable {
  /// A colour and what it stands for.
  public struct LegendEntry: Sendable, Equatable {
    /// What the colour stands for.
    public var label: String
    /// The colour.
    public var color: Color

    /// A legend entry.
    public init(_ label: String, color: Color) { (self.label, self.color) = (label, color) }
  }

  /// The pictures, row by row; nil leaves a place empty. Rows may be shorter than others.
  public var rows: [[Image?]]
  /// Labels left of the rows, if any.
  public var rowLabels: [String]
  /// Labels above the columns, if any.
  public var columnLabels: [String]
  /// A heading, if any.
  public var title: String?
  /// Colours below the pictures, if any.
  public var legend: [LegendEntry] = []
  /// Small text at the bottom, if any.
  public var caption: String?
  /// Height of the labels in pixels.
  public var textSize: Float = 16
  /// Pixels between pictures and around the sheet.
  public var gap = 6, margin = 18
  /// Colour of the thin frame around each picture; nil for none.
  public var frame: Color? = Color(hex: 0xE3E6EA)

  /// A sheet of pictures.
  public init(
    rows: [[Image?]], rowLabels: [String] = [], columnLabels: [String] = [], title: String? = nil
  ) {
    (self.rows, self.rowLabels, self.columnLabels, self.title) = (rows, rowLabels, columnLabels, title)
  }

  /// Pictures in reading order. Traps if `columnCount` is not positive.
  public init(_ images: [Image], columnCount: Int, title: String? = nil) {
    precondition(columnCount > 0, "A contact sheet needs at least one column.")
    self.init(
      rows: stride(from: 0, to: images.count, by: columnCount).map { start in
        Array(images[start..<min(start + columnCount, images.count)])
      }, title: title)
  }

  /// Draws the sheet.
  ///
  /// *Throws*: if it has no picture, its text has no usable size, or it would be too large.
  public func image() throws(PictureError) -> Image {
    guard rows.contains(where: { $0.contains { $0 != nil } }) else {
      throw PictureError("A contact sheet needs at least one picture.")
    }
    guard (6...200).contains(textSize), (0...1000).contains(gap), (0...1000).contains(margin) else {
      throw PictureError("A contact sheet needs text of 6 to 200 pixels and distances of 0 to 1000 pixels.")
    }
    let layout = Layout(self)
    try Image.checkSize(width: layout.width, height: layout.height)
    var result = Image(width: layout.width, height: layout.height)
    drawCells(layout, on: &result)
    drawLabels(layout, on: &result)
    drawFooter(layout, on: &result)
    return result
  }

  fileprivate var titleStyle: TextStyle { TextStyle(size: textSize * 1.3, isBold: true) }
  fileprivate var labelStyle: TextStyle { TextStyle(size: textSize, color: Color(hex: 0x4A525C)) }
  fileprivate var captionStyle: TextStyle { TextStyle(size: max(textSize * 0.8, 6), color: .graphite) }

  private func drawCells(_ layout: Layout, on sheet: inout Image) {
    for (row, images) in rows.enumerated() {
      for (column, image) in images.enumerated() {
        guard let image else { continue }
        // Smaller pictures stand in the middle of their place.
        let x = layout.columns[column].lowerBound + (layout.columns[column].count - image.width) / 2
        let y = layout.rows[row].lowerBound + (layout.rows[row].count - image.height) / 2
        sheet.draw(image, x: x, y: y)
        guard let frame else { continue }
        let (right, bottom) = (x + image.width - 1, y + image.height - 1)
        for edge in [y, bottom] { sheet.fill(x: x..<right + 1, y: edge..<edge + 1, color: frame) }
        for edge in [x, right] { sheet.fill(x: edge..<edge + 1, y: y..<bottom + 1, color: frame) }
      }
    }
  }

  private func drawLabels(_ layout: Layout, on sheet: inout Image) {
    if let title {
      titleStyle.draw(titleStyle.fitted(title, width: layout.width - 2 * margin), x: margin, y: margin, on: &sheet)
    }
    for (label, place) in zip(rowLabels, layout.rows) {
      let x = layout.labelEnd - labelStyle.width(of: label)
      let y = place.lowerBound + (place.count - Int(textSize * 1.15)) / 2
      labelStyle.draw(label, x: x, y: y, on: &sheet)
    }
    // One size for all column labels: the largest at which every one fits its column, within reason.
    var style = labelStyle
    let columns = Array(zip(columnLabels, layout.columns))
    while style.size > 9, columns.contains(where: { style.width(of: $0.0) > $0.1.count + gap }) { style.size -= 0.5 }
    for (label, place) in columns {
      let text = style.fitted(label, width: place.count + gap)
      let x = place.lowerBound + (place.count - style.width(of: text)) / 2
      style.draw(text, x: x, y: layout.columnLabelTop, on: &sheet)
    }
  }

  private func drawFooter(_ layout: Layout, on sheet: inout Image) {
    let side = Int(textSize * 0.8)
    for (entry, place) in zip(legend, layout.legendPlaces) {
      let top = place.y + (labelStyle.lineHeight - side) / 2 - 1
      sheet.fill(x: place.x..<place.x + side, y: top..<top + side, color: entry.color)
      labelStyle.draw(entry.label, x: place.x + side + side / 2, y: place.y, on: &sheet)
    }
    for (index, line) in layout.captionLines.enumerated() {
      let y = layout.captionTop + index * captionStyle.lineHeight
      captionStyle.draw(line, x: margin, y: y, on: &sheet)
    }
  }
}

/// Where the parts of a sheet lie, in pixels.
private struct Layout {
  var columns: [Range<Int>] = []
  var rows: [Range<Int>] = []
  /// Right end of the row labels.
  var labelEnd = 0
  var columnLabelTop = 0
  var legendPlaces: [(x: Int, y: Int)] = []
  var captionLines: [String] = []
  var captionTop = 0
  var width = 0, height = 0

  init(_ sheet: ContactSheet) {
    let labelWidth = sheet.rowLabels.map { sheet.labelStyle.width(of: $0) }.max() ?? 0
    labelEnd = sheet.margin + labelWidth
    var x = labelEnd + (labelWidth > 0 ? Int(sheet.textSize * 0.7) : 0)
    for column in 0..<(sheet.rows.map(\.count).max() ?? 0) {
      let widest = sheet.rows.compactMap { column < $0.count ? $0[column]?.width : nil }.max() ?? 0
      columns.append(x..<x + widest)
      x += widest + sheet.gap
    }
    width = max(x - sheet.gap, labelEnd) + sheet.margin
    if let title = sheet.title {
      // A long title may widen the sheet by half; beyond that it is cut.
      width = max(width, min(sheet.titleStyle.width(of: title) + 2 * sheet.margin, width * 3 / 2))
    }
    var y = sheet.margin
    if sheet.title != nil { y += sheet.titleStyle.lineHeight + Int(sheet.textSize * 0.45) }
    columnLabelTop = y
    if !sheet.columnLabels.isEmpty { y += sheet.labelStyle.lineHeight + 2 }
    for row in sheet.rows {
      let tallest = row.compactMap { $0?.height }.max() ?? 0
      rows.append(y..<y + tallest)
      y += tallest + sheet.gap
    }
    y -= sheet.gap
    placeFooter(sheet, below: &y)
    height = y + sheet.margin
  }

  private mutating func placeFooter(_ sheet: ContactSheet, below y: inout Int) {
    if !sheet.legend.isEmpty {
      y += Int(sheet.textSize * 0.7)
      let side = Int(sheet.textSize * 0.8)
      let start = columns.first?.lowerBound ?? sheet.margin
      var x = start
      for entry in sheet.legend {
        let room = side + side / 2 + sheet.labelStyle.width(of: entry.label)
        if x > start, x + room > width - sheet.margin {
          x = start
          y += sheet.labelStyle.lineHeight
        }
        legendPlaces.append((x, y))
        x += room + Int(sheet.textSize * 1.2)
      }
      y += sheet.labelStyle.lineHeight
    }
    guard let caption = sheet.caption else { return }
    y += Int(sheet.textSize * 0.5)
    captionTop = y
    captionLines = sheet.captionStyle.wrapped(caption, width: width - 2 * sheet.margin)
    y += captionLines.count * sheet.captionStyle.lineHeight
  }
}
