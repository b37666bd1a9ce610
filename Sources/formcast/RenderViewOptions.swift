import ArgumentParser
import Geometry

extension UpAxis: ExpressibleByArgument {}

/// A size such as `800x600`, or `800` for a square.
struct PictureSize: ExpressibleByArgument {
  var width, height: Int

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard (1...2).contains(parts.count), parts.allSatisfy({ (16...16384).contains($0) }) else { return nil }
    (width, height) = (parts[0], parts[parts.count - 1])
  }
}

/// From where and how large.
struct RenderViewOptions: ParsableArguments {
  @Option(
    help: "Pixels of a picture, W or WxH, 16 to 16384; without it 768, or 384 for each of several; less if they turn.")
  var size: PictureSize?

  @Option(parsing: .unconditional, help: "Degrees round the up axis; 0 is the front.")
  var azimuth: Float = 32

  @Option(parsing: .unconditional, help: "Degrees above the horizon.")
  var elevation: Float = 22

  @Option(
    name: .customLong("up"),
    help: "The axis that points up: z as in volumes, y as in most model files; without it z, and y with --trace.")
  var upAxis: UpAxis?

  @Flag(help: "Parallel projection, without perspective.")
  var parallel = false

  @Flag(help: "Draw a wire box round the bounds.")
  var box = false

  @Flag(help: "Frame all pictures by the same bounds.")
  var sameScale = false

  @Flag(help: "Leave the background transparent.")
  var transparent = false

  func validate() throws {
    guard azimuth.isFinite, elevation.isFinite else {
      throw ValidationError("--azimuth and --elevation must be finite numbers")
    }
  }

  var direction: ViewDirection {
    parallel
      ? ViewDirection(azimuth: azimuth, elevation: elevation, fieldOfView: nil)
      : ViewDirection(azimuth: azimuth, elevation: elevation)
  }

  /// The axis that points up: what was asked for, or what is usual.
  func up(otherwise usual: UpAxis = .z) -> UpAxis { upAxis ?? usual }

  /// Width and height of a picture; `side` for both if nothing was asked for.
  func pixels(side: Int) -> (width: Int, height: Int) { (size?.width ?? side, size?.height ?? side) }

  /// Options for a picture that stands alone or among others; what moves is smaller.
  func options(isAlone: Bool, isMoving: Bool, hasBox: Bool) -> RenderOptions {
    let (width, height) = pixels(side: isAlone ? (isMoving ? 480 : 768) : (isMoving ? 256 : 384))
    var options = RenderOptions(width: width, height: height)
    if box || hasBox { options.boxFrame = BoxFrame() }
    if transparent { options.background = .transparent }
    return options
  }
}
