/// The networks that a state dict could be, with the sizes that its shapes suggest.
struct DecoderCandidates {
  typealias Candidate = (network: DecoderLayout.Network, prefix: String)

  /// What may stand before a key: the name of an attribute, at most four of them.
  private static let longestPrefix = 4

  /// Extents beyond it are no network's.
  private static let largestExtent = 1 << 31

  private let shapes: [String: [Int]]

  init(_ shapes: [String: [Int]]) { self.shapes = shapes }

  /// The one that shares most keys with the file; nil if none shares more than a few.
  var best: Candidate? {
    let all = prefixes.flatMap { prefix in
      [sdfNet(prefix), sdfGenerator(prefix), deepSDF(prefix)].compactMap { $0 }.map { (network: $0, prefix: prefix) }
    }
    let scored = all.map { candidate -> (candidate: Candidate, shared: Int, total: Int) in
      let entries = candidate.network.entries
      return (candidate, entries.count { shapes[candidate.prefix + $0.name] != nil }, entries.count)
    }
    // Half of the keys at least: a layer that happens to be called alike makes no decoder.
    return scored.filter { 2 * $0.shared >= $0.total }.max { $0.shared < $1.shared }?.candidate
  }

  /// What stands before the keys of the three networks.
  private var prefixes: [String] {
    var found: Set<String> = []
    for key in shapes.keys {
      let parts = key.split(separator: ".", omittingEmptySubsequences: false)
      for count in 0...min(Self.longestPrefix, parts.count - 1) where Self.isLayer(parts[count]) {
        found.insert(parts[..<count].map { $0 + "." }.joined())
      }
    }
    return found.sorted()
  }

  private static func isLayer(_ name: Substring) -> Bool {
    ["layers1", "layers2", "lins", "norms", "z_lin1", "z_lin2"].contains(String(name))
      || (name.hasPrefix("lin") && Int(name.dropFirst(3)) != nil)
  }

  private func matrix(_ key: String) -> (outputs: Int, inputs: Int)? {
    guard let shape = shapes[key], shape.count == 2, shape.allSatisfy((0...Self.largestExtent).contains) else {
      return nil
    }
    return (shape[0], shape[1])
  }

  /// Layers `name(0)`, `name(1)`, ... of which any key is there.
  private func count(_ prefix: String, _ name: (Int) -> String) -> Int {
    let names = Set(
      shapes.keys.filter { $0.hasPrefix(prefix) }.map { key in
        key.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false).prefix(2)
          .joined(separator: ".")
      })
    let heads = names.union(names.compactMap { $0.split(separator: ".").first.map(String.init) })
    return (0..<256).last { heads.contains(name($0)) }.map { $0 + 1 } ?? 0
  }

  private func sdfNet(_ prefix: String) -> DecoderLayout.Network? {
    // As many layers behind the middle as before it, so that a file that lacks one is seen to lack it.
    let half = max(count(prefix) { "layers1.\(2 * $0)" }, count(prefix) { "layers2.\(2 * $0)" })
    guard half > 0 else { return nil }
    let first = matrix("\(prefix)layers1.0.weight")
    let middle = matrix("\(prefix)layers2.0.weight")
    let width = first?.outputs ?? middle?.outputs ?? 256
    let row = first?.inputs ?? middle.map { $0.inputs - width } ?? 131
    return .sdfNet(latentSize: row - 3, width: width, layerCount: max(2 * half, 4))
  }

  private func sdfGenerator(_ prefix: String) -> DecoderLayout.Network? {
    let layers = count(prefix) { "lins.\($0)" }
    guard layers > 0 || shapes["\(prefix)z_lin1.weight"] != nil else { return nil }
    let code = matrix("\(prefix)z_lin1.weight") ?? matrix("\(prefix)z_lin2.weight")
    let width = matrix("\(prefix)lins.0.weight")?.outputs ?? code?.outputs ?? 256
    return .sdfGenerator(latentSize: code?.inputs ?? 128, width: width, layerCount: max(layers + layers % 2, 4))
  }

  private func deepSDF(_ prefix: String) -> DecoderLayout.Network? {
    let layers = count(prefix) { "lin\($0)" }
    guard layers > 0 else { return nil }
    let forms: [DecoderLayout.WeightForm] = [.lengthAndDirection, .parametrization, .plain]
    let form =
      forms.first { form in
        (0..<layers - 1).contains { shapes["\(prefix)lin\($0).\(form.keys?.direction ?? "weight")"] != nil }
      } ?? .lengthAndDirection
    let directions = (0..<layers).map { matrix("\(prefix)lin\($0).\(form.keys?.direction ?? "weight")") }
    // The first layer may be the narrow one.
    let last = matrix("\(prefix)lin\(layers - 1).weight")
    let (width, row) = (last?.inputs ?? directions[0]?.outputs ?? 512, directions[0]?.inputs ?? 259)
    let narrow = directions.indices.dropLast().first { index in
      directions[index].map { $0.outputs == width - row } ?? false
    }
    let hidden = max(layers - 1, 2)
    return .deepSDF(
      latentSize: row - 3, width: width, hiddenCount: hidden, skipLayer: narrow.map { $0 + 1 } ?? max(1, hidden / 2),
      weights: form)
  }
}
