import ArgumentParser
import Experiments
import Runs

/// What `formcast import` takes for a shape decoder.
struct ShapeImportOptions: ParsableArguments {
  @Option(help: "Shapes: output times this is a distance; 0.1 for a network trained on distances divided by 0.1.")
  var scale: Double?

  @Option(
    parsing: .unconditional,
    help: "Shapes: the distance at which surfaces are best taken; the published one of the network if not given.")
  var level: Double?

  @Option(help: "Shapes: a file with the codes of the training shapes, [S, L].")
  var codes: String?

  @Option(help: "Shapes: a file with a label per code, [S].")
  var labels: String?

  var options: DecoderImport.Options {
    var options = DecoderImport.Options()
    (options.scale, options.level, options.codes, options.labels) = (scale, level, codes, labels)
    return options
  }
}

/// What `formcast import` tells of a shape decoder.
struct ShapeImportSummary: Encodable {
  var run: String
  var network: DecoderModel
  var parameterCount: Int
  var field: FieldOptions
  var codes: Int?
  var notes: [String]

  init(_ decoder: ImportedDecoder, run: RunDirectory) {
    (self.run, network, parameterCount) = (run.url.path, decoder.model, decoder.parameterCount)
    (field, codes, notes) = (decoder.field, decoder.codes?.entries.count, decoder.notes)
  }

  static func text(_ decoder: ImportedDecoder, out: String) -> String {
    let field = decoder.field
    let clip = field.clip.map { "clipped at \($0)" } ?? "not clipped"
    let codes = decoder.codes.map { ", \($0.entries.count) codes" } ?? ""
    let head = """
      \(decoder.title), \(decoder.parameterCount) parameters\(codes); distances = output times \(field.scale), \(clip); \
      surfaces at \(field.level): \(out)
      """
    return ([head] + decoder.notes.map { "note: \($0)" }).joined(separator: "\n")
  }
}
