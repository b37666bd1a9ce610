/// Which time points of a series a model sees: the middle `span` of them, every `stride`-th.
public struct FrameFormat: Sendable, Equatable, Hashable, Codable, CustomStringConvertible {
  /// Number of time points that are spanned, T.
  public var span: Int
  /// Distance of two frames in time points, TINC.
  public var stride: Int

  /// A format; throws unless both are positive and the span is a multiple of the stride.
  public init(span: Int, stride: Int) throws {
    guard span > 0, stride > 0, span.isMultiple(of: stride) else {
      throw FrameFormatError.indivisible(span: span, stride: stride)
    }
    self.init(validSpan: span, stride: stride)
  }

  private init(validSpan span: Int, stride: Int) {
    (self.span, self.stride) = (span, stride)
  }

  /// 20 consecutive frames.
  public static let t20 = FrameFormat(validSpan: 20, stride: 1)
  /// 20 frames, every second of 40.
  public static let t40 = FrameFormat(validSpan: 40, stride: 2)
  /// 20 frames, every fourth of 80.
  public static let t80 = FrameFormat(validSpan: 80, stride: 4)

  /// The format of a name such as `t40` (stride so that there are 20 frames) or `t60/3`; throws if it is neither.
  public init(name: String) throws {
    let parts = name.lowercased().split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, first.hasPrefix("t"), let span = Int(first.dropFirst()), parts.count <= 2 else {
      throw FrameFormatError.unknown(name)
    }
    if parts.count == 2 {
      guard let stride = Int(parts[1]) else { throw FrameFormatError.unknown(name) }
      try self.init(span: span, stride: stride)
    } else {
      guard span.isMultiple(of: 20), span > 0 else { throw FrameFormatError.unknown(name) }
      try self.init(span: span, stride: span / 20)
    }
  }

  /// Number of frames, T / TINC.
  public var frameCount: Int { span / stride }

  /// `t40/2`.
  public var description: String { "t\(span)/\(stride)" }

  /// The time points of the frames in a series of `available` time points; throws if there are too few.
  public func indices(available: Int, in name: String) throws -> [Int] {
    guard span > 0, stride > 0, span.isMultiple(of: stride) else {
      throw FrameFormatError.indivisible(span: span, stride: stride)
    }
    guard span <= available else { throw FrameFormatError.tooShort(name: name, available: available, span: span) }
    let first = (available - span) / 2
    return (0..<frameCount).map { first + $0 * stride }
  }
}

/// What is wrong with a choice of frames.
public enum FrameFormatError: Error, Equatable, CustomStringConvertible {
  /// The span is not a multiple of the stride.
  case indivisible(span: Int, stride: Int)
  /// A series has fewer time points than the format spans.
  case tooShort(name: String, available: Int, span: Int)
  /// A name that is not a format.
  case unknown(String)
  /// A series has fewer frames than one window needs.
  case tooFewFrames(frames: Int, window: Int)

  /// One line: what is wrong and what to do.
  public var description: String {
    switch self {
    case .indivisible(let span, let stride):
      "T \(span) is not a positive multiple of TINC \(stride); choose T divisible by TINC, such as 40 and 2"
    case .tooShort(let name, let available, let span):
      "\(name): has \(available) time points, the format asks for \(span); choose a shorter format"
    case .unknown(let name):
      "'\(name)' is no frame format; use t20, t40, t80 or tT/TINC such as t60/3"
    case .tooFewFrames(let frames, let window):
      "\(frames) frames are too few for windows of \(window); choose a longer format"
    }
  }
}

/// How a series of frames is cut into what goes into a model and what should come out.
public enum WindowKind: Sendable, Equatable, Hashable, Codable {
  /// One window: all frames but the last -> all frames but the first.
  case sequencePairs
  /// Every run of `past` frames -> the `next` frames after it.
  case frames(past: Int, next: Int)
  /// One window: the whole series, without a target.
  case rollout

  /// Every frame -> the next one.
  public static let singleFramePairs = WindowKind.frames(past: 1, next: 1)

  /// Every run of `past` frames -> the next one.
  public static func multiFrame(past: Int) -> WindowKind { .frames(past: past, next: 1) }

  /// The windows of a series of `frameCount` frames; throws if not even one fits.
  public func windows(frameCount: Int) throws -> [FrameWindow] {
    switch self {
    case .sequencePairs:
      guard frameCount >= 2 else { throw FrameFormatError.tooFewFrames(frames: frameCount, window: 2) }
      return [FrameWindow(inputs: 0..<(frameCount - 1), targets: 1..<frameCount)]
    case .rollout:
      guard frameCount >= 1 else { throw FrameFormatError.tooFewFrames(frames: frameCount, window: 1) }
      return [FrameWindow(inputs: 0..<frameCount, targets: frameCount..<frameCount)]
    case .frames(let past, let next):
      precondition(past >= 1 && next >= 0, "a window has at least one past frame and no negative number of next ones")
      guard frameCount >= past + next else {
        throw FrameFormatError.tooFewFrames(frames: frameCount, window: past + next)
      }
      return (0...(frameCount - past - next)).map { first in
        FrameWindow(inputs: first..<(first + past), targets: (first + past)..<(first + past + next))
      }
    }
  }
}

/// The frames of one window, as positions among the frames of a format.
public struct FrameWindow: Sendable, Equatable {
  /// What goes in.
  public var inputs: Range<Int>
  /// What should come out; empty for a rollout.
  public var targets: Range<Int>

  /// A window of given frames.
  public init(inputs: Range<Int>, targets: Range<Int>) {
    (self.inputs, self.targets) = (inputs, targets)
  }
}
