/// What calls and persistent identifiers of a state dict mean.
extension PickleObjects {
  private static let mostPairs = 1 << 20

  /// The storage that a persistent identifier stands for: ("storage", class, key, device, count) and, in the legacy
  /// form, a view.
  mutating func storage(_ identifier: PickleValue, file: String) throws -> PickleValue {
    let parts = elements(of: identifier) ?? []
    if case .text("module") = parts.first ?? .none {
      throw ForeignWeightsError(
        "\(file): holds a whole module with its source; nothing was run. Save model.state_dict() with torch.save")
    }
    guard 5...6 ~= parts.count, parts[0] == .text("storage"), case .global(.storage(let element)) = parts[1],
      case .text(let key) = parts[2], case .text = parts[3], case .integer(let count) = parts[4], count >= 0
    else { throw ForeignWeightsError("\(file): refers to something outside that is not a storage of numbers") }
    guard !key.isEmpty, key.utf8.count <= 64, key.utf8.allSatisfy({ 48...57 ~= $0 || 97...122 ~= $0 || $0 == 95 })
    else {
      throw ForeignWeightsError("\(file): a storage is called \(key.prefix(64)), which PyTorch would not")
    }
    var view = 0..<count
    if parts.count == 6, parts[5] != .none {
      let viewParts = elements(of: parts[5]) ?? []
      guard viewParts.count == 3, case .integer(let offset) = viewParts[1], case .integer(let length) = viewParts[2],
        0...count ~= offset, 0...(count - offset) ~= length
      else { throw ForeignWeightsError("\(file): a view of storage \(key) that lies outside of it") }
      view = offset..<offset + length
    }
    let storage = Storage(key: key, element: element, count: count, view: view)
    if let known = places[storage] { return .storage(known) }
    places[storage] = storages.count
    storages.append(storage)
    return .storage(storages.count - 1)
  }

  /// What a call makes; nothing is called.
  mutating func make(_ made: PickleClass, _ arguments: PickleValue, file: String) throws -> PickleValue {
    guard case .tuple(let index) = arguments else { throw malformed("a call without arguments", file) }
    let values = sequences[index]
    switch made {
    case .dictionary: return try makeDictionary(values, file: file)
    case .size:
      guard values.count == 1, elements(of: values[0]) != nil else { throw malformed("a size", file) }
      return values[0]
    case .tensor: return try makeTensor(values, file: file)
    case .parameter:
      guard 3...4 ~= values.count, case .tensor = values[0] else { throw malformed("a parameter", file) }
      return values[0]
    case .storage: throw malformed("a storage that is made by a call", file)
    }
  }

  /// Without arguments, or, from Python 2, with a list of pairs.
  private mutating func makeDictionary(_ values: [PickleValue], file: String) throws -> PickleValue {
    guard let first = values.first else { return dictionary() }
    guard values.count == 1, let entries = elements(of: first) else { throw malformed("a dictionary", file) }
    // One list may be named again and again, so what calls make of lists is counted.
    pairsMade += entries.count
    guard pairsMade <= Self.mostPairs else { throw malformed("dictionaries of dictionaries", file) }
    var pairs: [Pair] = []
    for entry in entries {
      guard let pair = elements(of: entry), pair.count == 2 else { throw malformed("a dictionary", file) }
      pairs.append((pair[0], pair[1]))
    }
    return dictionary(pairs)
  }

  /// (storage, offset, size, stride, needs gradient, hooks, metadata).
  private mutating func makeTensor(_ values: [PickleValue], file: String) throws -> PickleValue {
    guard 4...7 ~= values.count, case .storage(let index) = values[0], case .integer(let offset) = values[1],
      let shape = extents(of: values[2]), let strides = extents(of: values[3]), shape.count == strides.count
    else { throw malformed("a tensor", file) }
    let view = TensorView(storage: index, offset: offset, shape: shape, strides: strides)
    guard fits(view) else {
      throw ForeignWeightsError(
        """
        \(file): a tensor of shape \(shape), strides \(strides) and offset \(offset) does not lie within its storage \
        of \(storages[index].view.count) numbers
        """)
    }
    tensors.append(view)
    return .tensor(tensors.count - 1)
  }

  /// Whether every element lies in the storage, and there are no more of them than the storage has.
  private func fits(_ tensor: TensorView) -> Bool {
    let length = storages[tensor.storage].view.count
    guard 0...length ~= tensor.offset else { return false }
    var (count, last) = (1, tensor.offset)
    for (extent, stride) in zip(tensor.shape, tensor.strides) {
      let (product, isTooMany) = count.multipliedReportingOverflow(by: extent)
      let (reach, isTooFar) = max(0, extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, isBeyond) = last.addingReportingOverflow(reach)
      guard !isTooMany, !isTooFar, !isBeyond else { return false }
      (count, last) = (product, sum)
    }
    return count == 0 || (last < length && count <= length)
  }

  private func malformed(_ what: String, _ file: String) -> ForeignWeightsError {
    ForeignWeightsError("\(file): \(what) that PyTorch would not have written; the file is damaged")
  }
}
