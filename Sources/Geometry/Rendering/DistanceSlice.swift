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

  /// The largest finite distance from the surface on either side.
  public var largest: Float { values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 } }

  /// The change from pixel to pixel, [H, W], kept near its median, so that neither flat places nor jumps of the sign
  /// draw broad lines.
  func slopes() -> [Float] {
    var slopes = [Float](repeating: 0, count: values.count)
    for y in 0..<height {
      let (above, below) = (max(y - 1, 0), min(y + 1, height - 1))
      for x in 0..<width {
        let (left, right) = (max(x - 1, 0), min(x + 1, width - 1))
        let horizontal = (values[y * width + right] - values[y * width + left]) / Float(max(right - left, 1))
        let vertical = (values[below * width + x] - values[above * width + x]) / Float(max(below - above, 1))
        slopes[y * width + x] = (horizontal * horizontal + vertical * vertical).squareRoot()
      }
    }
    let finite = slopes.filter { $0.isFinite && $0 > 0 }.sorted()
    let median = finite.isEmpty ? pixelSize : finite[finite.count / 2]
    return slopes.map { $0.isFinite ? min(max($0, median / 4), median * 2) : median }
  }
}
