import Foundation
import Geometry
import Runs

/// The pictures of all frames, from one fixed camera in constant light.
struct WalkPictures {
  /// PNG bytes of the frames that the page shows; nothing for the others.
  private(set) var frames: [Data] = []
  /// Time of each.
  private(set) var seconds: [Double] = []
  /// The film's file, if there is one.
  let movie: String?
  /// Why something is missing.
  let remarks: [String]

  /// Draws all frames and writes the animation, the strip and the film.
  init(_ surfaces: WalkSurfaces, options: ShapeWalk.Options, folder: OutputFolder) throws {
    var portrait = options.portrait
    portrait.bounds = surfaces.bounds
    var film = WalkFilm(
      frameCount: surfaces.frames.count, framesPerSecond: options.framesPerSecond,
      encoder: try FilmEncoder(searchPath: options.searchPath))
    var settings = options.progress
    settings.unit = "pictures"
    let progress = ProgressMeter("interpolate", total: surfaces.frames.count, options: settings)
    for (index, frame) in surfaces.frames.enumerated() {
      let mesh = try surfaces.mesh(index)
      let start = ContinuousClock.now
      let image = try portrait.image(of: mesh)
      seconds.append((ContinuousClock.now - start) / .seconds(1))
      let picture = try film.append(image, label: frame.label)
      frames.append(index % WalkPage.step(frameCount: surfaces.frames.count) == 0 ? picture : Data())
      progress.advance()
    }
    let told = try film.write(
      to: folder, caption: "\(options.resolution) samples along each axis; one camera and one light for all frames")
    (movie, remarks) = (told.movie, told.remark.map { [$0] } ?? [])
    progress.finish()
  }
}

extension ShapeWalk.Frame {
  /// `chair_4`, or `chair_4 - chair_9, 25 %`.
  var label: String {
    share == 0 ? from : "\(from) – \(to), \(Int((100 * share).rounded())) %"
  }
}
