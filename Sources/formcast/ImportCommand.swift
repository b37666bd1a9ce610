import ArgumentParser
import Experiments
import ForeignWeights
import Foundation
import Runs

/// `formcast import`.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn foreign weights into a run that every verb accepts.",
    discussion: """
      What a file holds is told by its content: a shape decoder out of PyTorch (.pt, .pth, .to) or safetensors, or a ConvLSTM3D \
      forecaster out of Keras (.h5 of Keras 2 and 3, .keras). Nothing in a file is run.
      """)

  @Argument(help: "The file.")
  var file: String

  @Option(help: "The folder of the run.")
  var out: String

  @Option(help: "Forecasters: the frame format that the network was trained on; the file does not say it.")
  var format = "t80"

  @OptionGroup var shapes: ShapeImportOptions
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    switch try WeightsFile.Kind(of: URL(filePath: file)) {
    case .kerasHDF5, .kerasArchive: try importForecaster()
    case .pyTorchArchive, .pyTorchLegacy, .safetensors: try importDecoder()
    }
  }

  private func importForecaster() throws {
    let source = try KerasImport(contentsOf: URL(filePath: file))
    let configuration = try source.configuration(format: format)
    let run = try source.write(
      to: out, format: format, environment: .current(for: configuration, device: "cpu"), force: force.force)
    guard let network = configuration.model.convLSTM else { return }
    try common.report(
      Summary(run: run.url.path, filters: network.filters, recurrentActivation: network.recurrentActivation.rawValue),
      text: "ConvLSTM3D with filters \(network.filters), \(network.recurrentActivation.rawValue) gates: \(out)")
  }

  private func importDecoder() throws {
    let decoder = try DecoderImport.read(file, shapes.options)
    let run = try decoder.write(to: out, force: force.force)
    try common.report(ShapeImportSummary(decoder, run: run), text: ShapeImportSummary.text(decoder, out: out))
  }

  private struct Summary: Encodable {
    var run: String
    var filters: [Int]
    var recurrentActivation: String
  }
}
