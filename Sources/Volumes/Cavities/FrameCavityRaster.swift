/// Adds one cavity to one frame of the full lattice.
struct FrameCavityRaster {
  private static let block = 8
  private let lanes: CavityLanes
  private let grid: Int
  private let time: Int
  private let value: UInt8
  private let bounds: CavityBounds

  init(_ cavity: Cavity, grid: Int, time: Int, value: UInt8) {
    lanes = CavityLanes(cavity, grid: grid)
    (self.grid, self.time, self.value) = (grid, time, value)
    bounds = CavityBounds(cavity, grid: grid)
  }

  /// Stores the value at every point of `output` [grid, grid, grid] that lies in the cavity.
  func fill(_ output: UnsafeMutableBufferPointer<UInt8>) {
    guard (bounds.first[0]...bounds.last[0]).contains(time) else { return }
    let size = Self.block
    let farthest = 0.866_026 * Float(size - 1)
    for x in stride(from: bounds.first[1] / size * size, through: bounds.last[1], by: size) {
      for y in stride(from: bounds.first[2] / size * size, through: bounds.last[2], by: size) {
        for z in stride(from: bounds.first[3] / size * size, through: bounds.last[3], by: size * 8) {
          let half = Double(size - 1) / 2
          let start = lanes.local(SIMD4(Double(time), Double(x) + half, Double(y) + half, Double(z) + half))
          let depth = lanes.depth(CavityLanes.row(from: start, step: lanes.steps[3] * Float(size)))
          let open = depth .<= farthest + lanes.tolerance
          if !any(open) { continue }
          for lane in 0..<8 where open[lane] && z + lane * size <= bounds.last[3] {
            let isInside = depth[lane] <= -farthest - lanes.tolerance
            fillBlock(SIMD4(time, x, y, z + lane * size), isInside: isInside, output)
          }
        }
      }
    }
  }

  private func fillBlock(_ origin: SIMD4<Int>, isInside: Bool, _ output: UnsafeMutableBufferPointer<UInt8>) {
    let size = Self.block
    let width = min(size, grid - origin[3])
    let corner = lanes.local(SIMD4<Double>(origin))
    for x in 0..<min(size, grid - origin[1]) {
      for y in 0..<min(size, grid - origin[2]) {
        let position = ((origin[1] + x) * grid + origin[2] + y) * grid + origin[3]
        if isInside {
          for z in 0..<width { output[position + z] = value }
          continue
        }
        let start = corner + lanes.steps[1] * Float(x) + lanes.steps[2] * Float(y)
        let depth = lanes.depth(CavityLanes.row(from: start, step: lanes.steps[3]))
        if !any(depth .<= lanes.tolerance) { continue }
        for z in 0..<width where depth[z] <= lanes.tolerance {
          let point = origin &+ SIMD4(0, x, y, z)
          if depth[z] < -lanes.tolerance || lanes.cavity.contains(SIMD4<Double>(point)) { output[position + z] = value }
        }
      }
    }
  }
}
