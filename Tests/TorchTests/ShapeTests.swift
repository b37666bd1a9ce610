import Testing
import Torch

@Suite("Shape, reductions and indexing")
struct ShapeTests {
  let x = Tensor.arange(24, dtype: .float64).reshaped([2, 3, 4])

  @Test("rearranging moves every element where it belongs")
  func rearranging() {
    #expect(x.shape == [2, 3, 4] && x.rank == 3 && x.count == 24)
    #expect(x.permuted([2, 0, 1]).shape == [4, 2, 3])
    #expect(x.permuted([2, 0, 1]).array(of: Int.self).prefix(7) == [0, 4, 8, 12, 16, 20, 1])
    #expect(x.transposed().shape == [2, 4, 3] && !x.transposed().isContiguous())
    #expect(x.transposed(0, 2).contiguous().strides == [6, 2, 1])
    #expect(x.reshaped([4, -1]).shape == [4, 6])
    #expect(x.flattened(from: 1).shape == [2, 12])
    #expect(x.unsqueezed(1).shape == [2, 1, 3, 4] && x.unsqueezed(1).squeezed(1).shape == [2, 3, 4])
    #expect(Tensor.zeros([1, 2, 1]).squeezed().shape == [2])
    #expect(x.narrowed(2, start: 1, length: 2).array(of: Int.self).prefix(4) == [1, 2, 5, 6])
    #expect(x.sliced(2, start: 0, end: 4, step: 2).array(of: Int.self).prefix(4) == [0, 2, 4, 6])
    #expect(x.selected(0, index: 1).selected(0, index: -1).array(of: Int.self) == [20, 21, 22, 23])
    #expect(x.flipped([2]).array(of: Int.self).prefix(5) == [3, 2, 1, 0, 7])
    #expect(x.rolled(by: 1, dim: 2).array(of: Int.self).prefix(5) == [3, 0, 1, 2, 7])
    #expect(Tensor([1.0, 2]).repeated([2, 2]).array(of: Int.self) == [1, 2, 1, 2, 1, 2, 1, 2])
    #expect(Tensor([1.0, 2]).unsqueezed(1).expanded([-1, 3]).array(of: Int.self) == [1, 1, 1, 2, 2, 2])
  }

  @Test("padding takes the outermost of the last dimensions first")
  func padding() {
    let y = Tensor([1.0, 2], shape: [1, 2])
    #expect(y.padded([1, 0], value: 7).array(of: Int.self) == [7, 7, 1, 2, 7, 7])
    #expect(y.padded([(before: 0, after: 1), (before: 2, after: 0)]).array(of: Int.self) == [0, 0, 1, 2, 0, 0, 0, 0])
    #expect(y.padded([-1]).count == 0)
  }

  @Test("split undoes concatenated, selected undoes stacked")
  func splitting() {
    let pieces = x.split([1, 3], dim: 2)
    #expect(pieces.map(\.shape) == [[2, 3, 1], [2, 3, 3]])
    #expect(Tensor.concatenated(pieces, dim: 2).array(of: Int.self) == x.array(of: Int.self))
    let halves = [x.selected(0, index: 0), x.selected(0, index: 1)]
    #expect(Tensor.stacked(halves).array(of: Int.self) == x.array(of: Int.self))
    #expect(Tensor.stacked(halves, dim: 2).shape == [3, 4, 2])
  }

  @Test("reductions equal those over Swift arrays")
  func reductions() {
    let values = x.array(of: Double.self)
    #expect(x.sum().item() == 276)
    #expect(x.sum([0, 2]).array(of: Int.self) == [60, 92, 124])
    #expect(x.sum(1, keep: true).shape == [2, 1, 4])
    #expect(x.mean().item() == 11.5 && x.mean(-1).array(of: Double.self) == [1.5, 5.5, 9.5, 13.5, 17.5, 21.5])
    let squares = values.map { ($0 - 11.5) * ($0 - 11.5) }.reduce(0, +)
    expectClose(
      [x.variance().item(), x.variance(unbiased: false).item()], [squares / 23, squares / 24], tolerance: 1e-14)
    expectClose([x.standardDeviation().item()], [(squares / 23).squareRoot()], tolerance: 1e-14)
    #expect(x.max().item() == 23 && x.min([1, 2]).array(of: Int.self) == [0, 12])
    expectClose([x.norm().item()], [values.map { $0 * $0 }.reduce(0, +).squareRoot()], tolerance: 1e-14)
    #expect(x.norm([0], order: 1).shape == [3, 4])
    #expect(x.cumsum(2).array(of: Int.self).prefix(5) == [0, 1, 3, 6, 4])
    #expect((x .> 22).any().item() == 1 && (x .> 22).all([0]).array(of: Bool.self).allSatisfy { !$0 })
  }

