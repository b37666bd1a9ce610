/// A part of a tree while it is built.
final class ConfigurationBuilder {
  private enum Content {
    case empty
    case scalar(ConfigurationNode.Scalar)
    case map([(key: String, value: ConfigurationBuilder)])
    case list([ConfigurationBuilder])
  }

  private var content = Content.empty
  private var leaf: ConfigurationLeaf?

  func finish(path: [String], leaves: inout [String: ConfigurationLeaf]) -> ConfigurationNode {
    if let leaf { leaves[path.joined(separator: ".")] = leaf }
    switch content {
    case .empty: return .map([])
    case .scalar(let scalar): return .scalar(scalar)
    case .map(let children):
      return .map(
        children.map { child in
          ConfigurationNode.Entry(key: child.key, value: child.value.finish(path: path + [child.key], leaves: &leaves))
        })
    case .list(let children):
      return .list(children.enumerated().map { $1.finish(path: path + [String($0)], leaves: &leaves) })
    }
  }

  func encode<T: Encodable>(_ value: T, path: [any CodingKey]) throws {
    switch value {
    case let value as Bool: setScalar(String(value))
    case let value as any FixedWidthInteger: setScalar(String(describing: value))
    case let value as Double: setScalar(Self.text(value))
    case let value as Float:
      setScalar(value.isFinite ? Self.decimal(String(describing: value)) : Self.text(Double(value)))
    case let value as String: content = .scalar(.init(text: value, isText: true))
    default:
      try value.encode(to: ConfigurationEncoder(builder: self, codingPath: path))
      try note(T.self, value)
      return
    }
    leaf = ConfigurationLeaf(T.self)
  }

  /// A value that is not there now but may be set.
  func encodeNil<T>(as type: T.Type) {
    setScalar("null")
    leaf = ConfigurationLeaf(type)
  }

  func setNull() { setScalar("null") }

  func child(_ key: String) -> ConfigurationBuilder {
    let child = ConfigurationBuilder()
    guard case .map(var children) = content else {
      content = .map([(key, child)])
      return child
    }
    if let index = children.firstIndex(where: { $0.key == key }) {
      children[index].value = child
    } else {
      children.append((key, child))
    }
    content = .map(children)
    return child
  }

  func appendChild() -> ConfigurationBuilder {
    let child = ConfigurationBuilder()
    guard case .list(let children) = content else {
      content = .list([child])
      return child
    }
    content = .list(children + [child])
    return child
  }

  var childCount: Int {
    if case .list(let children) = content { children.count } else { 0 }
  }

  func beginMap() {
    if case .empty = content { content = .map([]) }
  }

  func beginList() {
    if case .empty = content { content = .list([]) }
  }

  /// Whether anything was encoded; an encoder that made nothing is an error of its type.
  private func note<T>(_ type: T.Type, _ value: T) throws {
    if let choices = ConfigurationLeaf.choices(of: type) {
      leaf = .choice(choices)
    } else if case .list = content {
      // A list of structures is changed through its elements' paths.
      let list = ConfigurationLeaf(type)
      if case .list(.structure) = list { return }
      leaf = list
    } else if case .map(let children) = content, children.count == 1, children[0].key == Self.caseName(of: value) {
      leaf = .variant(String(describing: type))
    } else if case .scalar = content, leaf == nil {
      leaf = ConfigurationLeaf(type)
    }
  }

  /// The name of an enumeration's case; nil for other values. One that is written without its case's name, as its payload alone,
  /// is set by the payload's paths.
  private static func caseName(of value: some Any) -> String? {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .enum else { return nil }
    return mirror.children.first?.label ?? String(describing: value)
  }

  private func setScalar(_ text: String) { content = .scalar(.init(text: text, isText: false)) }

  private static func text(_ value: Double) -> String {
    if value.isNaN { return ".nan" }
    if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
    return decimal(String(describing: value))
  }

  /// YAML 1.1 readers take `1e-07` for text: they need the point.
  private static func decimal(_ text: String) -> String {
    guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }
}

/// Encodes any configuration value into a ``ConfigurationBuilder``.
struct ConfigurationEncoder: Encoder {
  let builder: ConfigurationBuilder
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    builder.beginMap()
    return KeyedEncodingContainer(KeyedConfigurationEncoding(builder: builder, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    builder.beginList()
    return ListConfigurationEncoding(builder: builder, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleConfigurationEncoding(builder: builder, codingPath: codingPath)
  }
}

private struct KeyedConfigurationEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let builder: ConfigurationBuilder
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) { builder.child(key.stringValue).setNull() }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try builder.child(key.stringValue).encode(value, path: codingPath + [key])
  }

  private func encodeOptional<T: Encodable>(_ value: T?, _ key: Key) throws {
    let child = builder.child(key.stringValue)
    if let value { try child.encode(value, path: codingPath + [key]) } else { child.encodeNil(as: T.self) }
  }

  // The standard versions drop what is nil; a configuration shows it, so that it can be set. Each type has its own requirement.
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try encodeOptional(value, key) }
  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { try encodeOptional(value, key) }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested>
  {
    ConfigurationEncoder(builder: builder.child(key.stringValue), codingPath: codingPath + [key]).container(
      keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    ConfigurationEncoder(builder: builder.child(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    ConfigurationEncoder(builder: builder.child("super"), codingPath: codingPath)
  }

  func superEncoder(forKey key: Key) -> any Encoder {
    ConfigurationEncoder(builder: builder.child(key.stringValue), codingPath: codingPath + [key])
  }
}

private struct ListConfigurationEncoding: UnkeyedEncodingContainer {
  let builder: ConfigurationBuilder
  let codingPath: [any CodingKey]
  var count: Int { builder.childCount }

  func encodeNil() { builder.appendChild().setNull() }

  func encode<T: Encodable>(_ value: T) throws { try builder.appendChild().encode(value, path: codingPath) }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    ConfigurationEncoder(builder: builder.appendChild(), codingPath: codingPath).container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    ConfigurationEncoder(builder: builder.appendChild(), codingPath: codingPath).unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    ConfigurationEncoder(builder: builder.appendChild(), codingPath: codingPath)
  }
}

private struct SingleConfigurationEncoding: SingleValueEncodingContainer {
  let builder: ConfigurationBuilder
  let codingPath: [any CodingKey]

  func encodeNil() { builder.setNull() }

  func encode<T: Encodable>(_ value: T) throws { try builder.encode(value, path: codingPath) }
}
