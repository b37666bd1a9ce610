import Foundation
import Geometry
import Volumes

/// A mesh made small for a page: as fine as a screen shows, 16-bit positions, compressed.
///
/// Layout before gzip, little-endian: vertex count and face count (uint32); then for x, y and z the differences of
/// successive vertices (uint16, wrapping), in 65535ths of the box; then for the first, second and third corner the
/// differences of successive faces (int32).
struct PackedMesh {
  /// Number of vertices and faces that are left.
  let vertexCount, faceCount: Int
  /// The compressed bytes.
  let data: Data

  /// *Parameters*: vertices in one of `cells` parts of the longest side of `bounds` become one.
  init(_ mesh: Mesh, in bounds: Bounds, cells: Int) throws {
    let side = max(bounds.extent.max(), 1e-6)
    let small = mesh.clustered(origin: bounds.lower, cell: side / Float(cells))
    (vertexCount, faceCount) = (small.positions.count, small.faces.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + 6 * vertexCount + 12 * faceCount)
    func put(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    put(UInt32(vertexCount))
    put(UInt32(faceCount))
    for axis in 0..<3 {
      var last: UInt16 = 0
      for position in small.positions {
        let share = (position[axis] - bounds.lower[axis]) / side
        let value = UInt16(min(max(share, 0), 1) * 65535 + 0.5)
        put(value &- last)
        last = value
      }
    }
    for corner in 0..<3 {
      var last: Int32 = 0
      for face in small.faces {
        let value = Int32(bitPattern: face[corner])
        put(value &- last)
        last = value
      }
    }
    data = Data(try Gzip.compress(bytes))
  }
}

extension Mesh {
  /// The mesh with all vertices of a cell at their mean; faces that lose their area are left out.
  func clustered(origin: SIMD3<Float>, cell: Float) -> Mesh {
    var groups: [SIMD3<Int32>: UInt32] = [:]
    var sums: [SIMD4<Float>] = []
    let numbers = positions.map { position -> UInt32 in
      let key = SIMD3<Int32>(((position - origin) / cell).rounded(.down))
      let group = groups[key] ?? UInt32(sums.count)
      if group == UInt32(sums.count) {
        groups[key] = group
        sums.append(.zero)
      }
      sums[Int(group)] += SIMD4(position, 1)
      return group
    }
    let corners = faces.map { SIMD3(numbers[Int($0.x)], numbers[Int($0.y)], numbers[Int($0.z)]) }
    return Mesh(
      positions: sums.map { SIMD3($0.x, $0.y, $0.z) / $0.w },
      faces: corners.filter { $0.x != $0.y && $0.y != $0.z && $0.z != $0.x })
  }
}
