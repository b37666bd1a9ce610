import Foundation
import Torch

/// Tensors of fixed numbers, such as the matrices of a transform, made once for each element type and device: sending them to
/// an accelerator at every call would cost more than using them, and a recorded step may not do it at all.
enum ConstantTensors {
  private struct Key: Hashable {
    let identity: AnyHashable
    let dtype: DType
    let device: Device
  }

  private final class Store: @unchecked Sendable {
    private let lock = NSLock()
    private var tensors: [Key: Tensor] = [:]

    func tensor(_ key: Key, make: () -> Tensor) -> Tensor {
      lock.withLock {
        if let tensor = tensors[key] { return tensor }
        // A network needs some dozens; a search over many shapes may not keep them all.
        if tensors.count >= 1024 { tensors.removeAll() }
        let tensor = make()
        tensors[key] = tensor
        return tensor
      }
    }
  }

  private static let store = Store()

  /// The tensor with this identity, made in float64 if it is not known yet. It must not be written to.
  static func tensor(
    _ identity: some Hashable, dtype: DType, device: Device, make: () -> Tensor
  ) -> Tensor {
    store.tensor(Key(identity: AnyHashable(identity), dtype: dtype, device: device)) {
      withoutGradient { make().to(dtype: dtype, device: device).contiguous() }
    }
  }
}
