import Foundation
import LatentSpace
import Randomness
import Testing

@Suite struct CodeSplineTests {
  private static let codes: [[Float]] = [[0, 1], [2, -1], [1, 3], [-2, 0.5], [4, 4]]

  private func expect(
    _ spline: CodeSpline, at places: [Double], equals expected: [[Double]], tolerance: Double = 1e-6,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (place, row) in zip(places, expected) {
      for (value, wanted) in zip(spline.code(at: place), row) {
        #expect(abs(Double(value) - wanted) <= tolerance, "at \(place)", sourceLocation: sourceLocation)
      }
    }
  }

  private static func random(_ count: Int, size: Int, seed: UInt64 = 3) -> [[Float]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in (0..<size).map { _ in Float(generator.uniform(in: -2..<2)) } }
  }

  // Values of scipy.interpolate.CubicSpline 1.15 with bc_type natural and periodic, to 12 digits; the codes come back as
  // 32-bit numbers, hence the tolerance.
  @Test func `natural and closed cubics equal scipy's`() throws {
    expect(
      try CodeSpline(Self.codes, kind: .naturalCubic), at: [0.25, 1.5, 2.75, 3.1, 3.9],
      equals: [
        [0.6171875, -0.010602678571], [2.0625, 1.200892857143], [-1.8359375, 1.046316964286],
        [-1.8275, 0.477464285714], [3.1525, 3.434321428571],
      ])
    let places = [0.25, 1.5, 2.75, 3.1, 4.6]
    expect(
      try CodeSpline(Self.codes, kind: .periodicCubic), at: places,
      equals: [
        [-0.147727272727, -0.105113636364], [2.352272727273, 1.272727272727], [-2.157670454545, 0.871448863636],
        [-1.601272727273, 0.606590909091], [1.892363636364, 2.887272727273],
      ])
    let spaced = try CodeSpline(Self.codes, options: .init(.periodicCubic, spacing: .distance))
    expect(
      spaced, at: places,
      equals: [
        [0.562267420907, -0.232268443935], [1.102960188371, 2.963101240031], [-0.99084823331, 0.496089154144],
        [0.96558136874, 1.498256478309], [1.077501353739, 2.820678138912],
      ])
    expect(
      try CodeSpline(Array(Self.codes.prefix(2)), kind: .periodicCubic), at: [0.25, 1.5],
      equals: [[0.3125, 0.6875], [1, 0]])
    expect(
      try CodeSpline(Array(Self.codes.prefix(3)), kind: .periodicCubic), at: [0.25, 1.5, 2.9],
      equals: [[0.40625, 0.03125], [1.875, 1], [-0.071, 1.398]])
  }

  @Test(arguments: CodeSpline.Kind.allCases, CodeSpline.Spacing.allCases)
  func `every code is met exactly, and closed paths close`(kind: CodeSpline.Kind, spacing: CodeSpline.Spacing) throws {
    for count in [1, 2, 3, 4, 17] {
      let codes = Self.random(count, size: 5)
      for isSpherical in [false, true] {
        let spline = try CodeSpline(codes, options: .init(kind, spacing: spacing, isSpherical: isSpherical))
        #expect(spline.segmentCount == (kind.isPeriodic && count > 1 ? count : count - 1))
        for (code, knot) in zip(codes, spline.knots) { #expect(spline.code(at: knot) == code) }
        #expect(spline.code(at: Double(spline.segmentCount)) == (kind.isPeriodic ? codes[0] : codes[count - 1]))
        let beyond = spline.code(at: Double(spline.segmentCount) + 0.25)
        let wanted = kind.isPeriodic && count > 1 ? spline.code(at: 0.25) : spline.code(at: Double(spline.segmentCount))
        for (value, other) in zip(beyond, wanted) { #expect(abs(value - other) < 1e-5) }
      }
    }
  }

  @Test(arguments: [CodeSpline.Kind.naturalCubic, .periodicCubic], CodeSpline.Spacing.allCases)
  func `cubics are smooth to the second derivative`(kind: CodeSpline.Kind, spacing: CodeSpline.Spacing) throws {
    // One number alone, at large scale, since codes have 24 bits: the differences then stand above their rounding.
    let spline = try CodeSpline(Self.random(6, size: 3), options: .init(kind, spacing: spacing))
    let step = 0.02
    func bend(_ place: Double) -> [Double] {
      let (low, middle, high) = (spline.code(at: place - step), spline.code(at: place), spline.code(at: place + step))
      return (0..<3).map { (Double(low[$0]) - 2 * Double(middle[$0]) + Double(high[$0])) / (step * step) }
    }
    let inner = kind.isPeriodic ? Array(spline.knots.dropLast()) : Array(spline.knots.dropFirst().dropLast())
    for knot in inner {
      // Within a segment the second derivative is a line: from each side it is carried on to the knot.
      let before = zip(bend(knot - 2 * step), bend(knot - step)).map { 2 * $1 - $0 }
      let after = zip(bend(knot + 2 * step), bend(knot + step)).map { 2 * $1 - $0 }
      for (left, right) in zip(before, after) { #expect(abs(left - right) < 0.02 * max(1, abs(left))) }
    }
    if kind == .naturalCubic {
      let (near, far) = (bend(step), bend(2 * step))
      for (first, second) in zip(near, far) { #expect(abs(2 * first - second) < 0.02) }
    }
  }

  @Test func `lines come back as lines`() throws {
    let codes = (0..<7).map { index in [Float(index), 3 - 2 * Float(index)] }
    for kind in [CodeSpline.Kind.linear, .naturalCubic] {
      for place in stride(from: 0.0, through: 6, by: 0.37) {
        let code = try CodeSpline(codes, kind: kind).code(at: place)
        #expect(abs(Double(code[0]) - place) < 1e-6 && abs(Double(code[1]) - 3 + 2 * place) < 2e-6)
      }
    }
    let closed = try CodeSpline(codes, kind: .periodicLinear)
    #expect(closed.code(at: 6.5) == [3, -3])
  }

  @Test func `spacing by distance keeps the speed`() throws {
    let codes: [[Float]] = [[0, 0], [1, 0], [1, 9], [1, 9], [1, 10]]
    let spline = try CodeSpline(codes, options: .init(.linear, spacing: .distance))
    #expect(spline.knots.first == 0 && spline.knots.last == 4)
    #expect(zip(spline.knots, spline.knots.dropFirst()).allSatisfy { $0 < $1 })
    let path = spline.codes(count: 201)
    let lengths = zip(path, path.dropFirst()).map { hypot($1[0] - $0[0], $1[1] - $0[1]) }
    let longest = lengths.max() ?? 0
    #expect(longest < 0.056 && lengths.filter { $0 < 0.9 * longest }.count <= 4)
    let same = try CodeSpline(Array(repeating: [1, 2], count: 3), options: .init(.periodicCubic, spacing: .distance))
    #expect(same.code(at: 1.3) == [1, 2])
  }

  @Test func `spherical paths keep the distance from the origin`() throws {
    var generator = SeededGenerator(seed: 8)
    let codes = (0..<5).map { _ -> [Float] in
      let draw = (0..<64).map { _ in generator.uniform() - 0.5 }
      let norm = draw.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return draw.map { Float(8 * $0 / norm) }
    }
    for kind in CodeSpline.Kind.allCases {
      let round = try CodeSpline(codes, options: .init(kind, isSpherical: true))
      let plain = try CodeSpline(codes, kind: kind)
      func norm(_ code: [Float]) -> Float { code.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      let norms = round.codes(count: 100).map(norm)
      #expect(norms.allSatisfy { abs($0 - 8) < 1e-4 })
      #expect(norm(plain.code(at: 0.5)) < 7.8)
    }
    // A great circle is run through evenly.
    let arc = try CodeSpline([[1, 0], [0, 2]], options: .init(.linear, isSpherical: true))
    let third = arc.code(at: 1.0 / 3)
    #expect(abs(third[0] - Float(4.0 / 3 * cos(Double.pi / 6))) < 1e-6)
    #expect(abs(third[1] - Float(4.0 / 3 * sin(Double.pi / 6))) < 1e-6)
    let opposite = try CodeSpline([[1, 0], [-1, 0]], options: .init(.linear, isSpherical: true))
    #expect(opposite.code(at: 0.5).contains { !$0.isFinite } == false)
  }

  @Test func `steps along a path`() throws {
    let closed = try CodeSpline([[0], [4]], kind: .periodicLinear)
    #expect(closed.codes(count: 4) == [[0], [2], [4], [2]])
    let open = try CodeSpline([[0], [4]], kind: .linear)
    #expect(open.codes(count: 3) == [[0], [2], [4]] && open.codes(count: 1) == [[0]] && open.codes(count: 0).isEmpty)
    #expect(open.code(at: .nan) == [0])
  }

  @Test func `codes that do not fit are refused`() {
    #expect(throws: LatentSpaceError("a path needs at least one code")) { try CodeSpline([], kind: .linear) }
    #expect(throws: LatentSpaceError.self) { try CodeSpline([[1, 2], [1]], kind: .linear) }
    #expect(throws: LatentSpaceError("code 1 has a number that is not finite")) {
      try CodeSpline([[1], [.infinity]], kind: .periodicCubic)
    }
  }
}
