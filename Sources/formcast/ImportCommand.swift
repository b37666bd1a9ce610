import ArgumentParser
import Experiments
import Foundation
import Runs

/// `formcast import`.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Turn foreign weights into a run that every verb accepts: Keras ConvLSTM3D (.h5 of Keras 2 and 3, .keras).")

  @Argument(help: "The file.")
  var file: String

  @Option(help: "The folder of the run.")
  var out: String

  @Option(help: "The frame format that the network was trained on; the file does not say it.")
  var format = "t80"

  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    let source = try KerasImport(contentsOf: URL(filePath: file))
    let configuration = try source.configuration(format: format)
    let run = try source.write(
      to: out, format: format, environment: .current(for: configuration, device: "cpu"), force: force.force)
    guard let network = configuration.model.convLSTM else { return }
    try common.report(
      Summary(run: run.url.path, filters: network.filters, recurrentActivation: network.recurrentActivation.rawValue),
      text: "ConvLSTM3D with filters \(network.filters), \(network.recurrentActivation.rawValue) gates: \(out)")
  }

  private struct Summary: Encodable {
    var run: String
    var filters: [Int]
    var recurrentActivation: String
  }
}
