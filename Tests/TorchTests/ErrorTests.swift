import Testing
import Torch

@Suite("Failing operators")
struct ErrorTests {
  @Test("the first failure in a scope is thrown, with operator, shapes, types and devices")
  func thrown() {
    let error = #expect(throws: TorchError.self) {
      try withTorchErrors {
        let sum = Tensor.zeros([2, 3]) + Tensor.zeros([4], dtype: .int64)
        #expect(sum.shape == [2, 3])
        return sum.matmul(Tensor.zeros([7, 7]))
      }
    }
    #expect(error?.operation == "+")
    #expect(error?.message.contains("[2, 3] float32 cpu") == true)
    #expect(error?.message.contains("[4] int64 cpu") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("without a failure the result comes through, and thrown errors too")
  func untouched() throws {
    struct Other: Error {}
    #expect(try withTorchErrors { Tensor([1.0]) + 1 }.item() == 2)
    #expect(throws: Other.self) { try withTorchErrors { throw Other() } }
  }

  @Test("the innermost scope takes a failure")
  func nesting() throws {
    let result = try withTorchErrors {
      let inner = #expect(throws: TorchError.self) { try withTorchErrors { Tensor.zeros([2]).reshaped([3]) } }
      #expect(inner?.operation == "reshaped")
      return 1
    }
    #expect(result == 1)
  }

  @Test("every kind of misuse is a failure, not a crash")
  func kinds() {
    let x = Tensor.zeros([2, 3])
    let misuses: [() -> Any] = [
      { Tensor([1.0, 2], shape: [3]) }, { Tensor.zeros([-1]) }, { x.item() }, { x.split([1, 1], dim: 1) },
      { x.max(dim: 5) }, { x.permuted([0, 0]) }, { Tensor.concatenated([]) }, { x.selected(0, index: 9) },
      { x.conv3d(x) }, { x.dropout(2, generator: Generator(seed: 1)) }, { x.copy(from: Tensor.zeros([5])) },
      { gradients(of: [x], withRespectTo: [x]) }, { Tensor.einsum("ab", []) }, { x.requiringGradient().zeroInPlace() },
      { Tensor.zeros([1 << 40]) }, { Tensor.zeros([2], device: .cuda(100)) },
      { x.indexSelect(0, Tensor([9] as [Int64])) },
    ]
    for (index, misuse) in misuses.enumerated() {
      #expect(throws: TorchError.self, "misuse \(index)") { _ = try withTorchErrors(misuse) }
    }
  }

  @Test("outside a scope a failure traps and says what was given")
  func trap() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]) + Tensor.zeros([4], dtype: .int64)
    }
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(said.contains("[2, 3] float32 cpu") && said.contains("[4] int64 cpu"))
  }
}
