import NN
import Testing
import Torch

private final class RawTensor: Module { let scale = Tensor.zeros([1]) }
private final class OptionalTensor: Module { let scale: Tensor? = .zeros([1]) }
private final class TensorArray: Module { let scales = [Tensor.zeros([1])] }
private final class TensorTuple: Module { let pair = (1, Tensor.zeros([1])) }
private final class TensorDictionary: Module { let table = ["a": Tensor.zeros([1])] }
private final class ParameterDictionary: Module { let table = ["a": Parameter(.zeros([1]))] }
private final class ModuleTuple: Module { let pair = (Dropout(rate: 0), 1) }
private final class ParameterInStruct: Module {
  struct Box { var weight = Parameter(.zeros([1])) }
  let box = Box()
}
private final class ParameterInClass: Module {
  final class Box { var weight = Parameter(.zeros([1])) }
  let box = Box()
}
private final class ParameterInEnum: Module {
  enum Kind { case learned(Parameter) }
  let kind = Kind.learned(Parameter(.zeros([1])))
}
private final class Nested: Module { let inner: [(any Module)?] = [nil, RawTensor()] }
private final class Twice: Module {
  let first: Parameter
  let again: Parameter
  init() {
    first = Parameter(.zeros([1]))
    again = first
  }
}
private final class Cycle: Module { var parent: Cycle? }
private final class Lazy: Module { lazy var weight = Parameter(.zeros([1])) }

@Suite("Tensors in places where they would be missed trap with path and fix")
struct ModuleTrapTests {
  @Test("Plain tensors")
  func plainTensors() async {
    let raw = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = RawTensor().state() }
    #expect(errorText(raw).contains("scale is a plain Tensor; make it a Parameter"))
    let optional = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OptionalTensor().parameters()
    }
    #expect(errorText(optional).contains("scale is a plain Tensor"))
    let array = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TensorArray().parameters()
    }
    #expect(errorText(array).contains("scales.0 is a plain Tensor"))
    let tuple = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TensorTuple().parameters()
    }
    #expect(errorText(tuple).contains("pair..1 is a plain Tensor"))
    let dictionary = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TensorDictionary().buffers()
    }
    #expect(errorText(dictionary).contains("is a plain Tensor"))
    let nested = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = Nested().state() }
    #expect(errorText(nested).contains("inner.1.scale is a plain Tensor"))
  }

  @Test("Parameters and modules in other containers")
  func hidden() async {
    let dictionary = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ParameterDictionary().parameters()
    }
    #expect(errorText(dictionary).contains("holds a Parameter where it is not found"))
    let tuple = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ModuleTuple().parameters()
    }
    #expect(errorText(tuple).contains("pair..0 holds a Dropout where it is not found"))
    let inStruct = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ParameterInStruct().parameters()
    }
    #expect(errorText(inStruct).contains("box.weight holds a Parameter"))
    let inClass = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ParameterInClass().parameters()
    }
    #expect(errorText(inClass).contains("box.weight holds a Parameter"))
    let inEnum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ParameterInEnum().parameters()
    }
    #expect(errorText(inEnum).contains("kind.learned holds a Parameter"))
  }

  @Test("Shared leaves, cycles and lazy properties")
  func identity() async {
    let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Twice().parameters()
    }
    #expect(errorText(twice).contains("again is the same object as first"))
    await #expect(processExitsWith: .failure) {
      let cycle = Cycle()
      cycle.parent = cycle
      _ = cycle.parameters()
    }
    let lazy = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let module = Lazy()
      _ = module.weight
      _ = module.parameters()
    }
    #expect(errorText(lazy).contains("lazy property"))
  }
}
