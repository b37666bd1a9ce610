import ForeignWeights
import Foundation
import Testing

@Suite("Which shape decoder a state dict holds")
struct DecoderLayoutTests {
  private typealias Entry = DecoderLayout.Entry

  @Test(
    "The article's network is known at any width, depth and length of codes",
    arguments: [
      (128, 256, 8, 462_337), (0, 256, 8, 396_801), (16, 32, 8, nil), (64, 512, 6, 1_120_257), (1, 1, 4, nil),
    ] as [(Int, Int, Int, Int?)])
  func sdfNet(latentSize: Int, width: Int, layerCount: Int, parameterCount: Int?) throws {
    let layout = try DecoderLayout(Self.sdfNet(latentSize, width, layerCount), file: "a.pt")
    #expect(layout.network == .sdfNet(latentSize: latentSize, width: width, layerCount: layerCount))
    #expect(layout.prefix.isEmpty)
    if let parameterCount { #expect(layout.parameterCount == parameterCount) }
  }

  @Test(
    "The point generator is known at any width, depth and length of codes",
    arguments: [(128, 256, 8, 466_435), (16, 32, 4, nil), (7, 9, 12, nil)] as [(Int, Int, Int, Int?)])
  func sdfGenerator(latentSize: Int, width: Int, layerCount: Int, parameterCount: Int?) throws {
    let layout = try DecoderLayout(Self.sdfGenerator(latentSize, width, layerCount), file: "a.pt")
    #expect(layout.network == .sdfGenerator(latentSize: latentSize, width: width, layerCount: layerCount))
    if let parameterCount { #expect(layout.parameterCount == parameterCount) }
  }

  @Test(
    "DeepSDF's decoder is known at any size, behind any attribute, with its weights in any form",
    arguments: ["", "module.", "decoder.", "module.decoder."],
    [DecoderLayout.WeightForm.lengthAndDirection, .parametrization, .plain])
  func deepSDF(prefix: String, form: DecoderLayout.WeightForm) throws {
    for (latentSize, width, hiddenCount, skipLayer) in [(256, 512, 8, 4), (5, 24, 4, 2), (64, 128, 6, 5)] {
      let entries = Self.deepSDF(latentSize, width, hiddenCount, skipLayer, form).map {
        Entry(name: prefix + $0.name, shape: $0.shape)
      }
      let layout = try DecoderLayout(entries, file: "a.pt")
      #expect(
        layout.network
          == .deepSDF(
            latentSize: latentSize, width: width, hiddenCount: hiddenCount, skipLayer: skipLayer, weights: form))
      #expect(layout.prefix == prefix)
      if width == 512 { #expect(layout.parameterCount == (form == .plain ? 1_839_358 : 1_843_195)) }
    }
  }

  @Test("All that differs is listed in one line, with the network that it looks most like")
  func differences() {
    var entries = Self.sdfNet(128, 256, 8)
    entries.removeAll { $0.name == "layers2.2.bias" || $0.name == "layers1.6.weight" }
    entries[2].shape = [256, 255]
    entries.append(Entry(name: "layers3.0.weight", shape: [1]))
    let line = refusal(of: entries)
    #expect(
      line == """
        a.pt: looks most like SDFNet (8 layers of 256, codes of 128), but of its keys are \
        2 missing: layers1.6.weight, layers2.2.bias; 1 unexpected: layers3.0.weight; \
        1 of another shape: layers1.2.weight is [256, 255], not [256, 256]
        """)
  }

  @Test("A network of the other kind is no match, however alike the names")
  func mixed() {
    let mixed = Self.sdfGenerator(128, 256, 8).filter { !$0.name.hasPrefix("norms.7") && $0.name != "z_lin2.bias" }
    #expect(refusal(of: mixed).contains("looks most like SDFGenerator (8 layers of 256, codes of 128)"))
    #expect(refusal(of: mixed).contains("3 missing: norms.7.weight, norms.7.bias, z_lin2.bias"))
    let lacking = Self.sdfNet(128, 256, 8).filter { !$0.name.hasPrefix("layers1.6") }
    #expect(refusal(of: lacking).contains("2 missing: layers1.6.weight, layers1.6.bias"))
    let doubled = Self.sdfNet(4, 8, 8) + Self.sdfNet(4, 8, 8).map { Entry(name: "old.\($0.name)", shape: $0.shape) }
    #expect(refusal(of: doubled).contains("16 unexpected"))
    #expect(refusal(of: doubled).contains("and 8 more"))
  }

  @Test(
    "Networks that are no decoders are named",
    arguments: [
      (
        ["optional_layers.0.0.weight", "optional_layer_0.0.weight", "head.1.weight"],
        "critic of the progressive voxel GAN"
      ),
      (["nn1.0.weight", "nn1.2.weight", "nn2.0.weight"], "critic of the PointNet GAN"),
      (["encoder.0.weight", "decoder.0.weight"], "the voxel autoencoder or VAE"),
      (["weight", "bias"], "none of the networks that are known"), ([], "it has 0 keys"),
      (["layers1.0.weight"], "none of the networks that are known"),
    ])
  func others(keys: [String], name: String) {
    let line = refusal(of: keys.map { Entry(name: $0, shape: [3, 2]) })
    #expect(line.contains(name), "\(line)")
  }

  @Test("Sizes that no network has are refused")
  func senseless() {
    #expect(refusal(of: Self.sdfNet(-3, 256, 8)).contains("no network that can be"))
    #expect(refusal(of: Self.sdfNet(1 << 30, 4, 8)).contains("no network that can be"))
    #expect(!refusal(of: [Entry(name: "lins.0.weight", shape: [.max, 0])]).isEmpty)
    let flat = Self.sdfNet(4, 8, 8).map { Entry(name: $0.name, shape: []) }
    #expect(refusal(of: flat).contains("of another shape"))
  }

  private func refusal(of entries: [DecoderLayout.Entry]) -> String {
    let error = #expect(throws: ForeignWeightsError.self) { try DecoderLayout(entries, file: "a.pt") }
    #expect(error?.description.contains("\n") == false)
    return error?.description ?? ""
  }

  // MARK: - What PyTorch calls the parameters

  private static func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> [Entry] {
    [Entry(name: "\(name).weight", shape: [outputs, inputs]), Entry(name: "\(name).bias", shape: [outputs])]
  }

  private static func sdfNet(_ latentSize: Int, _ width: Int, _ layerCount: Int) -> [Entry] {
    let (row, half) = (3 + latentSize, layerCount / 2)
    var entries = linear("layers1.0", row, width)
    for index in 1..<half { entries += linear("layers1.\(2 * index)", width, width) }
    entries += linear("layers2.0", width + row, width)
    for index in 1..<half - 1 { entries += linear("layers2.\(2 * index)", width, width) }
    return entries + linear("layers2.\(2 * half - 2)", width, 1)
  }

  private static func sdfGenerator(_ latentSize: Int, _ width: Int, _ layerCount: Int) -> [Entry] {
    var entries = linear("lins.0", 3, width)
    for index in 1..<layerCount - 1 {
      entries += linear("lins.\(index)", index == layerCount / 2 ? width + 3 : width, width)
    }
    entries += linear("lins.\(layerCount - 1)", width, 1)
    for index in 0..<layerCount {
      let size = index == layerCount - 1 ? 1 : width
      entries += ["weight", "bias"].map { Entry(name: "norms.\(index).\($0)", shape: [size]) }
    }
    return entries + linear("z_lin1", latentSize, width) + linear("z_lin2", latentSize, width)
  }

  private static func deepSDF(
    _ latentSize: Int, _ width: Int, _ hiddenCount: Int, _ skipLayer: Int, _ form: DecoderLayout.WeightForm
  ) -> [Entry] {
    var entries: [Entry] = []
    for index in 0..<hiddenCount {
      let inputs = index == 0 ? latentSize + 3 : width
      let outputs = index == skipLayer - 1 ? width - latentSize - 3 : width
      entries.append(Entry(name: "lin\(index).bias", shape: [outputs]))
      if let keys = form.keys {
        entries.append(Entry(name: "lin\(index).\(keys.length)", shape: [outputs, 1]))
        entries.append(Entry(name: "lin\(index).\(keys.direction)", shape: [outputs, inputs]))
      } else {
        entries.append(Entry(name: "lin\(index).weight", shape: [outputs, inputs]))
      }
    }
    return entries + linear("lin\(hiddenCount)", width, 1)
  }
}
