/// Decodes any configuration value from a tree; errors name the path and what belongs there.
struct ConfigurationDecoder: Decoder {
  let node: ConfigurationNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  static func decode<T: Decodable>(_ type: T.Type, from node: ConfigurationNode, path: [any CodingKey]) throws -> T {
    if let value = try scalar(type, from: node, path: path) { return value }
    do {
      return try T(from: ConfigurationDecoder(node: node, codingPath: path))
    } catch DecodingError.dataCorrupted(let context) {
      throw mismatch(node, ConfigurationLeaf(type), path: context.codingPath)
    } catch DecodingError.typeMismatch(_, let context) {
      throw mismatch(node, ConfigurationLeaf(type), path: context.codingPath)
    } catch DecodingError.keyNotFound(let key, let context) {
      throw RunError("\(name(context.codingPath + [key])) is missing")
    }
  }

  static func mismatch(
    _ node: ConfigurationNode, _ leaf: ConfigurationLeaf, path: [any CodingKey]
  ) -> RunError {
    let shown =
      switch node {
      case .scalar(let scalar): scalar.isText ? "text '\(scalar.text)'" : "'\(scalar.text)'"
      case .list: "a list"
      case .map(let entries): entries.isEmpty ? "nothing" : "a group of keys"
      }
    return RunError("\(name(path)) is \(ConfigurationLeaf.shortened(shown)); it must be \(leaf.expectation)")
  }

  static func name(_ path: [any CodingKey]) -> String {
    path.isEmpty
      ? "the configuration" : path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }

  /// A value of one of the simple types; nil for all others.
  private static func scalar<T>(_ type: T.Type, from node: ConfigurationNode, path: [any CodingKey]) throws -> T? {
    let leaf = ConfigurationLeaf(type)
    switch leaf {
    case .boolean, .integer, .number, .text: break
    default: return nil
    }
    // An optional of a simple type comes through its own initializer.
    guard type is Bool.Type || type is String.Type || type is any Numeric.Type else { return nil }
    guard case .scalar(let scalar) = node, let value = value(of: type, from: scalar) as? T else {
      throw mismatch(node, leaf, path: path)
    }
    return value
  }

  private static func value(of type: any Any.Type, from scalar: ConfigurationNode.Scalar) -> Any? {
    if type == String.self { return scalar.isNull ? nil : scalar.text }
    guard !scalar.isText else { return nil }
    if type == Bool.self { return ["true": true, "True": true, "false": false, "False": false][scalar.text] }
    if let type = type as? any FixedWidthInteger.Type { return integer(type, scalar.text) }
    guard let number = number(scalar.text) else { return nil }
    if type == Float.self {
      // Rounded once, from the text, so that a Float comes back as it was.
      return Float(scalar.text) ?? Float(number)
    }
    return number
  }

  private static func integer<T: FixedWidthInteger>(_ type: T.Type, _ text: String) -> T? {
    T(text) ?? number(text).flatMap { T(exactly: $0) }
  }

  private static func number(_ text: String) -> Double? {
    switch text {
    case ".inf", "+.inf", "inf": return .infinity
    case "-.inf", "-inf": return -.infinity
    case ".nan", "nan": return .nan
    default:
      // Swift also reads hexadecimal and spelled-out forms, which nobody means here.
      guard text.allSatisfy({ $0.isNumber || "+-.eE".contains($0) }) else { return nil }
      return Double(text)
    }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .map(let entries) = node else {
      throw Self.mismatch(node, .structure("group of keys"), path: codingPath)
    }
    return KeyedDecodingContainer(KeyedConfigurationDecoding(entries: entries, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let items) = node else {
      throw RunError("\(Self.name(codingPath)) must be a list [..]")
    }
    return ListConfigurationDecoding(items: items, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    SingleConfigurationDecoding(node: node, codingPath: codingPath)
  }
}

extension ConfigurationLeaf {
  static func shortened(_ text: String) -> String { text.count > 60 ? text.prefix(57) + "..." : text }
}

private struct ListPosition: CodingKey {
  let intValue: Int?
  var stringValue: String { String(intValue ?? 0) }
  init(intValue: Int) { self.intValue = intValue }
  init?(stringValue: String) { return nil }
}

private struct KeyedConfigurationDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let entries: [ConfigurationNode.Entry]
  let codingPath: [any CodingKey]
  var allKeys: [Key] { entries.compactMap { Key(stringValue: $0.key) } }

  private func node(_ key: Key) throws -> ConfigurationNode {
    guard let entry = entries.first(where: { $0.key == key.stringValue }) else {
      throw RunError("\(ConfigurationDecoder.name(codingPath + [key])) is missing")
    }
    return entry.value
  }

  func contains(_ key: Key) -> Bool { entries.contains { $0.key == key.stringValue } }

  func decodeNil(forKey key: Key) throws -> Bool {
    if case .scalar(let scalar) = try node(key) { scalar.isNull } else { false }
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try ConfigurationDecoder.decode(type, from: node(key), path: codingPath + [key])
  }

  private func decoder(_ key: Key) throws -> ConfigurationDecoder {
    ConfigurationDecoder(node: try node(key), codingPath: codingPath + [key])
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try decoder(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    let node = entries.first { $0.key == "super" }?.value ?? .null
    return ConfigurationDecoder(node: node, codingPath: codingPath)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct ListConfigurationDecoding: UnkeyedDecodingContainer {
  let items: [ConfigurationNode]
  let codingPath: [any CodingKey]
  var currentIndex = 0
  var count: Int? { items.count }
  var isAtEnd: Bool { currentIndex >= items.count }

  init(items: [ConfigurationNode], codingPath: [any CodingKey]) {
    (self.items, self.codingPath) = (items, codingPath)
  }

  private var path: [any CodingKey] { codingPath + [ListPosition(intValue: currentIndex)] }

  private mutating func next() throws -> ConfigurationNode {
    guard !isAtEnd else { throw RunError("\(ConfigurationDecoder.name(path)) is missing") }
    defer { currentIndex += 1 }
    return items[currentIndex]
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, case .scalar(let scalar) = items[currentIndex], scalar.isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let path = path
    return try ConfigurationDecoder.decode(type, from: next(), path: path)
  }

  private mutating func decoder() throws -> ConfigurationDecoder {
    let path = path
    return ConfigurationDecoder(node: try next(), codingPath: path)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> { try decoder().container(keyedBy: type) }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try decoder().unkeyedContainer() }

  mutating func superDecoder() throws -> any Decoder { try decoder() }
}

private struct SingleConfigurationDecoding: SingleValueDecodingContainer {
  let node: ConfigurationNode
  let codingPath: [any CodingKey]

  func decodeNil() -> Bool {
    if case .scalar(let scalar) = node { scalar.isNull } else { false }
  }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try ConfigurationDecoder.decode(type, from: node, path: codingPath)
  }
}
