import Foundation
import Torch

/// The spectra of a convolution by plain operators, for any element type on any device: what the native kernel, which
/// knows float32 and bfloat16 on the processor, does not serve.
///
/// Every stage of a transform is a matrix of cosines and sines times all that follows its axis in memory, so volumes lie
/// [D, H, W, rows, C] and nothing is rearranged between the stages. The frequencies and their signs are those of
/// ``SpectralGrid``: odd halves on the first axis, of which one half are conjugates and left out. A spectrum is
/// [frequencies, 2, rows, lanes], real and imaginary parts.
struct SpectralMatrices {
  /// How the volumes lie on the points.
  let axes: [SpectralAxis]
  /// Element type of the spectra.
  let dtype: DType
  /// Where they are computed.
  let device: Device

  /// Spectra in float64 for float64, in float32 for everything else.
  init(axes: [SpectralAxis], for volumes: Tensor) {
    (self.axes, device) = (axes, volumes.device)
    dtype = Self.dtype(for: volumes)
  }

  /// The element type in which volumes are transformed, which is that of kernel gradients.
  static func dtype(for volumes: Tensor) -> DType { volumes.dtype == .float64 ? .float64 : .float32 }

  /// Outputs [N, O, D, H, W] from inputs and a kernel [O, C, kD, kH, kW].
  func convolved(_ input: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let sums = product(analyzed(input, as: .input), analyzedKernel(weight), isConjugated: true)
    return synthesized(sums, as: .output, bias: bias).to(dtype: input.dtype)
  }

  /// The input's gradient from the outputs' and the kernel.
  func adjoint(_ gradient: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let kernel = analyzedKernel(weight).transposed(2, 3)
    let sums = product(analyzed(gradient, as: .output), kernel, isConjugated: false)
    return synthesized(sums, as: .input, bias: bias).to(dtype: gradient.dtype)
  }

  /// The kernel's gradient [O, C, kD, kH, kW].
  func correlated(_ input: Tensor, _ gradient: Tensor) -> Tensor {
    let (x, y) = (analyzed(input, as: .input), analyzed(gradient, as: .output))
    let (frequencies, rows) = (x.shape[0], 2 * x.shape[2])
    let left = x.reshaped([frequencies, rows, x.shape[3]]).transposed()
    let turned = Tensor.stacked([-y.selected(1, 1), y.selected(1, 0)], dim: 1)
    let parts = [y, turned].map { left.bmm($0.reshaped([frequencies, rows, y.shape[3]])) }
    return volumes(Tensor.stacked(parts, dim: 1), as: .kernel).permuted([4, 3, 0, 1, 2]).contiguous()
  }

  /// Rows times the kernel's matrices, frequency by frequency.
  private func product(_ rows: Tensor, _ kernel: Tensor, isConjugated: Bool) -> Tensor {
    let shape = rows.shape
    let flat = rows.reshaped([shape[0], 2 * shape[2], shape[3]])
    let result = [shape[0], 2, shape[2], kernel.shape[3]]
    let (byReal, byImaginary) = (
      flat.bmm(kernel.selected(1, 0)).reshaped(result), flat.bmm(kernel.selected(1, 1)).reshaped(result)
    )
    let sign: Double = isConjugated ? 1 : -1
    byReal.selected(1, 0).addInPlace(byImaginary.selected(1, 1), scale: sign)
    byReal.selected(1, 1).addInPlace(byImaginary.selected(1, 0), scale: -sign)
    return byReal
  }

  private func analyzed(_ volumes: Tensor, as side: SpectralGrid.Side) -> Tensor {
    let tiles = SpectralTiles(axes: axes, side: side)
    return spectrum(of: tiles.cut(volumes.to(dtype: dtype).permuted([2, 3, 4, 0, 1])), as: side)
  }

  /// Rows are input channels, lanes output channels.
  private func analyzedKernel(_ weight: Tensor) -> Tensor {
    spectrum(of: weight.to(dtype: dtype).permuted([2, 3, 4, 1, 0]), as: .kernel)
  }

