import LatentSpace

/// The frames of a walk through codes: which code each has, and between which of the given ones it lies.
public struct WalkPlan: Sendable {
  /// One frame.
  public struct Frame: Sendable, Equatable {
    /// Numbers of the codes before and after it.
    public var from, to: Int
    /// How far it is from the first of them to the second, 0..<1.
    public var share: Double
    /// Its code, [L].
    public var code: [Float]
  }

  /// What the walk passes through.
  public let codes: [NamedCode]
  /// The frames in order.
  public let frames: [Frame]

  /// A walk of so many frames. Every code is a frame of it where there are enough of them: frames are shared out between
  /// the codes as evenly as whole numbers allow.
  ///
  /// *Throws*: `LatentSpaceError` without codes.
  public init(_ codes: [NamedCode], options: CodeSpline.Options, frameCount: Int) throws {
    self.codes = codes
    let spline = try CodeSpline(codes.map(\.values), options: options)
    let places = Self.places(spline, count: frameCount)
    frames = places.map { segment, share in
      let start = spline.knots[segment]
      let end = segment < spline.segmentCount ? spline.knots[segment + 1] : start
      return Frame(
        from: segment % codes.count, to: (segment + 1) % codes.count, share: share,
        code: spline.code(at: start + share * (end - start)))
    }
  }

  /// Numbers of the frames that show a given code itself.
  public var stops: [Int] { frames.indices.filter { frames[$0].share == 0 } }

  /// Segment and share of each frame. An open walk ends at the start of a segment that is not there.
  private static func places(_ spline: CodeSpline, count: Int) -> [(segment: Int, share: Double)] {
    let segments = spline.segmentCount
    guard segments > 0, count > 1 else { return Array(repeating: (0, 0), count: max(count, 0)) }
    let steps = spline.options.kind.isPeriodic ? count : count - 1
    // Fewer frames than codes cannot show them all; they are spread evenly.
    guard steps >= segments else {
      return (0..<count).map { index in
        let place = index * segments
        return (place / steps, Double(place % steps) / Double(steps))
      }
    }
    let starts = (0...segments).map { $0 * steps / segments }
    var result: [(segment: Int, share: Double)] = []
    for segment in 0..<segments {
      let length = starts[segment + 1] - starts[segment]
      result += (0..<length).map { (segment, Double($0) / Double(length)) }
    }
    return spline.options.kind.isPeriodic ? result : result + [(segments, 0)]
  }
}
