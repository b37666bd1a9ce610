/// The distances of a field on a plane across an axis, one per pixel.
///
/// The picture's right and up are the two other axes in their order: y and z across x, x and z across y, x and y across z.
///
/// *Shapes*: `values` is [H, W], rows from top to bottom.
///
/// *Units and frame*: those of the field.
public struct DistanceSlice: Sendable {
  /// The axis that the plane is across, 0...2.
  public let axis: Int
  /// Where the plane meets the axis.
  public let position: Float
  /// Pixels per row and number of rows.
  public let width, height: Int
  /// Units per pixel.
  public let pixelSize: Float
  /// Coordinates of the middle of the picture.
  public let center: SIMD3<Float>
  /// Signed distances in the middle of each pixel, negative inside.
  public let values: [Float]

  /// A plane across an axis.
  public struct Plane: Sendable, Equatable {
    /// The axis, 0...2.
    public var axis: Int
    /// Where the plane meets it.
    public var position: Float

    /// A plane across an axis.
    public init(axis: Int, position: Float) { (self.axis, self.position) = (axis, position) }
  }

  /// Points that a field is asked for at once; it bounds memory.
  private static let batchSize = 1 << 16

  /// Samples a field on a plane, so that a box is as large in the picture as fits with a margin on each side.
  ///
  /// *Throws*: if the axis, the position or the box is out of range, or what the field throws.
  public init(
    of field: any ScalarField, on plane: Plane, showing bounds: Bounds, width: Int, height: Int, margin: Float = 0.09
  ) throws {
    try Image.checkSize(width: width, height: height)
    guard (0...2).contains(plane.axis), abs(plane.position) < 1e15, Bounds.isUsable(bounds.lower),
      Bounds.isUsable(bounds.upper), (0..<0.45).contains(margin)
    else { throw PictureError("A slice needs an axis of 0 to 2, a finite position and a finite box.") }
    (axis, position, self.width, self.height) = (plane.axis, plane.position, width, height)
    let (across, up) = Self.axes(plane.axis)
    let room = 1 - 2 * margin
    let size = max(bounds.extent[across] / Float(width), bounds.extent[up] / Float(height)) / room
    pixelSize = size > 0 ? size : max(bounds.center.length * 1e-3, 1e-12)
    var center = bounds.center
    center[plane.axis] = plane.position
    self.center = center
    var values: [Float] = []
    values.reserveCapacity(width * height)
    var points: [SIMD3<Float>] = []
    for start in stride(from: 0, to: width * height, by: Self.batchSize) {
      points.removeAll(keepingCapacity: true)
      for pixel in start..<min(start + Self.batchSize, width * height) {
        var point = center
        point[across] += (Float(pixel % width) + 0.5 - Float(width) / 2) * pixelSize
        point[up] -= (Float(pixel / width) + 0.5 - Float(height) / 2) * pixelSize
        points.append(point)
      }
      values += try field.samples(at: points, withGradients: false).distances
    }
    self.values = values
  }

  /// The axes that run to the right and up in a slice across an axis.
  public static func axes(_ axis: Int) -> (right: Int, up: Int) { axis == 0 ? (1, 2) : axis == 1 ? (0, 2) : (0, 1) }

  /// Smallest and largest finite distance; nil if there is none.
  public var range: ClosedRange<Float>? {
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in values where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    return low <= high ? low...high : nil
  }

  /// The change from pixel to pixel, [H, W], on the steeper side of each pixel; at most twice the median, so that jumps
  /// of the sign draw no lines.
  func slopes() -> [Float] {
    var slopes = [Float](repeating: 0, count: values.count)
    for y in 0..<height {
      for x in 0..<width {
        let own = values[y * width + x]
        func step(_ other: Int, _ isInside: Bool) -> Float { isInside ? abs(values[other] - own) : 0 }
        let pixel = y * width + x
        let horizontal = max(step(pixel - 1, x > 0), step(pixel + 1, x + 1 < width))
        let vertical = max(step(pixel - width, y > 0), step(pixel + width, y + 1 < height))
        slopes[pixel] = (horizontal * horizontal + vertical * vertical).squareRoot()
      }
    }
    let usable = slopes.filter { $0.isFinite && $0 > 0 }.sorted()
    let median = usable.isEmpty ? pixelSize : usable[usable.count / 2]
    return slopes.map { $0.isFinite ? min(max($0, median / 50), median * 2) : median * 2 }
  }
}