  @Test("largest, smallest and order come with their indices")
  func ordering() {
    let y = Tensor([3.0, 1, 2, 9, 7, 8], shape: [2, 3])
    #expect(y.max(dim: 1).values.array(of: Int.self) == [3, 9])
    #expect(y.max(dim: 1).indices.array(of: Int.self) == [0, 0])
    #expect(y.min(dim: 0, keep: true).values.shape == [1, 3])
    #expect(y.argmax(dim: 1).array(of: Int.self) == [0, 0] && y.argmin(dim: 1).array(of: Int.self) == [1, 1])
    #expect(y.sort().values.array(of: Int.self) == [1, 2, 3, 7, 8, 9])
    #expect(y.sort(descending: true).indices.array(of: Int.self) == [0, 2, 1, 0, 2, 1])
    #expect(y.topk(2).values.array(of: Int.self) == [3, 2, 9, 8])
  }

  @Test("indexing by tensors")
  func indexing() {
    let table = Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2])
    let index = Tensor([2, 0, 2] as [Int64])
    #expect(table.indexSelect(0, index).array(of: Int.self) == [5, 6, 1, 2, 5, 6])
    let added = Tensor.zeros([3, 2], dtype: .float64).indexAdd(0, index, table)
    #expect(added.array(of: Int.self) == [3, 4, 0, 0, 6, 8])
    let places = Tensor([1, 0, 1] as [Int64], shape: [3, 1])
    #expect(table.gather(1, places).array(of: Int.self) == [2, 3, 6])
    let scattered = Tensor.zeros([3, 2], dtype: .float64).scatterAdd(1, places, table.narrowed(1, start: 0, length: 1))
    #expect(scattered.array(of: Int.self) == [0, 1, 3, 0, 0, 5])
    #expect(table.take(Tensor([5, 0] as [Int64])).array(of: Int.self) == [6, 1])
    #expect((table .> 4).nonzero().array(of: Int.self) == [2, 0, 2, 1])
  }

  @Test("products of matrices equal sums of products")
  func algebra() {
    let a = random([3, 4]), b = random([4, 2], seed: 2)
    let (left, right) = (a.array(of: Double.self), b.array(of: Double.self))
    var wanted: [Double] = []
    for i in 0..<3 {
      for j in 0..<2 {
        wanted.append((0..<4).reduce(0.0) { $0 + left[4 * i + $1] * right[2 * $1 + j] })
      }
    }
    expectClose(a.matmul(b).array(of: Double.self), wanted, tolerance: 1e-14)
    expectClose(Tensor.einsum("ij,jk->ik", [a, b]).array(of: Double.self), wanted, tolerance: 1e-14)
    expectClose(a.linear(b.transposed()).array(of: Double.self), wanted, tolerance: 1e-14)
    expectClose(a.unsqueezed(0).bmm(b.unsqueezed(0)).array(of: Double.self), wanted, tolerance: 1e-14)
    let sum = Tensor.ones([2], dtype: .float64).addmm(a, b)
    expectClose(sum.array(of: Double.self), wanted.map { $0 + 1 }, tolerance: 1e-14)
    let (q, r) = a.transposed().qr()
    expectClose(q.matmul(r), a.transposed(), tolerance: 1e-13)
    expectClose(q.transposed().matmul(q), .eye(3, dtype: .float64), tolerance: 1e-13)
  }
}
