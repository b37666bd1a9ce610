import ArgumentParser
import Experiments
import Foundation

/// The command: `formcast VERB`.
struct Formcast: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formcast",
    abstract: "Casts 3D shapes and forecasts evolving ones.",
    version: formcastVersion,
    subcommands: [
      Demo.self,
      Data.self,
      Sdf.self,
      MeshVerb.self,
      Recipes.self,
      Train.self,
      Evaluate.self,
      Curves.self,
      StudyVerb.self,
      ForecastVerb.self,
      Import.self,
      Generate.self,
      Interpolate.self,
      Sweep.self,
      CompareResolutions.self,
      LatentMapVerb.self,
      Reconstruct.self,
      Render.self,
      Compare.self,
      Bench.self,
    ]
  )
}

/// Entry point: usage errors leave with 64 and the parser's own message, all others with 1 and one line.
@main
enum Main {
  static func main() {
    do {
      var command = try Formcast.parseAsRoot()
      try command.run()
    } catch let error where error is ExitCode || error is CleanExit || error is ValidationError || isUsage(error) {
      Formcast.exit(withError: error)
    } catch {
      let line = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
      FileHandle.standardError.write(Foundation.Data("formcast: \(line)\n".utf8))
      Foundation.exit(1)
    }
  }

  /// The parser wraps what the user got wrong on the command line in types of its own.
  private static func isUsage(_ error: any Error) -> Bool {
    Formcast.exitCode(for: error) != .failure
  }
}
