/// A value on the stack of a pickle.
///
/// Containers, storages and tensors are numbers of places in `PickleObjects`: values never nest, so a pickle that nests a
/// million deep, or holds itself, costs no stack and leaks nothing.
enum PickleValue: Equatable {
  case none
  case flag(Bool)
  case integer(Int)
  /// An integer of more than eight bytes, little-endian.
  case hugeInteger([UInt8])
  case real(Double)
  case text(String)
  case global(PickleClass)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case storage(Int)
  case tensor(Int)
}

/// The classes and functions that a state dict needs; nothing of them is called, they only tell what follows.
enum PickleClass: Equatable {
  case dictionary
  case size
  case tensor
  case parameter
  case storage(PyTorchElement)

  /// Nil for every other name.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"), ("builtins", "dict"), ("__builtin__", "dict"): self = .dictionary
    case ("torch", "Size"): self = .size
    case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"): self = .tensor
    case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"): self = .parameter
    case ("torch", _):
      guard name.hasSuffix("Storage"), let element = PyTorchElement(rawValue: String(name.dropLast(7))) else {
        return nil
      }
      self = .storage(element)
    default: return nil
    }
  }
}

/// What a pickle has made.
struct PickleObjects {
  /// Values that tensors look into.
  struct Storage: Hashable {
    var key: String
    var element: PyTorchElement
    /// Elements in the whole storage.
    var count: Int
    /// The part that is meant, in files of the first versions of PyTorch.
    var view: Range<Int>
  }

  /// A view into a storage.
  struct TensorView: Equatable {
    var storage: Int
    var offset: Int
    var shape: [Int]
    var strides: [Int]
  }

  private static let largestRank = 16

  typealias Pair = (key: PickleValue, value: PickleValue)

  var sequences: [[PickleValue]] = []
  var dictionaries: [[Pair]] = []
  var storages: [Storage] = []
  /// Where each storage is in the list.
  var places: [Storage: Int] = [:]
  var tensors: [TensorView] = []
  /// Pairs that calls made of lists.
  var pairsMade = 0

  mutating func tuple(_ values: some Sequence<PickleValue>) -> PickleValue {
    sequences.append(Array(values))
    return .tuple(sequences.count - 1)
  }

  mutating func list() -> PickleValue {
    sequences.append([])
    return .list(sequences.count - 1)
  }

  mutating func dictionary(_ pairs: [Pair] = []) -> PickleValue {
    dictionaries.append(pairs)
    return .dictionary(dictionaries.count - 1)
  }

  /// The elements of a tuple or a list.
  func elements(of value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let index), .list(let index): sequences[index]
    default: nil
    }
  }

  /// Numbers that are not negative, one per axis, out of a tuple or a list.
  func extents(of value: PickleValue) -> [Int]? {
    guard let elements = elements(of: value), elements.count <= Self.largestRank else { return nil }
    var extents: [Int] = []
    for element in elements {
      guard case .integer(let extent) = element, extent >= 0 else { return nil }
      extents.append(extent)
    }
    return extents
  }
}
