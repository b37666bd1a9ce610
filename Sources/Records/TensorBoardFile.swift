import Foundation

/// A TensorBoard event file, written as a run goes on: scalars and pictures by tag and step.
///
/// A resumed run opens a new file in the same folder; TensorBoard reads all of them. One writer may be used from
/// several threads. Close it at the end: what was flushed survives the process, what is pending does not, and an
/// unfinished last record is ignored by TensorBoard.
public final class TensorBoardFile: @unchecked Sendable {
  /// Where the file lies.
  public let path: String
  private let handle: FileHandle
  private let lock = NSLock()
  private var pending: [UInt8] = []
  private var isClosed = false
  private let flushThreshold = 1 << 16

  /// Creates a new event file in `directory`, which must exist.
  ///
  /// The name is `events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER`; an existing file is never touched.
  public init(directory: String) throws {
    let now = Date().timeIntervalSince1970
    let host = ProcessInfo.processInfo.hostName.filter { $0.isLetter || $0.isNumber || $0 == "-" }
    let stem = "events.out.tfevents.\(Self.tenDigits(Int(now))).\(host.isEmpty ? "host" : host).\(getpid())"
    (path, handle) = try Self.createFile(in: directory, stem: stem)
    var event = Tensorflow_Event()
    event.wallTime = now
    event.fileVersion = "brain.Event:2"
    try append(event)
    try flush()
  }

  /// TensorBoard sorts files by name, so the seconds always have ten digits.
  private static func tenDigits(_ seconds: Int) -> String {
    let digits = String(max(0, seconds))
    return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
  }

  private static func createFile(in directory: String, stem: String) throws -> (String, FileHandle) {
    for number in 0..<10_000 {
      let path = "\(directory)/\(stem).\(number)"
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      if descriptor >= 0 { return (path, FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)) }
      guard errno == EEXIST else {
        throw RecordError(
          .inputOutput, file: path, message: "cannot create the event file: \(String(cString: strerror(errno)))")
      }
    }
    throw RecordError(.inputOutput, file: directory, message: "too many event files: clear the folder")
  }

  /// Appends one number.
  public func append(tag: String, value: Float, step: Int, wallTime: Date = Date()) throws {
    try append(scalars: [(tag: tag, value: value)], step: step, wallTime: wallTime)
  }

  /// Appends several numbers of one step.
  public func append(scalars: [(tag: String, value: Float)], step: Int, wallTime: Date = Date()) throws {
    var event = Tensorflow_Event()
    event.wallTime = wallTime.timeIntervalSince1970
    event.step = Int64(step)
    event.summary.value = scalars.map { scalar in
      var value = Tensorflow_Summary.Value()
      value.tag = scalar.tag
      value.simpleValue = scalar.value
      return value
    }
    try append(event)
  }

  /// Appends a picture: a whole PNG file (RGB) and its size.
  public func append(tag: String, png: Data, width: Int, height: Int, step: Int) throws {
    var image = Tensorflow_Summary.Image()
    image.width = Int32(clamping: width)
    image.height = Int32(clamping: height)
    image.colorspace = 3
    image.encodedImageString = png
    var value = Tensorflow_Summary.Value()
    value.tag = tag
    value.image = image
    var event = Tensorflow_Event()
    event.wallTime = Date().timeIntervalSince1970
    event.step = Int64(step)
    event.summary.value = [value]
    try append(event)
  }

  private func append(_ event: Tensorflow_Event) throws {
    let payload: [UInt8] = try event.serializedBytes()
    try lock.withLock {
      guard !isClosed else { throw RecordError(.inputOutput, file: path, message: "the event file is closed") }
      payload.withUnsafeBytes { TFRecord.append($0, to: &pending) }
      if pending.count >= flushThreshold { try writePending() }
    }
  }

  /// Hands everything appended so far to the operating system.
  public func flush() throws {
    try lock.withLock { try writePending() }
  }

  /// Flushes and closes; further appending is an error, closing twice is not.
  public func close() throws {
    try lock.withLock {
      guard !isClosed else { return }
      try writePending()
      isClosed = true
      try handle.close()
    }
  }

  private func writePending() throws {
    guard !pending.isEmpty else { return }
    do {
      try handle.write(contentsOf: pending)
    } catch {
      throw RecordError(.inputOutput, file: path, message: "cannot write: \(error.localizedDescription)")
    }
    pending.removeAll(keepingCapacity: true)
  }
}
