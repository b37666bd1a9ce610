/// What the pickle of a checkpoint holds: its root and all that hangs on it.
struct PyTorchContent {
  private static let deepest = 4
  private static let mostGroups = 4096

  let root: PickleValue
  let objects: PickleObjects

  /// One storage per key; the same key with two meanings is refused.
  func storages(file: String) throws -> [String: PickleObjects.Storage] {
    var storages: [String: PickleObjects.Storage] = [:]
    for storage in objects.storages {
      if let known = storages[storage.key], (known.element, known.count) != (storage.element, storage.count) {
        throw ForeignWeightsError("\(file): storage \(storage.key) is said to be two things; the file is damaged")
      }
      storages[storage.key] = storage
    }
    return storages
  }

  /// All dictionaries that hold tensors, and a tensor that was saved alone.
  func groups(file: String) throws -> [PyTorchFile.Group] {
    if case .tensor(let index) = root {
      return [PyTorchFile.Group(path: "", tensors: [tensor(index, name: "")], others: [])]
    }
    guard case .dictionary(let first) = root else {
      throw ForeignWeightsError("\(file): holds no dictionary of tensors; save model.state_dict() with torch.save")
    }
    var groups: [PyTorchFile.Group] = []
    var visited: Set<Int> = []
    var waiting = [(path: [String](), dictionary: first)]
    while let (path, dictionary) = waiting.popLast() {
      // A dictionary may be named again and again, or hold itself.
      guard visited.insert(dictionary).inserted, visited.count <= Self.mostGroups else { continue }
      var (group, below) = try contents(of: dictionary, path: path, file: file)
      if path.count >= Self.deepest { below = [] }
      if !group.tensors.isEmpty { groups.append(group) }
      waiting += below.reversed()
    }
    return groups
  }

  private func contents(
    of dictionary: Int, path: [String], file: String
  ) throws -> (PyTorchFile.Group, [(path: [String], dictionary: Int)]) {
    var group = PyTorchFile.Group(path: path.joined(separator: "/"), tensors: [], others: [])
    var below: [(path: [String], dictionary: Int)] = []
    var names: Set<String> = []
    for (key, value) in objects.dictionaries[dictionary] {
      guard case .text(let name) = key else { continue }
      guard names.insert(name).inserted, !name.isEmpty else {
        throw ForeignWeightsError("\(file): two entries are called \(name.prefix(100)); the file is damaged")
      }
      switch value {
      case .tensor(let index): group.tensors.append(tensor(index, name: name))
      case .dictionary(let index): below.append((path + [name], index))
      default: group.others.append(name)
      }
    }
    return (group, below)
  }

  private func tensor(_ index: Int, name: String) -> PyTorchFile.Tensor {
    let view = objects.tensors[index]
    let storage = objects.storages[view.storage]
    return PyTorchFile.Tensor(
      name: name, shape: view.shape, element: storage.element,
      place: .init(storage: storage.key, offset: storage.view.lowerBound + view.offset, strides: view.strides))
  }
}
