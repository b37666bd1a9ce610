import ArgumentParser
import Experiments

/// `formcast latent-map`.
struct LatentMapVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latent-map",
    abstract: "Map the codes of a run in the plane, with categories, representatives and a tour through the shapes.",
    discussion: """
      Writes map.html (one file, no network: hover, click, switch categories, play the tour), map.png and map.svg, \
      tour.png (an animation: the shape beside the map), tour.mp4 where ffmpeg is on PATH, tour.npy (the codes of the \
      tour, for formcast interpolate --codes) and map.json (points, clusters, tour, measures).
      Categories are those of the training data, or of --labels: text with a line for each code, lines of id,category, \
      or npy of whole numbers. They were not used in training, and the map does not use them.
      """)

  @OptionGroup var space: ShapeSpaceOptions

  @Option(help: "The folder to write.")
  var out: String

  @Option(help: "tsne or pca.")
  var method = LatentMap.Method.tsne

  @Option(help: "Neighbours that t-SNE holds each code near to, roughly.")
  var perplexity = 30.0

  @Option(help: "Clusters, each with a representative; thirty unless given, fewer for few codes.")
  var clusters: Int?

  @Option(help: "A file of categories.")
  var labels: String?

  @OptionGroup var surface: ShapeSurfaceOptions

  @Option(help: "Frames of the tour, 0 for none; eight from each representative to the next unless given, at most 240.")
  var frames: Int?

  @Option(help: "Shapes that the page has pictures of, beside the representatives; 0 to \(LatentMap.pictureLimit).")
  var pictures = 60

  @Option(help: "Frames in a second of the tour, 1 to 60.")
  var fps = 15

  @OptionGroup var portrait: PortraitOptions
  @OptionGroup var seed: SeedOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...1000).contains(perplexity) else { throw ValidationError("--perplexity must be 1 to 1000") }
    guard (1...300).contains(clusters ?? 1) else { throw ValidationError("--clusters must be 1 to 300") }
    guard (0...LatentMap.frameLimit).contains(frames ?? 0) else {
      throw ValidationError("--frames must be 0 to \(LatentMap.frameLimit)")
    }
    guard (0...LatentMap.pictureLimit).contains(pictures) else {
      throw ValidationError("--pictures must be 0 to \(LatentMap.pictureLimit)")
    }
    guard (1...60).contains(fps) else { throw ValidationError("--fps must be 1 to 60") }
  }

  func run() throws {
    var options = LatentMap.Options(out: out)
    (options.method, options.perplexity, options.clusterCount) = (method, perplexity, clusters)
    (options.labels, options.resolution, options.level) = (labels, surface.resolution, surface.level)
    (options.frameCount, options.pictureCount, options.framesPerSecond) = (frames, pictures, fps)
    (options.seed, options.force, options.progress) = (seed.seed, force.force, common.progress("shapes"))
    portrait.apply(to: &options.portrait)
    let outcome = try LatentMap(try space.open(), options: options)()
    try common.report(outcome, text: outcome.text)
  }
}

extension LatentMap.Method: ExpressibleByArgument {}
