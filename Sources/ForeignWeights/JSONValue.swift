import Foundation

/// A JSON value: what a model's configuration consists of.
public enum JSONValue: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// Any number.
  case number(Double)
  /// A string.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Named values.
  case object([String: JSONValue])

  /// The named value of an object; nil for anything else.
  public subscript(key: String) -> JSONValue? {
    if case .object(let values) = self { values[key] } else { nil }
  }

  /// The element of a list; nil beyond its end and for anything else.
  public subscript(index: Int) -> JSONValue? {
    if case .array(let values) = self, values.indices.contains(index) { values[index] } else { nil }
  }

  /// The string, if it is one.
  public var text: String? { if case .string(let value) = self { value } else { nil } }
  /// The truth value, if it is one.
  public var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The number, if it is one.
  public var number: Double? { if case .number(let value) = self { value } else { nil } }
  /// The number as a whole one, if it is one.
  public var integer: Int? { number.flatMap { Int(exactly: $0) } }
  /// The elements, if it is a list.
  public var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
}

extension JSONValue: Decodable {
  /// The published network's configuration has 8 kB.
  package static let longestText = 1 << 20

  /// Reads any JSON value.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Parses a text; throws one line that names the file and the part of it that the text is.
  package init(parsing text: Data, part: String, of file: String) throws {
    guard text.count <= Self.longestText else {
      throw ForeignWeightsError("\(file): \(part) has \(text.count) bytes, more than the 1 MiB that are read")
    }
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: text)
    } catch {
      throw ForeignWeightsError("\(file): \(part) is not valid JSON; the file is damaged or was not written by Keras")
    }
  }
}
