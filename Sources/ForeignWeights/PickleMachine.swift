import Foundation

/// Reads one pickle without running anything: instructions that a state dict does not need and classes that it does not
/// hold are refused by name.
///
/// *Limits*: a million instructions; every length is held against the bytes that are there before anything is copied.
struct PickleMachine {
  private static let mostInstructions = 1 << 20
  private static let longestName = 256

  private let bytes: UnsafeRawBufferPointer
  private let name: String
  /// Where the next instruction lies; after `run`, the byte after the pickle.
  private(set) var position: Int
  private(set) var objects = PickleObjects()
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  /// A pickle at a position of a file that is called `name`.
  init(_ bytes: UnsafeRawBufferPointer, at position: Int, name: String) {
    (self.bytes, self.position, self.name) = (bytes, position, name)
  }

  /// The value that the pickle holds.
  mutating func run() throws -> PickleValue {
    guard position < bytes.count, bytes[position] == PickleOpcode.protocol.rawValue else {
      throw damaged("no pickle where one should begin")
    }
    for _ in 0..<Self.mostInstructions {
      let byte = UInt8(try integer(width: 1))
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw refusal("the instruction \(PickleOpcode.name(of: byte))")
      }
      if opcode == .stop {
        guard marks.isEmpty, stack.count == 1 else { throw damaged("a pickle that ends in the middle") }
        return stack[0]
      }
      try execute(opcode)
    }
    throw ForeignWeightsError("\(name): more than \(Self.mostInstructions) instructions; no state dict needs so many")
  }

  private mutating func execute(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .stop, .protocol, .frame: try skipHeading(opcode)
    case .none, .yes, .no, .binaryInteger, .oneByteInteger, .twoByteInteger, .longInteger, .binaryFloat:
      stack.append(try number(opcode))
    case .string, .unicode: stack.append(.text(try text(lengthWidth: 4)))
    case .shortString, .shortUnicode: stack.append(.text(try text(lengthWidth: 1)))
    case .global: stack.append(try global(module: line(), name: line()))
    case .stackGlobal:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else { throw misplaced(opcode) }
      stack.append(try global(module: module, name: name))
    case .put: memo[try integer(width: 1)] = try top()
    case .longPut: memo[try integer(width: 4)] = try top()
    case .memoize: memo[memo.count] = try top()
    case .get: stack.append(try remembered(try integer(width: 1)))
    case .longGet: stack.append(try remembered(try integer(width: 4)))
    default: try executeContainer(opcode)
    }
  }

  private mutating func executeContainer(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .mark: marks.append(stack.count)
    case .emptyTuple: stack.append(objects.tuple([]))
    case .tuple: stack.append(objects.tuple(try popToMark()))
    case .tupleOfOne, .tupleOfTwo, .tupleOfThree:
      let values = try (PickleOpcode.tupleOfOne.rawValue...opcode.rawValue).map { _ in try pop() }
      stack.append(objects.tuple(values.reversed()))
    case .emptyList: stack.append(objects.list())
    case .append: try extendList(by: [try pop()], opcode)
    case .appendMany: try extendList(by: try popToMark(), opcode)
    case .emptyDictionary: stack.append(objects.dictionary())
    case .setItem:
      let value = try pop()
      try extendDictionary(by: [try pop(), value], opcode)
    case .setItems: try extendDictionary(by: try popToMark(), opcode)
    case .persistentIdentifier:
      let identifier = try pop()
      stack.append(try objects.storage(identifier, file: name))
    case .reduce:
      let arguments = try pop()
      guard case .global(let made) = try pop() else { throw misplaced(opcode) }
      stack.append(try objects.make(made, arguments, file: name))
    case .build:
      // A state dict carries the versions of its modules as an attribute; nothing here depends on them.
      guard case .dictionary = try pop(), case .dictionary = try top() else {
        throw refusal("an object with a state of its own (BUILD)")
      }
    default: throw misplaced(opcode)
    }
  }

  // MARK: - What instructions carry

  private mutating func skipHeading(_ opcode: PickleOpcode) throws {
    if opcode == .protocol {
      let version = try integer(width: 1)
      guard 2...5 ~= version else { throw ForeignWeightsError("\(name): a pickle of protocol \(version), not 2 to 5") }
    } else {
      // Frames only help to read from a stream.
      _ = try integer(width: 8)
    }
  }

  private mutating func number(_ opcode: PickleOpcode) throws -> PickleValue {
    switch opcode {
    case .yes: return .flag(true)
    case .no: return .flag(false)
    case .binaryInteger: return .integer(Int(Int32(truncatingIfNeeded: try integer(width: 4))))
    case .oneByteInteger: return .integer(try integer(width: 1))
    case .twoByteInteger: return .integer(try integer(width: 2))
    case .binaryFloat:
      let pattern = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return .real(Double(bitPattern: pattern))
    case .longInteger:
      let digits = Array(try take(try integer(width: 1)))
      guard digits.count <= 8 else { return .hugeInteger(digits) }
      let isNegative = (digits.last ?? 0) >= 0x80
      let pattern = digits.reversed().reduce(isNegative ? ~UInt64(0) : 0) { $0 << 8 | UInt64($1) }
      return .integer(Int(Int64(bitPattern: pattern)))
    default: return .none
    }
  }

  /// An unsigned little-endian number; one of eight bytes that does not fit is refused.
  private mutating func integer(width: Int) throws -> Int {
    let pattern = try take(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let value = Int(exactly: pattern) else { throw damaged("a length of \(pattern) bytes") }
    return value
  }

  private mutating func text(lengthWidth: Int) throws -> String {
    let count = try integer(width: lengthWidth)
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw damaged("a text that is not UTF-8")
    }
    return text
  }

  private mutating func line() throws -> String {
    let limit = min(bytes.count, position + Self.longestName)
    guard let end = bytes[position..<limit].firstIndex(of: 0x0A) else { throw damaged("a name without an end") }
    defer { position = end + 1 }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  private mutating func take(_ count: Int) throws -> Slice<UnsafeRawBufferPointer> {
    guard count <= bytes.count - position else { throw damaged("the file ends within it") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  // MARK: - Stack

  private func top() throws -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else { throw damaged("an instruction without a value") }
    return value
  }

  private mutating func pop() throws -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged("an end without a beginning") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private func remembered(_ index: Int) throws -> PickleValue {
    guard let value = memo[index] else { throw damaged("a value that was never there") }
    return value
  }

  private mutating func extendList(by values: [PickleValue], _ opcode: PickleOpcode) throws {
    guard case .list(let index) = try top() else { throw misplaced(opcode) }
    objects.sequences[index] += values
  }

  private mutating func extendDictionary(by values: [PickleValue], _ opcode: PickleOpcode) throws {
    guard case .dictionary(let index) = try top(), values.count.isMultiple(of: 2) else { throw misplaced(opcode) }
    for pair in stride(from: 0, to: values.count, by: 2) {
      objects.dictionaries[index].append((values[pair], values[pair + 1]))
    }
  }

  private func global(module: String, name symbol: String) throws -> PickleValue {
    guard let known = PickleClass(module: module, name: symbol) else {
      throw refusal("\(module.prefix(Self.longestName)).\(symbol.prefix(Self.longestName))")
    }
    return .global(known)
  }

  // MARK: - Refusals

  private func damaged(_ what: String) -> ForeignWeightsError {
    ForeignWeightsError("\(name): damaged or truncated at byte \(position): \(what)")
  }

  private func misplaced(_ opcode: PickleOpcode) -> ForeignWeightsError {
    damaged("\(opcode) without the values that it needs")
  }

  private func refusal(_ what: String) -> ForeignWeightsError {
    ForeignWeightsError(
      "\(name): asks for \(what), which no state dict needs; nothing was run. Save model.state_dict() with torch.save")
  }
}
