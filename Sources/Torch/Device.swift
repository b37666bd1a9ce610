import CTorch

/// Where a tensor lives and is computed on.
public enum Device: Sendable, Hashable, CustomStringConvertible {
  case cpu
  case cuda(Int)
  case mps

  /// The device that a user names: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
  ///
  /// `auto` is the first CUDA device, else MPS, else the processor.
  /// - Throws: ``DeviceError`` when the name is none of these or the device is not there.
  public init(parsing name: String) throws {
    switch name {
    case "auto": self = [Device.cuda(0), .mps].first(where: Runtime.isAvailable) ?? .cpu
    case "cpu": self = .cpu
    case "mps": self = .mps
    case "cuda": self = .cuda(0)
    default:
      guard name.hasPrefix("cuda:"), let index = Int(name.dropFirst(5)), (0..<128).contains(index) else {
        throw DeviceError(description: "no such device: \(name); give auto, cpu, cuda, cuda:N or mps")
      }
      self = .cuda(index)
    }
    guard Runtime.isAvailable(self) else {
      let reason = Runtime.unavailabilityReason(self)
      throw DeviceError(description: "device \(name) is not available: \(reason); give cpu or auto")
    }
  }

  /// The name that ``init(parsing:)`` reads.
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    case .mps: "mps"
    }
  }

  var code: ct_device {
    switch self {
    case .cpu: ct_device(kind: Int32(CT_CPU), index: 0)
    case .cuda(let index): ct_device(kind: Int32(CT_CUDA), index: Int32(index))
    case .mps: ct_device(kind: Int32(CT_MPS), index: 0)
    }
  }

  init(code: ct_device) {
    switch Int(code.kind) {
    case Int(CT_CUDA): self = .cuda(Int(code.index))
    case Int(CT_MPS): self = .mps
    default: self = .cpu
    }
  }
}

/// A device that a user asked for and cannot have.
public struct DeviceError: Error, CustomStringConvertible {
  /// What is wrong and what to do, in one line.
  public let description: String
}
