import Torch

/// One walk over a module's properties. Its result is used at once and never kept, so it cannot go stale.
struct ModuleDiscovery {
  /// A parameter or buffer with its key.
  struct Leaf {
    enum Kind {
      case parameter(Parameter)
      case buffer(Buffer)
    }

    var key: String
    var kind: Kind

    var value: Tensor {
      switch kind {
      case .parameter(let parameter): parameter.value
      case .buffer(let buffer): buffer.value
      }
    }

    func replaceValue(_ change: (Tensor) -> Tensor) {
      switch kind {
      case .parameter(let parameter): parameter.value = change(parameter.value)
      case .buffer(let buffer): buffer.value = change(buffer.value)
      }
    }
  }

  private(set) var leaves: [Leaf] = []
  private var paths: [ObjectIdentifier: String] = [:]

  init(_ module: any Module) {
    walk(module: module, path: "")
  }

  private mutating func walk(module: any Module, path: String) {
    enter(module, path: path.isEmpty ? "the module itself" : path)
    var mirror: Mirror? = Mirror(reflecting: module)
    while let current = mirror {
      for child in current.children {
        let label = child.label ?? "?"
        walk(child.value, path: path.isEmpty ? label : "\(path).\(label)")
      }
      mirror = current.superclassMirror
    }
  }

  private mutating func walk(_ value: Any, path: String) {
    switch value {
    case let parameter as Parameter: add(.parameter(parameter), parameter, path: path)
    case let buffer as Buffer: add(.buffer(buffer), buffer, path: path)
    case let module as any Module: walk(module: module, path: path)
    default: walkContainer(value, path: path)
    }
  }

  private mutating func walkContainer(_ value: Any, path: String) {
    if value is any HoldsNoTensors { return }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      for child in mirror.children { walk(child.value, path: path) }
    case .collection where value is [Any]:
      for (index, child) in mirror.children.enumerated() { walk(child.value, path: "\(path).\(index)") }
    default:
      var seen: Set<ObjectIdentifier> = []
      Self.refuseHidden(value, path: path, seen: &seen)
    }
  }

  private mutating func add(_ kind: Leaf.Kind, _ object: AnyObject, path: String) {
    if path.contains("$__lazy_storage_$_") {
      fatalError(
        "\(path) is a lazy property; make it a stored one, so that it is always found and its key does not change")
    }
    enter(object, path: path)
    leaves.append(Leaf(key: path, kind: kind))
  }

  private mutating func enter(_ object: AnyObject, path: String) {
    if let other = paths.updateValue(path, forKey: ObjectIdentifier(object)) {
      fatalError("\(path) is the same object as \(other); let one property own it and use it from there")
    }
  }

  /// Traps if anything below `value` is a tensor, a leaf or a module: it would be missed by training and by files.
  private static func refuseHidden(_ value: Any, path: String, seen: inout Set<ObjectIdentifier>) {
    switch value {
    case is any HoldsNoTensors: return
    case is Tensor:
      fatalError("\(path) is a plain Tensor; make it a Parameter (learned) or a Buffer (kept in files)")
    case is Parameter, is Buffer, is any Module:
      fatalError(
        """
        \(path) holds a \(type(of: value)) where it is not found; \
        make it a direct property, an optional or an array of a Module
        """
      )
    default: break
    }
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .class, !seen.insert(ObjectIdentifier(value as AnyObject)).inserted { return }
    for (index, child) in mirror.children.enumerated() {
      refuseHidden(child.value, path: "\(path).\(child.label ?? String(index))", seen: &seen)
    }
  }
}

/// Types that the walk need not look into: saves time on long arrays of numbers.
private protocol HoldsNoTensors {}

extension Int: HoldsNoTensors {}
extension UInt64: HoldsNoTensors {}
extension UInt8: HoldsNoTensors {}
extension Float: HoldsNoTensors {}
extension Double: HoldsNoTensors {}
extension Bool: HoldsNoTensors {}
extension String: HoldsNoTensors {}
extension Array: HoldsNoTensors where Element: HoldsNoTensors {}
extension Generator: HoldsNoTensors {}
// What it holds follows from the parameters.
extension SpectralKernelCache: HoldsNoTensors {}
