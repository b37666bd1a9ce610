import ArgumentParser
import Geometry

/// A plane across an axis, such as `x=0.1` in units of the file or `z=50%` of the mesh's box.
struct SlicePlace: ExpressibleByArgument {
  var axis: Int
  var value: Float
  var isShare: Bool

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let axis = ["x", "y", "z"].firstIndex(of: parts[0]) else { return nil }
    isShare = parts[1].hasSuffix("%")
    guard let value = Float(isShare ? parts[1].dropLast() : parts[1]), abs(value) < 1e15 else { return nil }
    (self.axis, self.value) = (axis, value)
  }

  /// The plane for a mesh in a box.
  func plane(in bounds: Bounds) -> DistanceSlice.Plane {
    let share = bounds.lower[axis] + bounds.extent[axis] * value / 100
    return DistanceSlice.Plane(axis: axis, position: isShare ? share : value)
  }
}

/// Which slices of signed distances are drawn.
struct RenderSliceOptions: ParsableArguments {
  @Option(
    name: .customLong("slice"),
    help: "Draw the signed distances of each mesh on a plane: x=0.1, or z=50% of its box; may be repeated.")
  var slices: [SlicePlace] = []

  @OptionGroup var inside: SignOption

  var sign: SignMethod { inside.sign }
}
