import ArgumentParser
import Experiments
import Geometry
import LatentSpace

/// `formcast interpolate`.
struct Interpolate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Walk through codes: a surface of every frame, an animation, and a page that plays and turns it.",
    discussion: """
      The walk passes through every code on a closed smooth spline, so that it can be played in a loop. Writes \
      frame_0000.glb and so on, index.html (one file, no network), animation.png (plays in every browser), strip.png, \
      codes.npy, frames.npy (the codes of all frames), walk.json, and animation.mp4 where ffmpeg is on PATH.
      Without --codes and --count, a run with trained codes walks through six of them, chosen by the seed.
      """)

  @OptionGroup var space: ShapeSpaceOptions

  @Option(help: "The folder to write.")
  var out: String

  @OptionGroup var codes: CodeOptions
  @OptionGroup var surface: ShapeSurfaceOptions

  @Option(help: "Number of frames; twelve from each code to the next unless given.")
  var frames: Int?

  @Flag(help: "Straight lines from code to code.")
  var linear = false

  @Flag(help: "End at the last code.")
  var open = false

  @Flag(help: "Keep the distance from the origin, where the codes of a generator lie.")
  var spherical = false

  @Flag(inversion: .prefixedNo, help: "Write the surface of every frame.")
  var meshes = true

  @Option(help: "Frames in a second of the animation, 1 to 60.")
  var fps = 15

  @OptionGroup var portrait: PortraitOptions
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...ShapeWalk.frameLimit).contains(frames ?? 1) else {
      throw ValidationError("--frames must be 1 to \(ShapeWalk.frameLimit)")
    }
    guard (1...60).contains(fps) else { throw ValidationError("--fps must be 1 to 60") }
  }

  private var kind: CodeSpline.Kind {
    switch (linear, open) {
    case (true, true): .linear
    case (true, false): .periodicLinear
    case (false, true): .naturalCubic
    case (false, false): .periodicCubic
    }
  }

  func run() throws {
    let space = try space.open()
    let usual: CodeChoice.Source = space.trained.count > 1 ? .drawn(count: 6) : .random(count: 6)
    var options = ShapeWalk.Options(out: out, codes: codes.choice(otherwise: usual))
    options.path = CodeSpline.Options(kind, isSpherical: spherical)
    (options.frameCount, options.keepsMeshes, options.framesPerSecond) = (frames, meshes, fps)
    (options.resolution, options.level) = (surface.resolution, surface.level)
    (options.force, options.progress) = (force.force, common.progress("frames"))
    portrait.apply(to: &options.portrait)
    let outcome = try ShapeWalk(space, options: options)()
    try common.report(outcome, text: outcome.text)
  }
}
