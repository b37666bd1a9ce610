import Foundation
import Models
import NN
import Testing
import Torch
import Volumes

/// What PyTorch 2.11 computed with the two networks of the article, width 32 and codes of 16.
struct ShapeReference {
  enum Network: String, CaseIterable { case sdfnet, sdfgenerator }

  let network: Network
  private let archive: NpzArchive

  init(_ network: Network) throws {
    self.network = network
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    archive = try NpzArchive(folder.appending(path: "Fixtures/sdfnet_torch.npz").path)
  }

  func tensor(_ name: String) throws -> Tensor {
    let array = try archive.array(name)
    return Tensor(array.floats(), shape: array.shape)
  }

  func own(_ name: String) throws -> Tensor { try tensor("\(network.rawValue).\(name)") }

  /// The network with the reference's weights, and the published name of each parameter.
  func decoder() throws -> (decoder: any ShapeDecoder, keys: [String: String]) {
    let (decoder, keys): (any ShapeDecoder, [String: String])
    switch network {
    case .sdfnet:
      var configuration = SDFNet.Configuration()
      (configuration.width, configuration.latentSize) = (32, 16)
      let net = SDFNet(configuration, generator: Generator(seed: 1))
      (decoder, keys) = (net, PublishedKeys.sdfNet(net))
    case .sdfgenerator:
      var configuration = SDFGenerator.Configuration()
      (configuration.width, configuration.latentSize) = (32, 16)
      let net = SDFGenerator(configuration, generator: Generator(seed: 1))
      (decoder, keys) = (net, PublishedKeys.sdfGenerator(net))
    }
    var state: [String: Tensor] = [:]
    for (name, published) in keys { state[name] = try own("w.\(published)") }
    try decoder.load(state)
    return (decoder, keys)
  }
}

@Suite("Shape decoders against PyTorch 2.11")
struct ShapeDecoderTests {
  @Test("The published networks have the published parameters")
  func parameterCounts() {
    let random = Generator(seed: 1)
    #expect(SDFNet(generator: random).parameterCount == 462_337)
    var single = SDFNet.Configuration()
    single.latentSize = 0
    #expect(SDFNet(single, generator: random).parameterCount == 396_801)
    #expect(SDFGenerator(generator: random).parameterCount == 466_435)
    #expect(DeepSDFDecoder(generator: random).parameterCount == 1_843_195)
  }

  // The reference says that float32 leaves 1e-6 and 3e-6 of a value.
  @Test("Values equal the reference, however codes are given", arguments: ShapeReference.Network.allCases)
  func values(network: ShapeReference.Network) throws {
    let reference = try ShapeReference(network)
    let (decoder, _) = try reference.decoder()
    let (points, codes, expected) = (
      try reference.tensor("points"), try reference.tensor("codes"), try reference.own("sdf")
    )
    withoutGradient {
      let both = Tensor.concatenated([points, points])
      let grouped = decoder.distances(at: both, codes: .grouped(codes)).reshaped([2, 200])
      #expect(distance(grouped, expected) < 3e-6)
      let owners = Tensor([Int64](repeating: 0, count: 200) + [Int64](repeating: 1, count: 200), shape: [400])
      let owned = decoder.distances(at: both, codes: .owned(codes, owners: owners)).reshaped([2, 200])
      #expect(distance(owned, expected) < 3e-6)
      for index in 0..<2 {
        let one = decoder.distances(at: points, codes: .one(codes.selected(0, index)))
        #expect(distance(one, expected.selected(0, index)) < 3e-6)
        let folded = decoder.folded(code: codes.selected(0, index))
        #expect(distance(folded.distances(at: points), expected.selected(0, index)) < 3e-6)
        let reduced = decoder.folded(code: codes.selected(0, index), precision: .bfloat16).distances(at: points)
        #expect(distance(reduced, expected.selected(0, index)) < 0.02)
        #expect(distance(reduced, folded.distances(at: points)) > 0)
      }
    }
  }

  @Test("Gradients of points equal the reference", arguments: ShapeReference.Network.allCases)
  func pointGradients(network: ShapeReference.Network) throws {
    let reference = try ShapeReference(network)
    let (decoder, _) = try reference.decoder()
    let (points, codes) = (try reference.tensor("points"), try reference.tensor("codes"))
    let expected = try reference.own("point_gradient")
    for index in 0..<2 {
      let found = decoder.folded(code: codes.selected(0, index)).distancesAndGradients(at: points)
      #expect(distance(found.gradients, expected.selected(0, index)) < 5e-5)
      #expect(distance(found.distances, try reference.own("sdf").selected(0, index)) < 3e-6)
    }
  }

