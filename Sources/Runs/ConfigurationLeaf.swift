/// What a leaf of a configuration may hold, for messages and for reading `path=value`.
indirect enum ConfigurationLeaf: Sendable, Equatable {
  case boolean
  case integer
  case number
  case text
  case choice([String])
  case list(ConfigurationLeaf)
  /// An enumeration with payloads: `name` or `{name: {...}}`.
  case variant(String)
  case structure(String)

  /// The leaf that a value of `type` makes.
  init(_ type: any Any.Type) {
    if let choices = Self.choices(of: type) {
      self = .choice(choices)
    } else if let optional = type as? any OptionalType.Type {
      self = ConfigurationLeaf(optional.wrappedType)
    } else if let list = type as? any ListType.Type {
      self = .list(ConfigurationLeaf(list.elementType))
    } else if type == Bool.self {
      self = .boolean
    } else if type is any FixedWidthInteger.Type {
      self = .integer
    } else if type is any BinaryFloatingPoint.Type {
      self = .number
    } else if type == String.self {
      self = .text
    } else {
      self = .structure(String(describing: type))
    }
  }

  /// The type as a user calls it.
  var expectation: String {
    switch self {
    case .boolean: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .text: "text"
    case .choice(let choices): "one of " + choices.joined(separator: ", ")
    case .list(let element): "a list [..], each \(element.expectation)"
    case .variant(let name): "a \(name), as name or {name: {...}}"
    case .structure(let name): "a \(name), as {key: value, ...}"
    }
  }

  static func choices(of type: any Any.Type) -> [String]? {
    guard let type = type as? any (CaseIterable & RawRepresentable).Type else { return nil }
    func names<T: CaseIterable & RawRepresentable>(_: T.Type) -> [String] {
      T.allCases.compactMap { $0.rawValue as? String }
    }
    let choices = names(type)
    return choices.isEmpty ? nil : choices
  }
}

/// Lets a list's element type be asked of its type alone, as is needed for an empty one.
private protocol ListType { static var elementType: any Any.Type { get } }
extension Array: ListType { static var elementType: any Any.Type { Element.self } }

private protocol OptionalType { static var wrappedType: any Any.Type { get } }
extension Optional: OptionalType { static var wrappedType: any Any.Type { Wrapped.self } }

/// A tree together with what its leaves may hold.
struct ConfigurationSchema {
  var tree: ConfigurationNode
  /// By path, joined with points.
  var leaves: [String: ConfigurationLeaf]

  /// The tree and leaves of a configuration value.
  init(of value: some Encodable) throws {
    let builder = ConfigurationBuilder()
    try builder.encode(value, path: [])
    var leaves: [String: ConfigurationLeaf] = [:]
    tree = builder.finish(path: [], leaves: &leaves)
    self.leaves = leaves
  }

  /// The paths that can be set, in the order of the configuration.
  var settablePaths: [String] {
    tree.paths().map { $0.joined(separator: ".") }.filter { leaves[$0] != nil }
  }
}
