import ArgumentParser
import Geometry

/// What a pixel of a picture shows.
enum RenderMode: String, CaseIterable, ExpressibleByArgument {
  case shaded, normals, depth
}

/// What is drawn of the surfaces, and whether they turn.
struct RenderModeOptions: ParsableArguments {
  @Option(help: "shaded; normals: (n + 1) / 2 as red, green, blue in the axes of the file; depth: near is light.")
  var mode = RenderMode.shaded

  @Option(help: "Write the depths as npy [H,W] too: distance along the view in units of the file, NaN beside surfaces.")
  var depthOut: String?

  @Option(help: "Turn once in this many pictures: --out becomes an animated PNG that browsers play.")
  var turntable: Int?

  @Option(help: "Write the pictures of --turntable into this folder too, as frame_0000.png and so on.")
  var frames: String?

  @Option(help: "Pictures of --turntable per second.")
  var fps = 20

  func validate() throws {
    guard turntable.map((2...720).contains) ?? true else {
      throw ValidationError("--turntable must be 2 to 720 pictures")
    }
    guard (1...100).contains(fps) else { throw ValidationError("--fps must be 1 to 100") }
    guard frames == nil || turntable != nil else { throw ValidationError("--frames needs --turntable N") }
    guard let depthOut else { return }
    guard depthOut.lowercased().hasSuffix(".npy") else { throw ValidationError("--depth-out must end in .npy") }
    guard turntable == nil else { throw ValidationError("--depth-out writes one picture; leave out --turntable") }
  }

  /// Nothing but a shaded picture is asked for.
  var isPlain: Bool { mode == .shaded && turntable == nil && depthOut == nil }

  /// Paths of the single pictures of a turntable.
  var framePaths: [String] {
    guard let frames, let turntable else { return [] }
    return (0..<turntable).map { index in
      let number = String(index)
      return "\(frames)/frame_\(String(repeating: "0", count: max(0, 4 - number.count)))\(number).png"
    }
  }
}
