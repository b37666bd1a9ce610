import Foundation

/// Profiles of (radius, height) that are turned about the axis.
enum TurnedFamilies {
  typealias Point = SIMD2<Double>

  static func vase(_ draw: inout ParameterDraw) -> [Point] {
    let (foot, belly) = (draw("foot", 0.25..<0.5), draw("belly", 0.45..<0.8))
    let (neck, lip) = (draw("neck", 0.2..<0.45), draw("lip", 0.28..<0.6))
    let (height, level) = (draw("height", 1.4..<2.2), draw("belly height", 0.25..<0.55))
    let wall = draw("wall", 0.09..<0.13)
    let knots = [Point(foot, 0), Point(belly, level * height), Point(neck, 0.82 * height), Point(lip, height)]
    let outer = smooth(knots, steps: 10)
    let floor = wall * 1.3
    let inner = outer.reversed().map { Point(max(0.06, $0.x - wall), $0.y) }.filter { $0.y > floor }
    return [Point(0, 0)] + outer + inner + [Point(inner.last?.x ?? 0.06, floor), Point(0, floor)]
  }

  static func bottle(_ draw: inout ParameterDraw) -> [Point] {
    let (body, neck) = (draw("body", 0.32..<0.6), draw("neck", 0.12..<0.22))
    let (shoulder, rise) = (draw("shoulder", 0.8..<1.4), draw("rise", 0.2..<0.5))
    let (length, ring) = (draw("neck length", 0.3..<0.7), draw("ring", 0.03..<0.09))
    let slope = (0...12).map { step in
      let share = Double(step) / 12
      // Half a wave from the body to the neck: smooth at both ends.
      return Point(neck + (body - neck) * (1 + cos(Double.pi * share)) / 2, shoulder + rise * share)
    }
    let top = shoulder + rise + length
    let end = [
      Point(neck, top - 0.14), Point(neck + ring, top - 0.14), Point(neck + ring, top), Point(0, top),
    ]
    return [Point(0, 0), Point(body - 0.05, 0), Point(body, 0.05)] + slope + end
  }

  static func goblet(_ draw: inout ParameterDraw) -> [Point] {
    let (foot, stem) = (draw("foot", 0.35..<0.6), draw("stem", 0.08..<0.14))
    let (height, bowl) = (draw("stem height", 0.5..<1.0), draw("bowl height", 0.6..<1.1))
    let (belly, lip) = (draw("belly", 0.4..<0.7), draw("lip", 0.9..<1.15))
    let wall = draw("wall", 0.09..<0.12)
    let knots = [Point(stem, height), Point(belly, height + 0.45 * bowl), Point(belly * lip, height + bowl)]
    let outer = smooth(knots, steps: 12)
    let floor = height + wall * 2
    let inner = outer.reversed().map { Point(max(0.05, $0.x - wall), $0.y) }.filter { $0.y > floor }
    let base = [Point(0, 0), Point(foot, 0), Point(foot, 0.09), Point(stem, 0.18)]
    return base + outer + inner + [Point(inner.last?.x ?? 0.05, floor), Point(0, floor)]
  }

  static func ring(_ draw: inout ParameterDraw) -> [Point] {
    let (width, height) = (draw("width", 0.12..<0.3), draw("height", 0.12..<0.3))
    let corners = draw.whole("corners", 0...3)
    // Few corners make the section angular, none round.
    let count = corners == 0 ? 40 : 3 + corners
    let turn = corners == 1 ? Double.pi / 4 : 0
    return (0..<count).map { index in
      let angle = 2 * Double.pi * Double(index) / Double(count) + turn
      return Point(0.75 + width * cos(angle), height * sin(angle))
    }
  }

  static func rod(_ draw: inout ParameterDraw) -> [Point] {
    let (radius, share) = (draw("radius", 0.15..<0.42), draw("upper share", 0.45..<1.0))
    let length = draw("length", 0.6..<1.6)
    func cap(_ radius: Double, at height: Double, from start: Double) -> [Point] {
      (0...12).map { step in
        let angle = start + Double.pi / 2 * Double(step) / 12
        return Point(max(0, radius * cos(angle)), height + radius * sin(angle))
      }
    }
    var profile = cap(radius, at: 0, from: -Double.pi / 2) + cap(radius * share, at: length, from: 0)
    // The ends lie on the axis to the last digit.
    (profile[0].x, profile[profile.count - 1].x) = (0, 0)
    return profile
  }

  /// A curve through points that rise: Hermite pieces whose slopes are those from neighbour to neighbour.
  private static func smooth(_ knots: [Point], steps: Int) -> [Point] {
    let slopes = knots.indices.map { index in
      let (before, after) = (knots[max(0, index - 1)], knots[min(knots.count - 1, index + 1)])
      return (after.x - before.x) / (after.y - before.y)
    }
    return knots.indices.dropLast().flatMap { index in
      (index == 0 ? 0...steps : 1...steps).map { step in
        let t = Double(step) / Double(steps)
        let (a, b) = (knots[index], knots[index + 1])
        let rise = b.y - a.y
        let value =
          a.x * (1 + 2 * t) * (1 - t) * (1 - t) + slopes[index] * rise * t * (1 - t) * (1 - t)
          + b.x * t * t * (3 - 2 * t) + slopes[index + 1] * rise * t * t * (t - 1)
        return Point(max(0.08, value), a.y + rise * t)
      }
    }
  }
}
