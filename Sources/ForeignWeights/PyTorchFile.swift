import Foundation

/// Tensors out of a file that `torch.save` wrote, in the zip form (since PyTorch 1.6) or the legacy one.
///
/// Nothing in the file is run. Values are decoded only when they are asked for, so a file can be refused by its names and
/// shapes before any memory is spent.
///
/// *Limits*: files up to 1 GiB; state dicts and dictionaries of them, single tensors; no whole modules, no TorchScript, no
/// sparse or quantised tensors.
///
/// *Reference*: PyTorch, `torch/serialization.py` and `torch/_utils.py`.
public struct PyTorchFile: Sendable {
  /// One tensor.
  public struct Tensor: Sendable, Equatable {
    /// Its key in the dictionary that holds it; empty for a tensor that was saved alone.
    public var name: String
    /// Extents.
    public var shape: [Int]
    /// What it holds.
    public var element: PyTorchElement
    let place: Place

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }
  }

  /// A dictionary that holds tensors under texts.
  public struct Group: Sendable, Equatable {
    /// The keys that lead to it, with slashes; empty for the file's own dictionary.
    public var path: String
    /// In the file's order.
    public var tensors: [Tensor]
    /// Names of things in it that are neither tensors nor dictionaries, such as an epoch.
    public var others: [String]

    /// The tensor of this name.
    public func tensor(_ name: String) -> Tensor? { tensors.first { $0.name == name } }
  }

  /// Where a tensor's elements lie.
  struct Place: Sendable, Equatable {
    var storage: String
    var offset: Int
    var strides: [Int]
  }

  /// What the file is called, for messages.
  public let name: String
  /// Dictionaries with tensors, in the file's order.
  public let groups: [Group]
  private let source: PyTorchSource

  /// Reads names and shapes of a file.
  ///
  /// *Throws*: `ForeignWeightsError` if it is missing, damaged, too large, not one of PyTorch's, or asks for anything that a
  /// state dict does not need.
  public init(contentsOf file: URL) throws {
    let bytes = try WeightsFile.read(file)
    try self.init(bytes, name: file.lastPathComponent)
  }

  /// Reads a file that is in memory.
  package init(_ bytes: Data, name: String) throws {
    self.name = name
    let content: PyTorchContent
    switch try WeightsFile.Kind(recognising: bytes, name: name) {
    case .pyTorchArchive: (source, content) = try PyTorchSource.archive(bytes, name: name)
    case .pyTorchLegacy: (source, content) = try PyTorchSource.legacy(bytes, name: name)
    case let other: throw ForeignWeightsError("\(name): is \(other.rawValue), not a file that torch.save wrote")
    }
    groups = try content.groups(file: name)
  }

  /// The dictionary of a network: the one below a usual name such as `model_state_dict`, or the file's own.
  ///
  /// *Throws*: `ForeignWeightsError` if there is none, or several and none is called so.
  public func stateDictionary() throws -> Group {
    // The usual names first: a checkpoint may hold single tensors beside them, a state dict holds no dictionaries.
    for name in ["state_dict", "model_state_dict", "model", "network", "generator", "net"] {
      if let group = groups.first(where: { $0.path == name }) { return group }
    }
    if let own = groups.first(where: { $0.path.isEmpty && $0.tensors.allSatisfy { !$0.name.isEmpty } }) { return own }
    let candidates = groups.filter { !$0.path.isEmpty && !$0.path.contains("optim") }
    if let only = candidates.first, candidates.count == 1 { return only }
    let found =
      candidates.isEmpty ? "nothing that maps names to tensors" : candidates.map(\.path).joined(separator: ", ")
    throw ForeignWeightsError("\(name): holds \(found) where one state dict is wanted; save model.state_dict()")
  }

  /// The only tensor of the file: saved alone, or in a dictionary beside things that are none.
  ///
  /// *Throws*: `ForeignWeightsError` if there are several.
  public func singleTensor() throws -> Tensor {
    let all = groups.flatMap(\.tensors)
    guard let only = all.first, all.count == 1 else {
      throw ForeignWeightsError("\(name): holds \(all.count) tensors where one is wanted")
    }
    return only
  }

  /// Values in row-major order; numbers without fractions are converted.
  public func floats(_ tensor: Tensor) throws -> [Float] {
    try elements(tensor) { tensor.element.float($0, $1) }
  }

  /// Values in row-major order.
  ///
  /// *Throws*: `ForeignWeightsError` if the tensor holds numbers with fractions.
  public func integers(_ tensor: Tensor) throws -> [Int64] {
    guard !tensor.element.isFloatingPoint else {
      throw ForeignWeightsError("\(name): \(tensor.name) holds \(tensor.element), where whole numbers are wanted")
    }
    return try elements(tensor) { tensor.element.integer($0, $1) }
  }

  private func elements<Value>(
    _ tensor: Tensor, _ value: (UnsafeRawBufferPointer, Int) -> Value
  ) throws -> [Value] {
    guard tensor.count > 0 else { return [] }
    return try source.storage(tensor.place.storage, file: name).withUnsafeBytes { bytes in
      var values: [Value] = []
      values.reserveCapacity(tensor.count)
      var index = [Int](repeating: 0, count: tensor.shape.count)
      var at = tensor.place.offset
      while true {
        values.append(value(bytes, at))
        var axis = index.count - 1
        while axis >= 0 {
          index[axis] += 1
          at += tensor.place.strides[axis]
          if index[axis] < tensor.shape[axis] { break }
          at -= tensor.place.strides[axis] * tensor.shape[axis]
          index[axis] = 0
          axis -= 1
        }
        guard axis >= 0 else { return values }
      }
    }
  }
}
