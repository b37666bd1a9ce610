import Foundation
import Geometry

/// Meshes that pictures are tested with.
enum RenderShapes {
  /// A closed sphere of the given radius; vertices on it, faces outward.
  static func sphere(radius: Float = 1, center: SIMD3<Float> = .zero, rings: Int = 48) -> Mesh {
    var mesh = Mesh(positions: [center + SIMD3(0, 0, radius)])
    let sides = 2 * rings
    for ring in 1..<rings {
      let polar = Float(ring) / Float(rings) * .pi
      for side in 0..<sides {
        let angle = Float(side) / Float(sides) * 2 * .pi
        mesh.positions.append(center + radius * SIMD3(sin(polar) * cos(angle), sin(polar) * sin(angle), cos(polar)))
      }
    }
    mesh.positions.append(center - SIMD3(0, 0, radius))
    let last = UInt32(mesh.positions.count - 1)
    let vertex: (Int, Int) -> UInt32 = { UInt32(1 + ($0 - 1) * sides + $1 % sides) }
    for side in 0..<sides {
      mesh.faces.append(SIMD3(0, vertex(1, side), vertex(1, side + 1)))
      mesh.faces.append(SIMD3(last, vertex(rings - 1, side + 1), vertex(rings - 1, side)))
      for ring in 1..<rings - 1 {
        let (a, b) = (vertex(ring, side), vertex(ring, side + 1))
        let (c, d) = (vertex(ring + 1, side), vertex(ring + 1, side + 1))
        mesh.faces += [SIMD3(a, c, b), SIMD3(b, c, d)]
      }
    }
    return mesh
  }

  /// A square across the z axis, seen from above.
  static func square(z: Float = 0, half: Float = 1) -> Mesh {
    Mesh(
      positions: [SIMD3(-half, -half, z), SIMD3(half, -half, z), SIMD3(half, half, z), SIMD3(-half, half, z)],
      faces: [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
  }
}

extension Image {
  /// The sum of the picture's opacity, in pixels.
  var coveredArea: Double {
    stride(from: 3, to: bytes.count, by: 4).reduce(0) { $0 + Double(bytes[$1]) / 255 }
  }

  /// Number of pixels that are not pure white.
  var inkCount: Int {
    (0..<width * height).count { pixel in
      bytes[pixel * channelCount..<pixel * channelCount + 3].contains { $0 < 255 }
    }
  }

  /// Mean brightness of a rectangle, 0...255.
  func mean(x: Range<Int>, y: Range<Int>) -> Double {
    let values = y.flatMap { row in x.flatMap { self[$0, row].prefix(3).map(Double.init) } }
    return values.reduce(0, +) / Double(values.count)
  }
}
