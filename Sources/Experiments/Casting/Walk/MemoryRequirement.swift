import Foundation

/// How much memory work at a resolution takes, so that it is refused before it is tried.
struct MemoryRequirement {
  /// Samples along each axis.
  var resolution: Int
  /// Whether every sample of the grid is kept.
  var isDense: Bool

  /// A dense grid is held once as values and once as the bytes of its file.
  static let bytesPerSample = 8
  /// The sparse surface, its samples, the finished mesh and its file, per squared resolution, for a surface with an area of
  /// about 10, as a chair that fills [-1, 1]^3 has: 610 are what `SparseStatistics.peakBytes` says at 256^3.
  static let surfaceBytesPerSquare = 1000

  /// Estimated bytes at the largest; the greatest number there is where they are more than that.
  var bytes: Int {
    let square = Double(resolution) * Double(resolution)
    return Self.saturated(square * Double(Self.surfaceBytesPerSquare) + (isDense ? Double(gridBytes) : 0))
  }

  private var gridBytes: Int {
    Self.saturated(Double(resolution) * Double(resolution) * Double(resolution) * Double(Self.bytesPerSample))
  }

  private static func saturated(_ bytes: Double) -> Int { Int(exactly: bytes.rounded()) ?? .max }

  /// *Throws*: `ExperimentError` that says what it would take, if that is more than there is, and `advice` on what else to do.
  func check(advice: String = "", available: Int? = AvailableMemory.bytes) throws {
    guard let available, bytes > available else { return }
    let part =
      isDense
      ? "the grid of one shape and its file alone \(QuantityText.memory(gridBytes))"
      : "about \(Self.surfaceBytesPerSquare) bytes for each of \(resolution)^2 cells of a surface"
    throw ExperimentError(
      "a resolution of \(resolution) would take \(QuantityText.memory(bytes)) of memory (\(part)), but"
        + " \(QuantityText.memory(available)) are free; use a lower one\(advice)")
  }
}

/// Memory that this process may still take.
enum AvailableMemory {
  /// What the kernel says is available, within the limit of the control group; nil where neither is known.
  static var bytes: Int? {
    [kernel, controlGroup].compactMap(\.self).min()
  }

  private static var kernel: Int? {
    guard let text = content("/proc/meminfo") else { return Int(exactly: ProcessInfo.processInfo.physicalMemory) }
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  private static var controlGroup: Int? {
    guard let limit = content("/sys/fs/cgroup/memory.max").flatMap(number),
      let used = content("/sys/fs/cgroup/memory.current").flatMap(number)
    else { return nil }
    return max(0, limit - used)
  }

  private static func number(_ text: String) -> Int? { Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) }

  /// Nil where there is no such file.
  private static func content(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
