/// A strip with a ball in the colours of its normals, seen through the camera of a picture, and the axes' names.
public struct NormalLegend: Sendable {
  private let right, up, forward: SIMD3<Float>
  private let textSize: Float

  /// The ball of a camera.
  public init(_ camera: Camera, textSize: Float = 13) {
    (right, up, forward) = (camera.right, camera.up, camera.forward)
    self.textSize = textSize
  }

  /// Draws the strip on white.
  public func image(height: Int) throws(PictureError) -> Image {
    let width = ColorLegend.width(textSize: textSize)
    try Image.checkSize(width: width, height: height)
    var image = Image(width: width, height: height)
    let style = TextStyle(size: textSize, color: Color(hex: 0x3C444D))
    let radius = Float(width) * 0.3
    let middle = SIMD2(Float(width) * 0.47, textSize * 3.6 + radius)
    style.draw("normal", x: Int(middle.x) - style.width(of: "normal") / 2, y: Int(textSize * 0.6), on: &image)
    for y in 0..<height {
      for x in 0..<width {
        let place = (SIMD2(Float(x), Float(y)) + 0.5 - middle) / radius
        let square = (place * place).sum()
        let cover = min(max((1 - square.squareRoot()) * radius + 0.5, 0), 1)
        guard cover > 0 else { continue }
        let depth = max(1 - square, 0).squareRoot()
        let normal = right * place.x - up * place.y - forward * depth
        image.blend(Color(normal: normal), share: cover, x: x, y: y)
      }
    }
    for (name, axis) in [("x", SIMD3<Float>(1, 0, 0)), ("y", SIMD3(0, 1, 0)), ("z", SIMD3(0, 0, 1))] {
      draw(name, along: axis, from: middle, radius, style, on: &image)
    }
    return image
  }

  /// An axis as a thin line out of the ball with its name at the end; left out if it points away.
  private func draw(
    _ name: String, along axis: SIMD3<Float>, from middle: SIMD2<Float>, _ radius: Float, _ style: TextStyle,
    on image: inout Image
  ) {
    let end = SIMD2(axis.dot(right), -axis.dot(up))
    guard axis.dot(forward) < 0.2 else { return }
    let steps = Int(radius * 2)
    for step in 0...steps {
      let place = middle + end * (radius * (0.9 + 0.25 * Float(step) / Float(steps)))
      image.blend(style.color, share: 0.6, x: Int(place.x), y: Int(place.y))
    }
    // Short of the outline, the name still stands outside the ball.
    let length = (end * end).sum().squareRoot()
    let place = middle + end * (radius * max(1.42, 1.36 / max(length, 0.3)))
    let (x, y) = (Int(place.x) - style.width(of: name) / 2, Int(place.y - textSize * 0.6))
    style.draw(name, x: x, y: y, on: &image)
  }
}
