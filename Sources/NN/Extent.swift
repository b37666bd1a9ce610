import Torch

/// Three numbers, one per spatial axis: a kernel, a stride, a size. A single number means a cube.
public struct Extent: Sendable, Hashable, Codable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, SpatialExtent
{
  /// Along the first spatial axis.
  public var depth: Int
  /// Along the second spatial axis.
  public var height: Int
  /// Along the third spatial axis.
  public var width: Int

  /// Three numbers.
  public init(_ depth: Int, _ height: Int, _ width: Int) {
    (self.depth, self.height, self.width) = (depth, height, width)
  }

  /// The same number three times.
  public init(_ side: Int) { self.init(side, side, side) }

  /// The same number three times.
  public init(integerLiteral side: Int) { self.init(side) }

  /// Three numbers; traps if there are more or fewer.
  public init(arrayLiteral axes: Int...) {
    guard axes.count == 3 else { fatalError("an extent has three axes, not \(axes.count)") }
    self.init(axes[0], axes[1], axes[2])
  }

  /// Reads a number or a list of three.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let side = try? container.decode(Int.self) {
      self.init(side)
      return
    }
    let axes = try container.decode([Int].self)
    guard axes.count == 3 else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "needs one number or three, not \(axes.count)")
    }
    self.init(axes[0], axes[1], axes[2])
  }

  /// Writes a number where all three agree, else a list.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if depth == height, height == width { try container.encode(depth) } else { try container.encode(axes) }
  }

  /// Depth, height and width as a list.
  public var axes: [Int] { [depth, height, width] }
  /// The same, for the operators.
  public var extents: [Int] { axes }
  /// The product.
  public var volume: Int { depth * height * width }
}