  private func synthesized(_ spectrum: Tensor, as side: SpectralGrid.Side, bias: Tensor?) -> Tensor {
    let tiles = SpectralTiles(axes: axes, side: side)
    let result = tiles.joined(volumes(spectrum, as: side))
    if let bias { result.addInPlace(bias.to(dtype: dtype)) }
    return result.permuted([3, 4, 0, 1, 2]).channelsLast3d()
  }

  /// [D, H, W, rows, lanes] to [frequencies, 2, rows, lanes].
  private func spectrum(of volumes: Tensor, as side: SpectralGrid.Side) -> Tensor {
    let shape = volumes.shape
    let rest = shape[3] * shape[4]
    let (half, rows, columns) = (axes[0].points / 2, axes[1].points, axes[2].points)
    let depth = matrix(0, side).matmul(volumes.reshaped([shape[0], shape[1] * shape[2] * rest]))
    let height = times(matrix(1, side), depth.reshaped([half, 2 * shape[1], shape[2] * rest]))
    let width = times(matrix(2, side), height.reshaped([half * rows, 2 * shape[2], rest]))
    return width.reshaped([half * rows * columns, 2, shape[3], shape[4]])
  }

  /// The way back.
  private func volumes(_ spectrum: Tensor, as side: SpectralGrid.Side) -> Tensor {
    let (half, rows, columns) = (axes[0].points / 2, axes[1].points, axes[2].points)
    let lengths = axes.map { SpectralTiles.window($0, side).length }
    let rest = spectrum.shape[2] * spectrum.shape[3]
    let width = times(
      matrix(2, side, isInverse: true), spectrum.reshaped([half * rows, 2 * columns, rest]))
    let height = times(
      matrix(1, side, isInverse: true), width.reshaped([half, 2 * rows, lengths[2] * rest]))
    let depth = matrix(0, side, isInverse: true).matmul(
      height.reshaped([2 * half, lengths[1] * lengths[2] * rest]))
    return depth.reshaped(lengths + Array(spectrum.shape.suffix(2)))
  }

  /// One matrix times each of a list.
  private func times(_ matrix: Tensor, _ list: Tensor) -> Tensor {
    matrix.unsqueezed(0).expanded([list.shape[0], -1, -1]).bmm(list)
  }

  private func matrix(_ axis: Int, _ side: SpectralGrid.Side, isInverse: Bool = false) -> Tensor {
    let window = SpectralTiles.window(axes[axis], side)
    return SpectralMatrix(
      points: axes[axis].points, first: window.point, length: window.length, isHalf: axis == 0, isInverse: isInverse
    ).tensor(dtype: dtype, device: device)
  }
}

/// The matrix of one stage of a transform.
private struct SpectralMatrix: Hashable {
  /// Points of the transform.
  let points: Int
  /// The point of the first element.
  let first: Int
  /// How many elements there are.
  let length: Int
  /// Whether frequencies are odd halves and elements real.
  let isHalf: Bool
  /// Whether it leads from the frequencies to the elements.
  let isInverse: Bool

  func tensor(dtype: DType, device: Device) -> Tensor {
    ConstantTensors.tensor(self, dtype: dtype, device: device) {
      let rows = isHalf ? points : 2 * points
      let plain = Tensor(isHalf ? realValues : complexValues, shape: [rows, isHalf ? length : 2 * length])
      return isInverse ? plain.transposed() * ((isHalf ? 2.0 : 1.0) / Double(points)) : plain
    }
  }

  /// Rows (frequency, part), columns elements.
  private var realValues: [Double] {
    (0..<points / 2).flatMap { frequency in
      let angles = (0..<length).map { angle(2 * frequency + 1, $0, denominator: 2 * points) }
      return angles.map { cos($0) } + angles.map { -sin($0) }
    }
  }

  /// Rows (frequency, part), columns (part, element).
  private var complexValues: [Double] {
    (0..<points).flatMap { frequency in
      let angles = (0..<length).map { angle(frequency, $0, denominator: points) }
      let (cosines, sines) = (angles.map { cos($0) }, angles.map { sin($0) })
      return cosines + sines + sines.map { -$0 } + cosines
    }
  }

  /// Reduced to one turn in whole numbers, so that nothing is lost for large products.
  private func angle(_ frequency: Int, _ element: Int, denominator: Int) -> Double {
    2 * Double.pi * Double(frequency * (element + first) % denominator) / Double(denominator)
  }
}
