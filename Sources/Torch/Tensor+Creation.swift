import CTorch

func options(_ dtype: DType, _ device: Device) -> ct_options {
  ct_options(dtype: dtype.code, device: device.code)
}

extension Tensor {
  /// A tensor of the given elements in row-major order. Traps if their number does not fit the shape.
  public init<S: TensorScalar>(_ values: [S], shape: [Int], device: Device = .cpu) {
    self = values.withUnsafeBytes { Tensor(copying: $0, shape: shape, dtype: S.dtype, device: device) }
  }

  /// A tensor of rank one of the given elements.
  public init<S: TensorScalar>(_ values: [S], device: Device = .cpu) {
    self.init(values, shape: [values.count], device: device)
  }

  /// A tensor of rank zero.
  public init(_ scalar: Double, dtype: DType = .float32, device: Device = .cpu) {
    self = .full([], value: scalar, dtype: dtype, device: device)
  }

  /// A tensor from bytes of the machine's own order, row-major. Traps if their number does not fit shape and type.
  public init(copying bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType, device: Device = .cpu) {
    var nothing: UInt8 = 0
    self = withUnsafeMutablePointer(to: &nothing) { pointer in
      made("init(copying:shape:dtype:)", []) { out in
        let address = bytes.baseAddress ?? UnsafeRawPointer(pointer)
        return withInts(shape) { ct_from_data(out, address, bytes.count, $0, options(dtype, device)) }
      }
    }
  }

  /// Every element zero.
  public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    made("zeros", []) { out in withInts(shape) { ct_zeros(out, $0, options(dtype, device)) } }
  }

  /// Every element one.
  public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    full(shape, value: 1, dtype: dtype, device: device)
  }

  /// Elements of no particular value, to be overwritten.
  public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    made("empty", []) { out in withInts(shape) { ct_empty(out, $0, options(dtype, device)) } }
  }

  /// Every element `value`.
  public static func full(
    _ shape: [Int], value: Double, dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    made("full", []) { out in withInts(shape) { ct_full(out, $0, value, options(dtype, device)) } }
  }

  /// Zeros in the shape, type and place of another tensor.
  public static func zeros(like other: Tensor) -> Tensor {
    zeros(other.shape, dtype: other.dtype, device: other.device)
  }

  /// Ones in the shape, type and place of another tensor.
  public static func ones(like other: Tensor) -> Tensor {
    ones(other.shape, dtype: other.dtype, device: other.device)
  }

  /// `start`, `start + step`, ... below `end`.
  public static func arange(
    _ start: Double = 0, _ end: Double, step: Double = 1, dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    made("arange", []) { ct_arange($0, start, end, step, options(dtype, device)) }
  }

  /// The whole numbers from 0 to below `count`.
  public static func arange(_ count: Int, dtype: DType = .int64, device: Device = .cpu) -> Tensor {
    arange(0, Double(count), dtype: dtype, device: device)
  }

  /// `count` numbers at equal distances from `start` to `end`, both included.
  public static func linspace(
    _ start: Double, _ end: Double, count: Int, dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    made("linspace", []) { ct_linspace($0, start, end, count, options(dtype, device)) }
  }

  /// Ones on the diagonal of a square matrix, zeros elsewhere.
  public static func eye(_ n: Int, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    made("eye", []) { ct_eye($0, n, options(dtype, device)) }
  }
}
