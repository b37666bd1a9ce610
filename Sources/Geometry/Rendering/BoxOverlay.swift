import Foundation

/// Draws the edges of the bounds as thin lines, hidden where surfaces are in front of them.
struct BoxOverlay {
  private let frame: BoxFrame
  private let pass: SurfacePass
  private let halfWidth: Float

  init(_ frame: BoxFrame, pass: SurfacePass) {
    (self.frame, self.pass) = (frame, pass)
    let shorter = Float(min(pass.options.width, pass.options.height))
    let share = frame.width.isFinite ? min(max(frame.width, 0), 0.1) : 0
    halfWidth = max(share * shorter, 0.8) / 2
  }

  func draw(on canvas: inout Canvas) {
    // Lines share corners; the larger cover of a pixel counts once.
    var cover = [Float](repeating: 0, count: canvas.pixels.count)
    for (start, end) in edges() { add(start, end, to: &cover) }
    let color = SIMD4(frame.color.linear, 1)
    for (index, share) in cover.enumerated() where share > 0 {
      canvas.pixels[index] = canvas.pixels[index] * (1 - share) + color * share
    }
  }

  private func edges() -> [(SIMD3<Float>, SIMD3<Float>)] {
    let corners = pass.renderer.bounds.corners
    let camera = pass.camera
    let distances = corners.map { corner in
      switch camera.projection {
      case .perspective: (corner - camera.position).length
      case .orthographic: (corner - camera.position).dot(camera.forward)
      }
    }
    let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
    var result: [(SIMD3<Float>, SIMD3<Float>)] = []
    for corner in 0..<8 {
      for bit in [1, 2, 4] where corner & bit == 0 {
        let isNear = corner == nearest || corner | bit == nearest
        if frame.hasNearEdges || !isNear { result.append((corners[corner], corners[corner | bit])) }
      }
    }
    return result
  }

  /// Adds the cover of one line, walking along its longer direction in the picture.
  private func add(_ start: SIMD3<Float>, _ end: SIMD3<Float>, to cover: inout [Float]) {
    let (width, height) = (pass.options.width, pass.options.height)
    guard let first = pass.camera.project(start), let last = pass.camera.project(end) else { return }
    let from = SIMD2((first.x + 1) / 2 * Float(width), (1 - first.y) / 2 * Float(height))
    let to = SIMD2((last.x + 1) / 2 * Float(width), (1 - last.y) / 2 * Float(height))
    let along = to - from
    let length = (along * along).sum().squareRoot()
    // A camera of the caller's own may be so close to a corner that its place in the picture has no bound.
    guard length > 0.5, max(from.max(), to.max(), -from.min(), -to.min()) < 1e6 else { return }
    let unit = along / length
    let major = abs(unit.x) >= abs(unit.y) ? 0 : 1
    let reach = Int((halfWidth + 1) / abs(unit[major])) + 1
    let limits = [width, height]
    let low = max(0, Int(min(from[major], to[major]) - halfWidth - 1))
    let high = min(limits[major] - 1, Int(max(from[major], to[major]) + halfWidth + 1))
    guard low <= high else { return }
    for step in low...high {
      let share = (Float(step) + 0.5 - from[major]) / along[major]
      let middle = Int((from[1 - major] + along[1 - major] * share).rounded(.down))
      for other in max(0, middle - reach)..<max(0, middle - reach, min(limits[1 - major], middle + reach + 1)) {
        let pixel = major == 0 ? SIMD2(Float(step), Float(other)) : SIMD2(Float(other), Float(step))
        let offset = pixel + 0.5 - from
        let place = min(max((offset * unit).sum(), 0), length)
        let gap = offset - unit * place
        let share = min(max(halfWidth + 0.5 - (gap * gap).sum().squareRoot(), 0), 1)
        let index = Int(pixel.y) * width + Int(pixel.x)
        guard share > cover[index] else { continue }
        // Depth is linear in 1/z along a line of the picture.
        let t = place / length
        let depths: (Float, Float) = isPerspective ? (first.depth, last.depth) : (1, 1)
        let along = t * depths.0 / (t * depths.0 + (1 - t) * depths.1)
        let seen = share * visibility(of: start + (end - start) * along)
        cover[index] = max(cover[index], seen)
      }
    }
  }

  private var isPerspective: Bool {
    if case .perspective = pass.camera.projection { return true }
    return false
  }

  /// The share of a small surrounding of a point that no surface hides.
  private func visibility(of point: SIMD3<Float>) -> Float {
    let camera = pass.camera
    let depth = (point - camera.position).dot(camera.forward)
    let pixel = 2 * camera.extent(atDepth: depth) / Float(pass.options.height)
    var seen: Float = 0
    for (dx, dy) in [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)] as [(Float, Float)] {
      let target = point + camera.right * (dx * pixel) + camera.up * (dy * pixel)
      let origin = isPerspective ? camera.position : target - camera.forward * depth
      let way = target - origin
      let distance = way.length
      // A surface that touches the box does not hide its own edge.
      if !pass.renderer.rays.isBlocked(origin, way / distance, within: distance - pass.renderer.bounds.radius * 0.01) {
        seen += 0.25
      }
    }
    return seen
  }
}
