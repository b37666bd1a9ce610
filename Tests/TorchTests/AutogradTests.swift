import Testing
import Torch

@Suite("Differentiation")
struct AutogradTests {
  @Test("gradients come back for every input, nil or zeros where there is none")
  func unused() {
    let x = Tensor([1.0, 2]).requiringGradient(), y = Tensor([3.0]).requiringGradient()
    let z = x.squared().sum()
    let found = gradients(of: [z], withRespectTo: [x, y], retainGraph: true, allowUnused: true)
    #expect(found[0]?.array(of: Double.self) == [2, 4] && found[1] == nil)
    #expect(gradient(of: z, withRespectTo: [y])[0].array(of: Double.self) == [0])
  }

  @Test("nothing is recorded where recording is off")
  func switching() {
    let x = Tensor([1.0]).requiringGradient()
    #expect((x * 2).requiresGradient && !x.detached().requiresGradient)
    let y = withoutGradient { x * 2 }
    #expect(!y.requiresGradient && isGradientEnabled)
    #expect(withoutGradient { withGradient { (x * 2).requiresGradient } })
    #expect(x.isLeaf && !(x * 2).isLeaf)
  }

  @Test("the gradient of a gradient penalty through conv3d equals differences")
  func secondOrder() {
    let x = random([2, 1, 4, 4, 4]), w = random([2, 1, 3, 3, 3], seed: 2), b = random([2], seed: 3)
    func penalty(_ parameters: [Tensor], createGraph: Bool) -> Tensor {
      let input = x.requiringGradient()
      let score = input.conv3d(parameters[0], bias: parameters[1], stride: 2, padding: 1).elu().sum()
      let slope = gradients(of: [score], withRespectTo: [input], createGraph: createGraph)[0] ?? x
      return (slope.squared().sum([1, 2, 3, 4]).sqrt() - 1).squared().mean()
    }
    let leaves = [w, b].map { $0.requiringGradient() }
    let found = gradient(of: penalty(leaves, createGraph: true), withRespectTo: leaves)
    let wanted = differences(of: { penalty($0, createGraph: false) }, at: [w, b])
    expectClose(found[0].array(of: Double.self), wanted[0], tolerance: 1e-6)
    expectClose(found[1].array(of: Double.self), wanted[1], tolerance: 1e-6)
  }

  @Test("a record is used up unless it is retained")
  func retaining() throws {
    let x = Tensor([2.0]).requiringGradient()
    let y = x.exp().sum()
    let first = gradient(of: y, withRespectTo: [x], retainGraph: true)
    let second = gradient(of: y, withRespectTo: [x])
    #expect(first[0].item() == second[0].item())
    #expect(throws: TorchError.self) { try withTorchErrors { gradient(of: y, withRespectTo: [x]) } }
  }
}

/// Lives as long as somebody holds it.
private final class Witness: Sendable {}

@Suite("Functions whose backward is written in Swift")
struct CustomGradientTests {
  private func cube(_ x: Tensor, witness: Witness? = nil) -> Tensor {
    CustomGradient.apply([x]) { inputs in
      ([inputs[0] * inputs[0] * inputs[0]], [inputs[0]])
    } backward: { [witness] saved, gradients in
      withExtendedLifetime(witness) {}
      return [gradients[0].map { $0 * 3 * saved[0] * saved[0] }]
    }[0]
  }

  @Test("first, second and third derivative of a cube")
  func derivatives() {
    let x = Tensor([1.5, -2]).requiringGradient()
    let y = cube(x)
    #expect(y.array(of: Double.self) == [3.375, -8] && y.requiresGradient)
    let first = gradient(of: y.sum(), withRespectTo: [x], createGraph: true)[0]
    let second = gradient(of: first.sum(), withRespectTo: [x], createGraph: true)[0]
    let third = gradient(of: second.sum(), withRespectTo: [x])[0]
    #expect(first.array(of: Double.self) == [6.75, 12])
    #expect(second.array(of: Double.self) == [9, -12])
    #expect(third.array(of: Double.self) == [6, 6])
  }

  @Test("it fits between recorded operators")
  func chained() {
    expectGradients(of: { self.cube($0[0].sin() * 2).exp() }, at: [random([3])], tolerance: 1e-5)
  }

  @Test("an output that is saved keeps its history")
  func savedOutput() {
    let x = Tensor([0.3, -0.7]).requiringGradient()
    func exponential(_ x: Tensor) -> Tensor {
      CustomGradient.apply([x]) { inputs in
        let y = inputs[0].exp()
        return ([y], [y])
      } backward: { saved, gradients in
        [gradients[0].map { $0 * saved[0] }]
      }[0]
    }
    let first = gradient(of: exponential(x).sum(), withRespectTo: [x], createGraph: true)[0]
    let second = gradient(of: first.sum(), withRespectTo: [x])[0]
    expectClose(first, x.detached().exp(), tolerance: 1e-14)
    expectClose(second, x.detached().exp(), tolerance: 1e-14)
  }

  @Test("only what is needed is asked for, and outputs that nothing depends on have no gradient")
  func needed() {
    let x = Tensor([2.0]).requiringGradient(), y = Tensor([5.0])
    let outputs = CustomGradient.apply([x, y]) { inputs in
      ([inputs[0] * inputs[1], inputs[0] + inputs[1]], inputs)
    } selectiveBackward: { saved, gradients, needed in
      #expect(needed == [true, false] && gradients[1] == nil)
      return [gradients[0].map { $0 * saved[1] }, nil]
    }
    #expect(gradient(of: outputs[0].sum(), withRespectTo: [x])[0].item() == 5)
  }

  @Test("captures die with the record, and as soon as it is used up")
  func release() {
    weak var unusedWitness: Witness?
    weak var usedWitness: Witness?
    weak var constantWitness: Witness?
    let x = Tensor([1.0]).requiringGradient()
    do {
      let witness = Witness()
      unusedWitness = witness
      _ = cube(x, witness: witness)
    }
    #expect(unusedWitness == nil)
    let y: Tensor
    do {
      let witness = Witness()
      usedWitness = witness
      y = cube(x, witness: witness)
    }
    #expect(usedWitness != nil)
    _ = gradient(of: y.sum(), withRespectTo: [x])
    #expect(usedWitness == nil)
    do {
      let witness = Witness()
      constantWitness = witness
      #expect(!cube(x.detached(), witness: witness).requiresGradient)
    }
    #expect(constantWitness == nil)
  }

  @Test("a failure in the backward, or a wrong number of gradients, fails the differentiation")
  func failures() {
    let x = Tensor([1.0, 2]).requiringGradient()
    func broken(_ backward: @escaping CustomGradient.Backward) -> TorchError? {
      #expect(throws: TorchError.self) {
        try withTorchErrors {
          let y = CustomGradient.apply([x], forward: { ([$0[0] * 2], []) }, backward: backward)[0]
          return gradient(of: y.sum(), withRespectTo: [x])
        }
      }
    }
    let mismatch = broken { _, gradients in [gradients[0].map { $0 + Tensor([1.0, 2, 3]) }] }
    #expect(mismatch?.message.contains("[3] float64") == true)
    #expect(broken { _, _ in [] }?.message.contains("0 gradients for 1 inputs") == true)
  }
}
