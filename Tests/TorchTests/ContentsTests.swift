import Testing
import Torch

@Suite("Contents, types and memory")
struct ContentsTests {
  @Test("elements survive the way through every type that can hold them", arguments: DType.allCases)
  func conversions(_ dtype: DType) {
    let values: [Double] = dtype == .bool ? [0, 1, 1, 0] : [0, 1, 2, 100]
    let tensor = Tensor(values).to(dtype: dtype)
    #expect(tensor.dtype == dtype)
    #expect(tensor.array(of: Double.self) == values)
    #expect(tensor.array(of: Int64.self) == values.map { Int64($0) })
    #expect(tensor.array(of: Bool.self) == values.map { $0 != 0 })
    #expect(DType(rawValue: dtype.rawValue) == dtype)
    #expect(Tensor.zeros([3], dtype: dtype).array(of: Int.self) == [0, 0, 0])
    #expect(Tensor.ones([2], dtype: dtype).dtype.size * 2 == Tensor.ones([2], dtype: dtype).withUnsafeBytes(\.count))
  }

  @Test("Swift types come back bit for bit")
  func roundTrips() {
    #expect(
      Tensor([Float.pi, -0.0, .leastNonzeroMagnitude]).array(of: Float.self) == [.pi, -0.0, .leastNonzeroMagnitude])
    #expect(Tensor([Int32.min, .max]).array(of: Int32.self) == [.min, .max])
    #expect(Tensor([Int64.min, .max]).array(of: Int64.self) == [.min, .max])
    #expect(Tensor([UInt8.max, 0]).array(of: UInt8.self) == [255, 0])
    #expect(Tensor([true, false]).array(of: Bool.self) == [true, false])
    #expect(Tensor([] as [Float], shape: [0, 3]).shape == [0, 3])
    #expect(Tensor(2.5).shape == [] && Tensor(2.5).item() == 2.5)
  }

  @Test("series and constants")
  func creation() {
    #expect(Tensor.arange(1, 2, step: 0.25).array(of: Double.self) == [1, 1.25, 1.5, 1.75])
    #expect(Tensor.linspace(0, 1, count: 5).array(of: Double.self) == [0, 0.25, 0.5, 0.75, 1])
    #expect(Tensor.full([2], value: 7, dtype: .int32).array(of: Int32.self) == [7, 7])
    #expect(Tensor.eye(2).array(of: Int.self) == [1, 0, 0, 1])
    #expect(Tensor.ones(like: Tensor.zeros([2], dtype: .bfloat16)).dtype == .bfloat16)
  }

  @Test("channels last changes memory, not contents")
  func channelsLast() {
    let x = random([2, 3, 2, 2, 2])
    let y = x.channelsLast3d()
    #expect(y.isContiguous(channelsLast3d: true) && !y.isContiguous() && x.isContiguous())
    #expect(y.shape == x.shape && y.strides == [24, 1, 12, 6, 3])
    #expect(y.array(of: Double.self) == x.array(of: Double.self))
    #expect(y.contiguous().isContiguous())
  }

  @Test("writing through memory shows in every tensor that shares it, and a clone has its own")
  func sharing() {
    let x = Tensor([1.0, 2, 3])
    let view = x.reshaped([3, 1]), copy = x.clone()
    x.withUnsafeMutableBytes { $0.storeBytes(of: 9.0, toByteOffset: 8, as: Double.self) }
    #expect(view.array(of: Int.self) == [1, 9, 3] && copy.array(of: Int.self) == [1, 2, 3])
    x.copy(from: Tensor([5] as [Int64]))
    #expect(view.array(of: Int.self) == [5, 5, 5])
    #expect(x.isSame(as: x) && !x.isSame(as: copy))
  }

  @Test("in-place arithmetic")
  func inPlace() {
    let x = Tensor([1.0, 2, 3]), ones = Tensor.ones([3], dtype: .float64)
    x.addInPlace(ones, scale: 2)
    x.multiplyInPlace(2)
    x.addProductInPlace(ones, ones, scale: -1)
    x.addQuotientInPlace(ones, ones * 2)
    #expect(x.array(of: Double.self) == [5.5, 7.5, 9.5])
    x.interpolateInPlace(to: ones, weight: 0.5)
    x.addInPlace(0.75)
    x.clampInPlace(max: 5)
    #expect(x.array(of: Double.self) == [4, 5, 5])
    x.multiplyInPlace(x)
    x.sqrtInPlace()
    x.divideInPlace(ones * 0.5)
    #expect(x.array(of: Double.self) == [8, 10, 10])
    x.copyInPlace(0, index: Tensor([1] as [Int64]), from: ones.narrowed(0, start: 0, length: 1))
    #expect(x.array(of: Double.self) == [8, 1, 10])
    x.zeroInPlace()
    #expect(x.array(of: Double.self) == [0, 0, 0])
  }

  @Test("lists of tensors change in one call")
  func lists() {
    let a = [Tensor([1.0, 2]), Tensor([3.0])], b = [Tensor([10.0, 20]), Tensor([30.0])]
    TensorLists.add(a, b, scale: 0.5)
    TensorLists.multiply(a, by: 2)
    #expect(a.map { $0.array(of: Int.self) } == [[12, 24], [36]])
    TensorLists.interpolate(a, to: b, weight: 0.5)
    #expect(a.map { $0.array(of: Int.self) } == [[11, 22], [33]])
    TensorLists.addProduct(a, b, b, scale: 0.1)
    TensorLists.addQuotient(a, b, b)
    expectClose(a[0].array(of: Double.self) + a[1].array(of: Double.self), [22, 63, 124], tolerance: 1e-14)
    #expect(TensorLists.norm([Tensor([3.0]), Tensor([4.0])]).item() == 5)
    #expect(TensorLists.norm([]).item() == 0)
  }

  @Test("a step of Adam equals its equations")
  func adam() {
    let parameter = random([7]), gradient = random([7], seed: 2)
    let first = random([7], seed: 3), second = random([7], seed: 4).squared()
    var settings = AdamStep()
    settings.learningRate = 0.01
    let m = first * 0.9 + gradient * 0.1, v = second * 0.999 + gradient.squared() * 0.001
    let correction = (1 - 0.9 * 0.9 * 0.9, (1 - 0.999 * 0.999 * 0.999).squareRoot())
    let wanted = parameter - m * (0.01 / correction.0) / (v.sqrt() / correction.1 + 1e-8)
    settings.apply(to: [parameter], gradients: [gradient], firstMoments: [first], secondMoments: [second], step: 3)
    expectClose(parameter, wanted, tolerance: 1e-13)
    expectClose(first, m, tolerance: 1e-14)
    expectClose(second, v, tolerance: 1e-14)
  }
}
