import Yams

/// A configuration as a tree: what lies between Swift values and YAML, with its keys in order.
indirect enum ConfigurationNode: Sendable, Equatable {
  case scalar(Scalar)
  case list([ConfigurationNode])
  case map([Entry])

  /// A leaf as it is written; what it means is decided by the type it is read as.
  struct Scalar: Sendable, Equatable {
    var text: String
    /// Quoted in the file, so never a number, truth value or null.
    var isText: Bool

    var isNull: Bool { !isText && ["null", "Null", "NULL", "~", ""].contains(text) }
  }

  struct Entry: Sendable, Equatable {
    var key: String
    var value: ConfigurationNode
  }

  static let null = ConfigurationNode.scalar(Scalar(text: "null", isText: false))

  subscript(key: String) -> ConfigurationNode? {
    switch self {
    case .map(let entries): entries.first { $0.key == key }?.value
    case .list(let items): Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
    case .scalar: nil
    }
  }

  /// The node at a path of keys and list positions.
  func node(at path: ArraySlice<String>) -> ConfigurationNode? {
    guard let key = path.first else { return self }
    return self[key]?.node(at: path.dropFirst())
  }

  /// The tree with the node at an existing path replaced.
  func replacing(_ path: ArraySlice<String>, with value: ConfigurationNode) -> ConfigurationNode {
    guard let key = path.first else { return value }
    switch self {
    case .map(var entries):
      guard let index = entries.firstIndex(where: { $0.key == key }) else { return self }
      entries[index].value = entries[index].value.replacing(path.dropFirst(), with: value)
      return .map(entries)
    case .list(var items):
      guard let index = Int(key), items.indices.contains(index) else { return self }
      items[index] = items[index].replacing(path.dropFirst(), with: value)
      return .list(items)
    case .scalar: return self
    }
  }

  /// Every path in the tree, branches before what is in them.
  func paths(under prefix: [String] = []) -> [[String]] {
    switch self {
    case .scalar: []
    case .map(let entries): entries.flatMap { [prefix + [$0.key]] + $0.value.paths(under: prefix + [$0.key]) }
    case .list(let items):
      items.enumerated().flatMap { index, item in
        [prefix + [String(index)]] + item.paths(under: prefix + [String(index)])
      }
    }
  }
}

extension ConfigurationNode {
  private static let nodeLimit = 100_000
  private static let depthLimit = 64

  /// Reads YAML text; an empty document is an empty mapping.
  ///
  /// *Throws*: `RunError` with one line that names `source` and the line in it.
  static func parse(yaml: String, source: String) throws -> ConfigurationNode {
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw RunError("\(source): \(describe(error))")
    }
    var budget = nodeLimit
    guard let root else { return .map([]) }
    return try convert(root, depth: 0, budget: &budget, source: source)
  }

  /// YAML text: keys in order, lists of scalars on one line.
  func yaml() throws -> String {
    try Yams.serialize(node: yamsNode(), width: -1, allowUnicode: true)
  }

  private static func convert(
    _ node: Node, depth: Int, budget: inout Int, source: String
  ) throws -> ConfigurationNode {
    budget -= 1
    // Anchors may repeat a part many times over, so the count is of what would be built, not of what is written.
    guard budget > 0, depth < depthLimit else { throw RunError("\(source): too large or too deep for a configuration") }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      return .scalar(Scalar(text: scalar.string, isText: !isPlain))
    case .sequence(let sequence):
      return .list(try sequence.map { try convert($0, depth: depth + 1, budget: &budget, source: source) })
    case .mapping(let mapping):
      var entries: [Entry] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else { throw RunError("\(source): a key that is not a plain name") }
        entries.append(
          Entry(key: name.string, value: try convert(value, depth: depth + 1, budget: &budget, source: source)))
      }
      return .map(entries)
    case .alias: throw RunError("\(source): an alias that refers to nothing")
    }
  }

  private static func describe(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "line \(mark.line), column \(mark.column): \(problem)"
    case .duplicatedKeysInMapping(let duplicates, _):
      return "the key \(duplicates.map { "'\($0)'" }.joined(separator: ", ")) appears twice"
    default: return "not valid YAML"
    }
  }

  private func yamsNode() -> Node {
    switch self {
    case .scalar(let scalar):
      guard scalar.isText else { return .scalar(Node.Scalar(scalar.text, Tag(.implicit), .plain)) }
      let isPlainText = Node.Scalar(scalar.text).resolvesToText && !scalar.text.contains("\n")
      return .scalar(Node.Scalar(scalar.text, Tag(.str), isPlainText ? .any : .doubleQuoted))
    case .list(let items):
      let isFlat = items.allSatisfy { if case .scalar = $0 { true } else { false } }
      return .sequence(Node.Sequence(items.map { $0.yamsNode() }, Tag(.implicit), isFlat ? .flow : .block))
    case .map(let entries):
      let pairs = entries.map { (Node.scalar(Node.Scalar($0.key)), $0.value.yamsNode()) }
      return .mapping(Node.Mapping(pairs, Tag(.implicit), entries.isEmpty ? .flow : .block))
    }
  }
}

extension Node.Scalar {
  /// Whether a plain scalar of this text is read as text rather than as a number, truth value or null.
  fileprivate var resolvesToText: Bool { Resolver.default.resolveTag(of: Node.scalar(self)) == .str && !string.isEmpty }
}
