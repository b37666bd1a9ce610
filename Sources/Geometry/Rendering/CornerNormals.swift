import Foundation

/// Shading normals per face corner: angle-weighted means over the faces around a vertex, cut at creases.
///
/// *Reference*: G. Thürmer, C. Wüthrich, Computing vertex normals from polygonal facets, 1998. Differs: faces beyond the
/// crease angle are left out, and faces wound the other way count with their normal turned round, so that meshes with
/// inconsistent winding look smooth too.
struct CornerNormals {
  private let positions: [SIMD3<Float>]
  private let faces: [SIMD3<UInt32>]
  private let vertexOf: [UInt32]
  private var faceNormals: [SIMD3<Float>] = []
  /// Start of each welded vertex in `corners`, [V + 1].
  private var starts: [Int] = []
  /// Face corners around each vertex, as 3 * face + corner.
  private var corners: [UInt32] = []
  private var angles: [Float] = []

  /// More faces than this around one vertex make a fan whose tip has no direction; its corners stay flat. It also
  /// bounds the work, which grows with the square of this number.
  private static let largestFan = 256

  /// Prepares faces whose indices are in range and whose area is not zero.
  init(positions: [SIMD3<Float>], faces: [SIMD3<UInt32>]) {
    (self.positions, self.faces) = (positions, faces)
    vertexOf = Self.weld(positions)
    measureFaces()
    collectCorners()
  }

  /// Three normals per face, [3 F].
  func normals(creaseAngle degrees: Float) -> [SIMD3<Float>] {
    let limit = cos(min(max(degrees, 0), 180) * .pi / 180)
    var result = [SIMD3<Float>](repeating: .zero, count: faces.count * 3)
    for face in faces.indices {
      let own = faceNormals[face]
      for corner in 0..<3 {
        let vertex = Int(vertexOf[Int(faces[face][corner])])
        let around = starts[vertex]..<starts[vertex + 1]
        var sum = SIMD3<Float>.zero
        if around.count <= Self.largestFan {
          for entry in around {
            let normal = faceNormals[Int(corners[entry]) / 3]
            let cosine = own.dot(normal)
            if abs(cosine) >= limit { sum += normal * (cosine < 0 ? -angles[entry] : angles[entry]) }
          }
        }
        let length = sum.length
        result[face * 3 + corner] = length > 1e-12 ? sum / length : own
      }
    }
    return result
  }

  private mutating func measureFaces() {
    faceNormals = faces.map { face in
      let (a, b, c) = (positions[Int(face.x)], positions[Int(face.y)], positions[Int(face.z)])
      return Self.direction((b - a).cross(c - a))
    }
  }

  /// A unit vector that survives the underflow of very small faces.
  static func direction(_ vector: SIMD3<Float>) -> SIMD3<Float> {
    let largest = max(abs(vector.x), abs(vector.y), abs(vector.z))
    guard largest > 0, largest.isFinite else { return SIMD3(0, 0, 1) }
    return (vector / largest).normalized
  }

  private mutating func collectCorners() {
    starts = [Int](repeating: 0, count: positions.count + 1)
    for face in faces {
      for corner in 0..<3 { starts[Int(vertexOf[Int(face[corner])]) + 1] += 1 }
    }
    for vertex in 0..<positions.count { starts[vertex + 1] += starts[vertex] }
    var next = starts
    corners = [UInt32](repeating: 0, count: faces.count * 3)
    angles = [Float](repeating: 0, count: faces.count * 3)
    for (index, face) in faces.enumerated() {
      for corner in 0..<3 {
        let vertex = Int(vertexOf[Int(face[corner])])
        corners[next[vertex]] = UInt32(3 * index + corner)
        angles[next[vertex]] = angle(of: face, at: corner)
        next[vertex] += 1
      }
    }
  }

  private func angle(of face: SIMD3<UInt32>, at corner: Int) -> Float {
    let tip = positions[Int(face[corner])]
    let first = Self.direction(positions[Int(face[(corner + 1) % 3])] - tip)
    let second = Self.direction(positions[Int(face[(corner + 2) % 3])] - tip)
    return atan2(first.cross(second).length, first.dot(second))
  }

  /// For every vertex the number of its place, so that files with repeated vertices look smooth.
  private static func weld(_ positions: [SIMD3<Float>]) -> [UInt32] {
    var table = PositionTable(capacity: positions.count, cell: 0)
    // Vertices that cannot be drawn are not looked up: NaN equals nothing, so they would pile up in one slot.
    let result = positions.map { Bounds.isUsable($0) ? table.group(of: $0) : 0 }
    return result
  }
}