  @Test("Gradients of all weights and codes equal the reference", arguments: ShapeReference.Network.allCases)
  func weightGradients(network: ShapeReference.Network) throws {
    let reference = try ShapeReference(network)
    let (decoder, keys) = try reference.decoder()
    let points = try reference.tensor("points")
    let codes = try reference.tensor("codes").requiringGradient()
    let target = try reference.tensor("target").clamped(min: -0.1, max: 0.1).reshaped([-1])
    let owners = Tensor([Int64](repeating: 0, count: 200) + [Int64](repeating: 1, count: 200), shape: [400])
    for assignment in [DecoderCodes.grouped(codes), .owned(codes, owners: owners)] {
      let sdf = decoder.distances(at: .concatenated([points, points]), codes: assignment)
      let loss = (sdf - target).abs().mean()
      #expect(abs(loss.item() - (try reference.own("loss_l1").item())) < 1e-6)
      let parameters = decoder.parameters()
      let found = gradient(of: loss, withRespectTo: parameters.map(\.parameter.value) + [codes])
      for ((key, _), tensor) in zip(parameters, found) {
        let expected = try reference.own("grad_l1.\(keys[key] ?? "")")
        #expect(distance(tensor, expected) < 5e-5, "\(key)")
      }
      #expect(distance(found[found.count - 1], try reference.own("grad_l1.codes")) < 5e-5)
    }
  }

  @Test("DeepSDF's network is the concatenation that it is published as")
  func deepSDF() throws {
    var configuration = DeepSDFDecoder.Configuration()
    (configuration.width, configuration.latentSize, configuration.hiddenCount) = (24, 5, 6)
    configuration.skipLayer = 3
    try configuration.validate()
    let decoder = DeepSDFDecoder(configuration, generator: Generator(seed: 3))
    let points = Tensor.uniform([50, 3], in: -1...1, generator: Generator(seed: 4))
    let code = Tensor.normal([5], mean: 0, standardDeviation: 1, generator: Generator(seed: 5))
    withoutGradient {
      let row = Tensor.concatenated([code.unsqueezed(0).expanded([50, 5]), points], dim: 1)
      var features = row
      for (index, layer) in decoder.hidden.enumerated() {
        if index == 3 { features = .concatenated([features, row], dim: 1) }
        features = features.linear(layer.weight, bias: layer.bias.value).relu()
      }
      let expected = decoder.last(features).tanh().reshaped([-1])
      #expect(distance(decoder.distances(at: points, codes: .one(code)), expected) < 1e-6)
      #expect(distance(decoder.folded(code: code).distances(at: points), expected) < 1e-6)
      let dropped = decoder.distances(at: points, codes: .one(code), mode: .training(Generator(seed: 6)))
      #expect(distance(dropped, expected) > 1e-4)
    }
  }

  @Test("Tiles do not show: many points are the same points one by one")
  func tiles() {
    let decoder = SDFNet(generator: Generator(seed: 7))
    let code = Tensor.normal([128], mean: 0, standardDeviation: 1, generator: Generator(seed: 8))
    let count = 2 * FoldedDecoder.tileSize + 17
    let points = Tensor.uniform([count, 3], in: -1...1, generator: Generator(seed: 9))
    let folded = decoder.folded(code: code)
    let all = folded.distances(at: points)
    let both = folded.distancesAndGradients(at: points)
    #expect(all.shape == [count] && both.gradients.shape == [count, 3])
    #expect(distance(both.distances, all) < 1e-6)
    let tail = folded.distances(at: points.narrowed(0, count - 5, 5))
    #expect(distance(tail, all.narrowed(0, count - 5, 5)) < 1e-6)
    // The gradient is that of the whole network, by central differences in float32.
    let step = Float(1e-2)
    let shift = Tensor([step, 0, 0], shape: [1, 3])
    let few = points.narrowed(0, 0, 200)
    let difference = (folded.distances(at: few + shift) - folded.distances(at: few - shift)) * Double(0.5 / step)
    #expect(distance(difference, both.gradients.narrowed(0, 0, 200).selected(1, 0)) < 2e-3)
  }

  @Test("Frequencies widen the row, and the first of them is a sine of pi times the coordinate")
  func frequencies() {
    let encoded = PointEncoding(frequencies: 2)(Tensor([Float(0.25), 0.5, -0.5], shape: [1, 3])).array(of: Float.self)
    #expect(encoded.count == 15)
    let expected: [Float] = [0.25, 0.5, -0.5, 0.70710678, 1, -1, 0.70710678, 0, 0, 1, 0, 0, 0, -1, -1]
    for (found, wanted) in zip(encoded, expected) { #expect(abs(found - wanted) < 1e-6) }
    var configuration = SDFNet.Configuration()
    (configuration.latentSize, configuration.width, configuration.frequencies) = (0, 16, 3)
    let decoder = SDFNet(configuration, generator: Generator(seed: 2))
    let points = Tensor.uniform([20, 3], in: -1...1, generator: Generator(seed: 3))
    withoutGradient {
      let values = decoder.distances(at: points, codes: .none)
      #expect(distance(decoder.folded(code: nil).distances(at: points), values) < 1e-6)
    }
  }

  private func distance(_ first: Tensor, _ second: Tensor) -> Double { (first - second).abs().max().item() }
}
