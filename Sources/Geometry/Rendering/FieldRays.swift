import Foundation

/// Where a ray meets the surface of a field.
public struct FieldHit: Sendable, Equatable {
  /// How far along the ray.
  public var distance: Float
  /// The unit gradient there, turned towards the viewer only where it must be.
  public var normal: SIMD3<Float>
}

/// Walks along many rays at once until they meet the surface of a field or leave its region.
///
/// Every step is as long as the distance to the surface, but not longer than a limit, because what a network says is no
/// true distance. All rays that still walk are asked about together, and finished ones drop out. Where a step leads to
/// the other side of the surface, the place is found by bisection between the two; so a step that is too long ends at
/// the surface all the same, unless it leaps over all of a part.
///
/// Between the parts of a solid nothing is asked: a shell round it, the surface of a higher level on a coarse grid, says
/// where rays come near.
///
/// *Reference*: J. C. Hart, "Sphere tracing", The Visual Computer 12, 1996. Differs: limit and bisection.
struct FieldRays {
  let sampler: FieldSampler
  let field: any ScalarField
  let level: Float
  let hitDistance: Float
  let stepLimit: Float
  let region: Bounds
  private let shell: FieldShell

  /// Halvings of the last step where it crossed the surface.
  private static let bisectionCount = 8

  init(_ field: some ScalarField, in shell: FieldShell, _ options: FieldTraceOptions) {
    sampler = FieldSampler(field, threadCount: options.threadCount ?? ProcessInfo.processInfo.activeProcessorCount)
    (self.field, self.shell) = (field, shell)
    (level, hitDistance, region) = (options.level, options.hitDistance, options.region)
    stepLimit = options.stepLimit ?? (field.slopeBound.map { $0 <= 1 } == true ? .infinity : 0.02)
  }

  /// A ray of unit direction.
  struct Ray {
    var origin, direction: SIMD3<Float>

    func point(_ distance: Float) -> SIMD3<Float> { origin + direction * distance }
  }

  /// A ray that still walks.
  private struct Walker {
    var index: Int
    /// Where it is, where it was outside before, and where it leaves the region.
    var place, last, end: Float
  }

  /// A step across the surface.
  private struct Crossing {
    var index: Int
    var outside, inside: Float
  }

  /// How far along each ray the surface is met; nan where it is not.
  ///
  /// *Parameters*: with `isCoarse` places are not refined, which is enough to know whether there is one.
  func distances(along rays: [Ray], stepCount: Int, isCoarse: Bool = false) throws -> [Float] {
    var result = [Float](repeating: .nan, count: rays.count)
    var crossings: [Crossing] = []
    var walkers = rays.indices.compactMap { index in
      interval(of: rays[index]).flatMap { interval in
        shell.entry(of: rays[index], after: interval.lowerBound).map {
          Walker(index: index, place: $0, last: $0, end: interval.upperBound)
        }
      }
    }
    for step in 0..<stepCount where !walkers.isEmpty {
      let values = try values(walkers.map { rays[$0.index].point($0.place) })
      var kept = 0
      for (number, value) in values.enumerated() {
        var walker = walkers[number]
        if value < hitDistance {
          result[walker.index] = walker.place
          // A ray that begins inside has met the border of the region.
          if value < 0, step > 0, !isCoarse {
            crossings.append(Crossing(index: walker.index, outside: walker.last, inside: walker.place))
          }
          continue
        }
        walker.last = walker.place
        walker.place += min(value, stepLimit)
        if value > shell.distance {
          guard let place = shell.entry(of: rays[walker.index], after: walker.place) else { continue }
          walker.place = place
        }
        // A value that is not a number ends the ray.
        guard walker.place <= walker.end else { continue }
        walkers[kept] = walker
        kept += 1
      }
      walkers.removeLast(walkers.count - kept)
    }
    try refine(&crossings, rays)
    for crossing in crossings { result[crossing.index] = crossing.inside }
    return result
  }

  private func refine(_ crossings: inout [Crossing], _ rays: [Ray]) throws {
    guard !crossings.isEmpty else { return }
    for _ in 0..<Self.bisectionCount {
      let middles = crossings.map { ($0.outside + $0.inside) / 2 }
      let values = try values(zip(crossings, middles).map { rays[$0.index].point($1) })
      for (number, value) in values.enumerated() {
        if value < 0 { crossings[number].inside = middles[number] } else { crossings[number].outside = middles[number] }
      }
    }
  }

  /// The surfaces that rays meet, with their normals.
  func hits(along rays: [Ray], stepCount: Int) throws -> [FieldHit?] {
    let distances = try distances(along: rays, stepCount: stepCount)
    let met = rays.indices.filter { !distances[$0].isNaN }
    var result = [FieldHit?](repeating: nil, count: rays.count)
    for start in stride(from: 0, to: met.count, by: FieldSampler.batchSize) {
      let part = met[start..<min(met.count, start + FieldSampler.batchSize)]
      let points = part.map { rays[$0].point(distances[$0]) }
      let gradients = try field.samples(at: points, withGradients: true).gradients
      for (number, index) in part.enumerated() {
        let gradient = gradients?[number] ?? .zero
        let length = gradient.length
        let normal = length > 0 && length.isFinite ? gradient / length : -rays[index].direction
        result[index] = FieldHit(distance: distances[index], normal: onBorder(points[number]) ?? normal)
      }
    }
    return result
  }

  /// The normal of the region where a solid is cut off by it.
  private func onBorder(_ point: SIMD3<Float>) -> SIMD3<Float>? {
    let slack = hitDistance * 0.1
    for axis in 0..<3 {
      for (side, limit) in [(-1, region.lower[axis]), (1, region.upper[axis])] as [(Float, Float)]
      where abs(point[axis] - limit) < slack {
        var normal = SIMD3<Float>.zero
        normal[axis] = side
        return normal
      }
    }
    return nil
  }

  private func values(_ points: [SIMD3<Float>]) throws -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(points.count)
    for start in stride(from: 0, to: points.count, by: FieldSampler.batchSize) {
      let count = min(points.count - start, FieldSampler.batchSize)
      result += try sampler.distances(count: count) { first, buffer in
        for index in buffer.indices { buffer.initializeElement(at: index, to: points[start + first + index]) }
      }
    }
    let level = level
    return level == 0 ? result : result.map { $0 - level }
  }

  /// The part of a ray in the region.
  private func interval(of ray: Ray) -> ClosedRange<Float>? {
    var (near, far) = (Float(0), Float.infinity)
    for axis in 0..<3 {
      let (origin, direction) = (ray.origin[axis], ray.direction[axis])
      if direction == 0 {
        guard origin >= region.lower[axis], origin <= region.upper[axis] else { return nil }
        continue
      }
      let (a, b) = ((region.lower[axis] - origin) / direction, (region.upper[axis] - origin) / direction)
      near = max(near, min(a, b))
      far = min(far, max(a, b))
    }
    return near <= far ? near...far : nil
  }
}
