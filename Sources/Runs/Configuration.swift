import Foundation

/// Configurations as YAML, and `path=value` changes to them.
///
/// Works on any `Codable` value: it is turned into a tree, changed there, and read back, so the value's own types decide what is
/// right. Optional fields are written as `null` and can be set.
public enum Configuration {
  /// YAML text of a configuration: keys in the order of its fields, `comment` lines on top.
  public static func yaml(of value: some Encodable, comment: String? = nil) throws -> String {
    let lines = comment?.split(separator: "\n").map { "# \($0)\n" }.joined() ?? ""
    return lines + (try ConfigurationSchema(of: value).tree.yaml())
  }

  /// Reads a configuration from YAML text.
  ///
  /// *Throws*: `RunError` for text that is not YAML, an unknown key, a missing key, or a value of the wrong type; `source` names
  /// the text in the message.
  public static func decode<Value: Codable>(_ type: Value.Type, yaml: String, source: String = "configuration") throws
    -> Value
  {
    let tree = try ConfigurationNode.parse(yaml: yaml, source: source)
    do {
      let value = try ConfigurationDecoder.decode(type, from: tree, path: [])
      try refuseUnknownKeys(of: tree, in: try ConfigurationSchema(of: value))
      return value
    } catch let error as RunError {
      throw RunError("\(source): \(error.description)")
    }
  }

  /// Reads a configuration from a YAML file.
  public static func read<Value: Codable>(_ type: Value.Type, from url: URL) throws -> Value {
    let data = try RunDirectory.contents(of: url, limit: 1 << 20)
    guard let text = String(data: data, encoding: .utf8) else { throw RunError("\(url.path): not UTF-8 text") }
    return try decode(type, yaml: text, source: url.path)
  }

  /// The paths that ``applying(_:to:)`` accepts for this value, each with its present value and what it may hold.
  public static func settings(of value: some Encodable) throws -> [(path: String, value: String, expectation: String)] {
    let schema = try ConfigurationSchema(of: value)
    return try schema.settablePaths.map { path in
      let node = schema.tree.node(at: path.split(separator: ".").map(String.init)[...]) ?? .null
      return (path, try inline(node), schema.leaves[path]?.expectation ?? "")
    }
  }

  /// The value with `path=value` assignments applied, in order.
  ///
  /// Paths are names and list positions joined by points, as in `model.filters.0=64`; a whole list is written `[32, 32]`, the
  /// absence of an optional `null`.
  ///
  /// *Throws*: `RunError` for a path that is not there, with the nearest ones, and for a value of the wrong type, with the right
  /// one.
  public static func applying<Value: Codable>(_ assignments: [String], to value: Value) throws -> Value {
    try assignments.reduce(value) { try applying(assignment: $1, to: $0) }
  }

  private static func applying<Value: Codable>(assignment: String, to value: Value) throws -> Value {
    guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
      throw RunError("--set \(assignment): write path=value")
    }
    let path = assignment[..<equals].trimmingCharacters(in: .whitespaces)
    let text = assignment[assignment.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    let schema = try ConfigurationSchema(of: value)
    let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let leaf = schema.leaves[path], schema.tree.node(at: keys[...]) != nil else {
      throw unknownPath(path, in: schema)
    }
    do {
      let changed = schema.tree.replacing(keys[...], with: try parse(text, as: leaf))
      let result = try ConfigurationDecoder.decode(Value.self, from: changed, path: [])
      try refuseUnknownKeys(of: changed, in: try ConfigurationSchema(of: result))
      return result
    } catch let error as RunError {
      let isExplained = error.description.hasPrefix(path)
      throw RunError("--set \(isExplained ? error.description : "\(path)=\(text): \(error.description)")")
    }
  }

  /// The node that a command line's text means for a leaf.
  private static func parse(_ text: String, as leaf: ConfigurationLeaf) throws -> ConfigurationNode {
    let plain = ConfigurationNode.scalar(.init(text: text, isText: false))
    switch leaf {
    case .boolean, .integer, .number, .text, .choice: return plain
    case .variant where !text.hasPrefix("{") && !text.contains(":"):
      return .map([.init(key: text, value: .map([]))])
    case .list, .variant, .structure: return try ConfigurationNode.parse(yaml: text, source: "value")
    }
  }

  private static func refuseUnknownKeys(of tree: ConfigurationNode, in schema: ConfigurationSchema) throws {
    for path in tree.paths() where schema.tree.node(at: path[...]) == nil {
      let name = path.joined(separator: ".")
      let known = nearest(to: name, among: schema.settablePaths)
      throw RunError("\(name) is not a setting; nearest: \(known.joined(separator: ", "))")
    }
  }

  private static func unknownPath(_ path: String, in schema: ConfigurationSchema) -> RunError {
    let inside = schema.settablePaths.filter { $0.hasPrefix(path + ".") }
    guard inside.isEmpty || path.isEmpty else {
      let shown = inside.prefix(8).joined(separator: ", ") + (inside.count > 8 ? ", ..." : "")
      return RunError("--set \(path): not one setting but a group; set one of \(shown)")
    }
    let known = nearest(to: path, among: schema.settablePaths).map { known in
      "\(known) (\(schema.leaves[known]?.expectation ?? "value"))"
    }
    return RunError("--set \(path): no such setting; nearest: \(known.joined(separator: ", "))")
  }

  /// Up to five paths, nearest first; the last name counts as much as the whole, since groups are what people forget.
  private static func nearest(to path: String, among paths: [String]) -> [String] {
    func last(_ path: String) -> Substring { path.split(separator: ".").last ?? "" }
    let scored = paths.map { candidate in
      let whole = distance(path, candidate)
      let name = distance(String(last(path)), String(last(candidate)))
      return (candidate, min(whole, 2 * name))
    }
    let sorted = scored.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }
    return sorted.prefix(5).map(\.element.0)
  }

  private static func distance(_ first: String, _ second: String) -> Int {
    let first = Array(first.lowercased().utf8.prefix(200)), second = Array(second.lowercased().utf8.prefix(200))
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in second.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
      }
    }
    return row[second.count]
  }

  private static func inline(_ node: ConfigurationNode) throws -> String {
    if case .scalar(let scalar) = node { return scalar.text }
    return try node.yaml().trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
