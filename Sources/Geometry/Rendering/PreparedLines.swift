/// Grid lines with their rows in registers, not in an array, for the inner loop.
struct PreparedLines {
  let halfWidth, strength: Float
  let rows: (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>)

  init?(_ lines: GridLines) {
    guard lines.rows.count == 3, lines.width > 0, lines.strength > 0 else { return nil }
    (halfWidth, strength) = (lines.width / 2, min(lines.strength, 1))
    rows = (lines.rows[0], lines.rows[1], lines.rows[2])
  }

  /// 1 between lines, less on them; lines thinner than a pixel fade instead of flickering.
  @inline(__always)
  func factor(at position: SIMD3<Float>, normal: SIMD3<Float>, footprint: Float) -> Float {
    var (nearest, pixel) = (Float.infinity, Float(0))
    for index in 0..<3 {
      let row = index == 0 ? rows.0 : index == 1 ? rows.1 : rows.2
      let gradient = SIMD3(row.x, row.y, row.z)
      let steepness = gradient.length
      // The walls that the surface itself lies on are not lines on it.
      guard abs(gradient.dot(normal)) < 0.7 * steepness else { continue }
      let place = gradient.dot(position) + row.w
      let cell = place - place.rounded(.down)
      nearest = min(nearest, min(cell, 1 - cell))
      pixel = max(pixel, footprint * steepness)
    }
    guard nearest.isFinite else { return 1 }
    let fade = min(1, max(0, (0.5 - pixel) / 0.35))
    let cover = min(max((halfWidth - nearest) / max(pixel * 0.5, 1e-4) + 0.5, 0), 1)
    return 1 - strength * fade * cover
  }
}
