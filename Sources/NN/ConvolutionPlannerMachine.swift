import Foundation

extension ConvolutionMachine {
  /// The processor's name as the system tells it; its architecture where it tells nothing.
  static let processorName: String = {
    #if os(Linux)
      if let text = FileManager.default.contents(atPath: "/proc/cpuinfo").map({ String(decoding: $0, as: UTF8.self) }) {
        for key in ["model name", "Model", "CPU part"] {
          let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
          if let name = line?.split(separator: ":", maxSplits: 1).last {
            return name.trimmingCharacters(in: .whitespaces)
          }
        }
      }
    #elseif os(macOS)
      var length = 0
      if sysctlbyname("machdep.cpu.brand_string", nil, &length, nil, 0) == 0, (1...256).contains(length) {
        var bytes = [UInt8](repeating: 0, count: length)
        if sysctlbyname("machdep.cpu.brand_string", &bytes, &length, nil, 0) == 0 {
          return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
      }
    #endif
    #if arch(x86_64)
      return "x86_64"
    #elseif arch(arm64)
      return "arm64"
    #else
      return "unknown"
    #endif
  }()
}
