import Foundation
import Geometry
import Plots

/// A page that plays a walk and turns its shapes: one file that holds everything and asks the network for nothing.
///
/// Shapes are drawn by a small WebGL program; where a browser has no WebGL, and without scripts, the pictures of the frames
/// and the strip are shown instead.
struct WalkPage {
  /// The file.
  let html: String

  /// More frames than these are thinned out.
  private static let frameLimit = 240
  /// Bytes of shapes that a page may have, and what a face takes of them at most after compression.
  private static let (shapeLimit, bytesPerFace) = (24_000_000, 6)

  private struct Frame: Encodable {
    var label: String
    var picture: String
    var shape: String
  }

  private struct Content: Encodable {
    var frames: [Frame]
    /// Names of the codes, and which frame shows each.
    var stops: [Stop]
    var framesPerSecond: Double
    var lower: [Float]
    var side: Float
    var center: [Float]
    var radius: Float
    var isYUp: Bool
    var azimuth, elevation: Float
  }

  private struct Stop: Encodable {
    var name: String
    var frame: Int
  }

  init(
    _ outcome: ShapeWalk.Outcome, surfaces: WalkSurfaces, pictures: WalkPictures, options: ShapeWalk.Options
  ) throws {
    let step = Self.step(frameCount: outcome.frames.count)
    let shown = Array(stride(from: 0, to: outcome.frames.count, by: step))
    let cells = Self.cells(faces: shown.map { outcome.frames[$0].surface.faces }, resolution: outcome.resolution)
    let bounds = surfaces.bounds
    let frames = try shown.map { index in
      Frame(
        label: outcome.frames[index].label, picture: pictures.frames[index].base64EncodedString(),
        shape: try PackedMesh(try surfaces.mesh(index), in: bounds, cells: cells).data.base64EncodedString())
    }
    let stops = surfaces.plan.stops.map { frame in
      Stop(name: outcome.frames[frame].from, frame: frame / step)
    }
    let center = bounds.center
    let content = Content(
      frames: frames, stops: stops, framesPerSecond: Double(options.framesPerSecond) / Double(step),
      lower: [bounds.lower.x, bounds.lower.y, bounds.lower.z], side: max(bounds.extent.max(), 1e-6),
      center: [center.x, center.y, center.z], radius: bounds.radius, isYUp: options.portrait.upAxis == .y,
      azimuth: options.portrait.view.azimuth, elevation: options.portrait.view.elevation)
    html = Self.document(
      title: "A walk through \(outcome.codes.count) codes", facts: Self.facts(outcome, step: step),
      content: try Self.json(content), first: frames.first?.picture ?? "")
  }

  /// Every how manyth frame a page shows.
  static func step(frameCount: Int) -> Int { max(1, (frameCount + frameLimit - 1) / frameLimit) }

  /// How finely shapes are kept: the finest step at which all of them fit into the page.
  private static func cells(faces: [Int], resolution: Int) -> Int {
    for cells in [64, 48, 32, 24] {
      // Faces grow with the square of the resolution.
      let share = min(1, pow(Double(cells) / Double(max(resolution, 1)), 2))
      if share * Double(faces.reduce(0, +) * bytesPerFace) <= Double(shapeLimit) { return cells }
    }
    return 16
  }

  private static func facts(_ outcome: ShapeWalk.Outcome, step: Int) -> String {
    let kind = outcome.path.isCubic ? "a cubic spline" : "straight lines"
    let loop = outcome.path.isPeriodic ? ", a loop" : ""
    let thinned = step > 1 ? "; every \(step)th frame of \(outcome.frames.count) is shown" : ""
    return
      "\(outcome.model): \(outcome.frames.count) frames on \(kind)\(loop), level \(outcome.level), \(outcome.resolution)"
      + " samples along each axis\(thinned)"
  }

  /// JSON that may stand inside a script element.
  private static func json(_ content: Content) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(content), as: UTF8.self).replacing("<", with: "\\u003c")
  }

  private static func document(title: String, facts: String, content: String, first: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <title>\(MarkupText.escaped(title))</title>
    <style>
    \(WalkPageParts.style)
    </style>
    </head>
    <body>
    <main>
    <h1>\(MarkupText.escaped(title))</h1>
    <p class="facts">\(MarkupText.escaped(facts))</p>
    <div id="stage">
    <img id="picture" alt="The shape of the current frame" src="data:image/png;base64,\(first)">
    <canvas id="scene" hidden aria-label="The shape of the current frame; drag to turn it"></canvas>
    <p id="label"></p>
    </div>
    \(WalkPageParts.controls)
    <noscript><p class="facts">Playing and turning need scripts; animation.png beside this page plays without.</p></noscript>
    </main>
    <script type="application/json" id="walk">\(content)</script>
    <script>
    \(WalkPageParts.script)
    </script>
    </body>
    </html>

    """
  }
}
