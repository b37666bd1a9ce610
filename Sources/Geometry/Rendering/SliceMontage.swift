/// Slices of a grid as pictures.
public struct SliceMontage: Sendable {
  /// How slices are put together.
  public enum Arrangement: Sendable, Equatable {
    /// Side by side in rows.
    case grid(columnCount: Int)
    /// One behind the other, seen from the side.
    case oblique
  }

  /// What is shown.
  public var grid: ScalarGrid
  /// The axis that slices are taken across, 0...2.
  public var axis: Int
  /// Number of slices, evenly spread; fewer if the grid has fewer.
  public var sliceCount: Int
  /// Values of the ends of the colour map; nil takes the smallest and largest finite value.
  public var range: ClosedRange<Float>?
  /// Colours of the values.
  public var colorMap: ColorMap = .gray
  /// Pixels per voxel.
  public var scale = 8

  /// Slices of a grid.
  public init(_ grid: ScalarGrid, axis: Int = 0, sliceCount: Int = 8, range: ClosedRange<Float>? = nil) {
    (self.grid, self.axis, self.sliceCount, self.range) = (grid, axis, sliceCount, range)
  }

  /// Draws the slices.
  ///
  /// *Throws*: if the grid is empty, the axis or a count is out of range, or the picture would be too large.
  public func image(_ arrangement: Arrangement = .oblique) throws(PictureError) -> Image {
    guard grid.shape.count > 0, (0...2).contains(axis), sliceCount > 0, (1...256).contains(scale) else {
      throw PictureError(
        "Slices need a grid with voxels, an axis of 0 to 2, at least one slice and 1 to 256 pixels per voxel.")
    }
    let slices = try places.map { (place) throws(PictureError) in try slice(place) }
    switch arrangement {
    case .grid(let columnCount):
      guard columnCount > 0 else { throw PictureError("Slices in a grid need at least one column.") }
      var sheet = ContactSheet(slices, columnCount: columnCount)
      (sheet.gap, sheet.margin) = (4, 4)
      return try sheet.image()
    case .oblique: return try oblique(slices)
    }
  }

  private var extents: [Int] { [grid.shape.depth, grid.shape.height, grid.shape.width] }

  /// Indices of the slices, spread over the axis with half a step to the ends.
  private var places: [Int] {
    let count = min(sliceCount, extents[axis])
    return (0..<count).map { (2 * $0 + 1) * extents[axis] / (2 * count) }
  }

  /// One slice; the last axis runs to the right, the other one down.
  private func slice(_ place: Int) throws(PictureError) -> Image {
    let (down, across) = axis == 0 ? (1, 2) : axis == 1 ? (0, 2) : (0, 1)
    let strides = [extents[1] * extents[2], extents[2], 1]
    let (width, height) = (extents[across] * scale, extents[down] * scale)
    try Image.checkSize(width: width, height: height)
    let (low, high) = limits
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * height * 3)
    for row in 0..<extents[down] {
      var line: [UInt8] = []
      for column in 0..<extents[across] {
        let value = grid.values[place * strides[axis] + row * strides[down] + column * strides[across]]
        let color = colorMap(high > low ? (value - low) / (high - low) : value.isNaN ? value : 0.5).bytes
        for _ in 0..<scale { line += [color.x, color.y, color.z] }
      }
      for _ in 0..<scale { bytes += line }
    }
    return Image(width: width, height: height, hasAlpha: false, bytes: bytes)
  }

  private var limits: (Float, Float) {
    if let range { return (range.lowerBound, range.upperBound) }
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in grid.values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    return low <= high ? (low, high) : (0, 1)
  }

  /// Slices as upright cards, the first in front; each is narrowed, sheared and moved to the upper right.
  private func oblique(_ slices: [Image]) throws(PictureError) -> Image {
    guard let first = slices.first else { throw PictureError("There is no slice to draw.") }
    let narrowing: Float = 0.62
    let cardWidth = Int(Float(first.width) * narrowing)
    let rise = Int(Float(first.width) * 0.22)
    let step = max(8, Int(Float(cardWidth) * 0.6))
    let (margin, frame) = (8, Color(hex: 0x8A929C))
    let width = cardWidth + step * (slices.count - 1) + 2 * margin
    let height = first.height + rise + 2 * margin
    try Image.checkSize(width: width, height: height)
    var result = Image(width: width, height: height)
    for (index, slice) in slices.enumerated().reversed() {
      for x in -1...cardWidth {
        // The near (left) end of a card stands lower; the frame is one pixel wide.
        let lift = Float(rise) * (1 - (Float(x) + 0.5) / Float(cardWidth))
        let isSide = x < 0 || x == cardWidth
        for y in 0..<height {
          let place = Float(y - margin) - lift
          let above = Int(place.rounded(.down))
          let share = min(place + 2, Float(first.height) + 1 - place, 1)
          guard share > 0 else { continue }
          let column = Int((Float(x) + 0.5) / narrowing)
          let isEnd = above < 0 || above >= first.height - 1
          let color = slice.color(x: column, y: above)
            .mixed(with: slice.color(x: column, y: above + 1), share: place - Float(above))
          result.blend(isSide || isEnd ? frame : color, share: share, x: margin + index * step + x, y: y)
        }
      }
    }
    return result
  }
}

extension Image {
  /// The colour of the nearest pixel.
  fileprivate func color(x: Int, y: Int) -> Color {
    let start = (min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)) * channelCount
    return Color(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
  }
}
