import CTorch

/// The process in which tensors are computed: version, threads, devices, memory.
public enum Runtime {
  /// libtorch's version.
  public static var version: String { String(cString: ct_version()) }

  /// How many threads share one operator.
  public static var threadCount: Int {
    get { Int(ct_get_num_threads()) }
    set { done("threadCount", []) { ct_set_num_threads(Int32(clamping: newValue)) } }
  }

  /// Whether tensors can live on a device. For CUDA, opens that half of libtorch the first time.
  public static func isAvailable(_ device: Device) -> Bool { ct_is_available(device.code) }

  /// Why a device is not available; empty if it is.
  public static func unavailabilityReason(_ device: Device) -> String {
    guard !ct_is_available(device.code) else { return "" }
    guard case .cuda = device else { return "this build of libtorch or this machine does not have it" }
    return String(cString: ct_unavailable_reason())
  }

  /// How many CUDA devices there are.
  public static var cudaDeviceCount: Int { Int(ct_device_count(Int32(CT_CUDA))) }

  /// Lets only algorithms run whose results repeat exactly; an operator that has none fails.
  public static func setDeterministic(_ on: Bool) {
    done("setDeterministic", []) { ct_set_deterministic(on) }
  }

  /// Waits until everything queued on a device is done; needed before reading a clock.
  public static func synchronize(_ device: Device) {
    done("synchronize", []) { ct_synchronize(device.code) }
  }

  /// Which allocator serves the process: `tcmalloc`, as linked on Linux, or `system`.
  public static var allocator: String { String(cString: ct_allocator()) }

  /// Gives memory that is free but kept for the next tensor back to the system.
  public static func releaseFreeMemory() { ct_release_free_memory() }

  /// Bytes of this process that are in memory now.
  public static var residentMemory: Int { ct_resident_memory() }

  /// Bytes of this process that were in memory at most so far.
  public static var peakResidentMemory: Int { ct_peak_resident_memory() }

  /// Bytes that tensors occupy on a CUDA device, now and at most so far; nil on another device.
  public static func deviceMemory(_ device: Device) -> (current: Int, peak: Int)? {
    guard case .cuda = device, isAvailable(device) else { return nil }
    var current = 0
    var peak = 0
    done("deviceMemory", []) { ct_device_memory(device.code, &current, &peak) }
    return (current, peak)
  }

  /// Begins anew to look for the peak of ``deviceMemory(_:)``.
  public static func resetPeakDeviceMemory(_ device: Device) {
    guard case .cuda = device, isAvailable(device) else { return }
    done("resetPeakDeviceMemory", []) { ct_reset_peak_device_memory(device.code) }
  }
}
