/// The voxel picture of a binary grid: a cube for every solid voxel, of which only the faces towards empty voxels and
/// towards the border of the grid are made.
///
/// The surface is closed and consistently oriented: every edge has an even number of faces, as many one way as the
/// other. Where two solid voxels touch along an edge only, that edge has four.
///
/// *Units and frame*: the cube of a voxel reaches half a step to each side of its sample.
public struct BlockSurface: Sendable, Equatable {
  /// A voxel is solid if its value is above this, strictly.
  public var threshold: Float

  /// Voxel pictures of the solid above a threshold.
  public init(threshold: Float = 0.5) { self.threshold = threshold }

  /// The surface; two triangles per exposed face, four shared vertices.
  public func mesh(of grid: ScalarGrid) -> Mesh {
    var builder = BlockBuilder(grid.shape)
    let shape = grid.shape
    for i in 0..<shape.depth {
      for j in 0..<shape.height {
        for k in 0..<shape.width where grid[i, j, k] > threshold {
          if i == 0 || !(grid[i - 1, j, k] > threshold) { builder.add([i, j, k], [0, 0, 1], [0, 1, 0]) }
          if i == shape.depth - 1 || !(grid[i + 1, j, k] > threshold) {
            builder.add([i + 1, j, k], [0, 1, 0], [0, 0, 1])
          }
          if j == 0 || !(grid[i, j - 1, k] > threshold) { builder.add([i, j, k], [1, 0, 0], [0, 0, 1]) }
          if j == shape.height - 1 || !(grid[i, j + 1, k] > threshold) {
            builder.add([i, j + 1, k], [0, 0, 1], [1, 0, 0])
          }
          if k == 0 || !(grid[i, j, k - 1] > threshold) { builder.add([i, j, k], [0, 1, 0], [1, 0, 0]) }
          if k == shape.width - 1 || !(grid[i, j, k + 1] > threshold) {
            builder.add([i, j, k + 1], [1, 0, 0], [0, 1, 0])
          }
        }
      }
      builder.finishPlane()
    }
    return builder.mesh.transformed(by: grid.frame)
  }
}

/// Numbers the corners of voxels in the order in which they are met; two planes of corners are remembered.
private struct BlockBuilder {
  private(set) var mesh = Mesh()
  private let height: Int, width: Int
  private var plane = 0
  private var numbers: [[UInt32]]

  init(_ shape: ScalarGrid.Shape) {
    (height, width) = (shape.height + 1, shape.width + 1)
    numbers = Array(repeating: Array(repeating: .max, count: height * width), count: 2)
  }

  mutating func finishPlane() {
    plane += 1
    numbers.swapAt(0, 1)
    for index in numbers[1].indices { numbers[1][index] = .max }
  }

  /// A face from one corner along two steps; it looks in the direction of their cross product.
  mutating func add(_ corner: SIMD3<Int>, _ first: SIMD3<Int>, _ second: SIMD3<Int>) {
    let a = number(corner)
    let b = number(corner &+ first)
    let c = number(corner &+ first &+ second)
    let d = number(corner &+ second)
    mesh.faces.append([a, b, c])
    mesh.faces.append([a, c, d])
  }

  private mutating func number(_ corner: SIMD3<Int>) -> UInt32 {
    let index = corner.y * width + corner.z
    let known = numbers[corner.x - plane][index]
    guard known == .max else { return known }
    let new = UInt32(mesh.positions.count)
    numbers[corner.x - plane][index] = new
    mesh.positions.append(SIMD3<Float>(Float(corner.x), Float(corner.y), Float(corner.z)) - 0.5)
    return new
  }
}
