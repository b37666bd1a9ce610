import Foundation
import Records

/// Why a file or folder of volumes cannot be read or written.
public struct VolumeError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of thing went wrong.
  public enum Problem: String, Sendable, Equatable {
    /// There is no such file or folder.
    case missing
    /// A folder or file without anything to read.
    case empty
    /// Cut off, or a checksum or field contradicts the bytes.
    case corrupt
    /// A valid file that holds something that is not read here.
    case unsupported
    /// The extents or the number of axes do not fit.
    case wrongShape
    /// NaN or infinity among the values.
    case notFinite
    /// Frames of one series differ in size or place, or one is missing.
    case mixedFrames
    /// Neither name nor content say what the file is.
    case unknownFormat
    /// More bytes than the limit allows.
    case tooLarge
    /// The operating system refused: permissions, a full disk, a broken device.
    case inputOutput
  }

  /// What kind of thing went wrong.
  public var problem: Problem
  /// The file or folder.
  public var path: String
  /// One line: what is wrong, and what to do where that is not obvious.
  public var message: String

  /// An error about `path`.
  public init(_ problem: Problem, _ path: String, _ message: String) {
    (self.problem, self.path, self.message) = (problem, path, message)
  }

  /// Path and message in one line.
  public var description: String { "\(path): \(message)" }

  /// The last error of the operating system.
  static func system(_ path: String, _ action: String, code: Int32 = errno) -> VolumeError {
    let problem: Problem = code == ENOENT ? .missing : .inputOutput
    return VolumeError(problem, path, "\(action): \(String(cString: strerror(code)))")
  }

  /// The counterpart of an error of a record file.
  init(_ error: RecordError) {
    let place = error.offset.map { "byte \($0): " } ?? ""
    self.init(error.problem == .inputOutput ? .inputOutput : .corrupt, error.file, place + error.message)
  }
}

/// Bounds that keep a hostile or mistaken file from taking the machine's memory.
public enum FileLimits {
  /// Largest number of bytes that one array or one decompressed file may have: 8 GiB or half of the memory.
  public static let maximumBytes = Int(min(8 << 30, ProcessInfo.processInfo.physicalMemory / 2))
}
