import Foundation
import Testing
import Volumes

@Suite struct CavityRasterTests {
  /// Every lattice point asked one by one, in double precision, with formulas written out a second time.
  private func bruteForce(_ cavities: [Cavity], grid: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: grid * grid * grid * grid)
    for cavity in cavities {
      let (cosine, sine, sweep) = (cos(cavity.tilt), sin(cavity.tilt), cavity.sweepRadius)
      let s = cavity.size
      var position = 0
      for t in 0..<grid {
        for x in 0..<grid {
          for y in 0..<grid {
            for z in 0..<grid {
              let o = SIMD4(Double(t), Double(x), Double(y), Double(z)) - cavity.center
              let l = cavity.axes.map { (($0[0] * o[0] + $0[1] * o[1]) + $0[2] * o[2]) + $0[3] * o[3] }
              let d: Double
              switch cavity.kind {
              case .ball: d = sqrt(o[0] * o[0] + o[1] * o[1] + o[2] * o[2] + o[3] * o[3])
              case .ring: d = sqrt(pow(sqrt(l[0] * l[0] + l[1] * l[1]) - 2 * s, 2) + l[2] * l[2] + l[3] * l[3])
              case .shell: d = sqrt(pow(sqrt(l[0] * l[0] + l[1] * l[1] + l[2] * l[2]) - 2 * s, 2) + l[3] * l[3])
              case .torus:
                let swept = sqrt(l[0] * l[0] + l[1] * l[1]) - sweep
                let a = swept * cosine - l[3] * sine
                let b = swept * sine + l[3] * cosine
                d = sqrt(pow(sqrt(a * a + l[2] * l[2]) - 2 * s, 2) + b * b)
              }
              if d <= s { bytes[position] = 1 }
              position += 1
            }
          }
        }
      }
    }
    return bytes
  }

  private func pooled(_ bytes: [UInt8], grid: Int, by pool: Int) throws -> Series.Values {
    let shape = Series.Shape(frameCount: grid, depth: grid, height: grid, width: grid)
    return try Series(name: "full", shape: shape, values: .uint8(bytes)).maxPooled(by: pool).values
  }

  @Test(arguments: CavityKind.allCases, [UInt64(1), 2])
  func fullAndPooledRastersEqualEveryPointAskedOneByOne(_ kind: CavityKind, _ seed: UInt64) throws {
    let grid = 40
    let size = [9.3, 4.4, 3.6, 2.3][kind.rawValue]
    let sample = cavitySample([randomCavity(kind, size: size, center: SIMD4(19, 21, 18, 20), seed: seed)], grid: grid)
    let expected = bruteForce(sample.cavities, grid: grid)
    let raster = CavityRaster(sample)
    let frames = (0..<grid).flatMap { raster.frame($0) }
    #expect(frames == expected)
    #expect(expected.contains(1))
    for pool in [1, 2, 4, 5, 8, 10, 20] {
      #expect(try raster.pooled(by: pool).values == pooled(expected, grid: grid, by: pool), "pool \(pool)")
    }
  }

  @Test func aBallWithPointsExactlyOnItsSurfaceKeepsThem() throws {
    let ball = randomCavity(.ball, size: 5, center: SIMD4(16, 15, 14, 17), seed: 1)
    let sample = cavitySample([ball], grid: 32)
    let frames = (0..<32).flatMap { CavityRaster(sample).frame($0) }
    #expect(frames == bruteForce([ball], grid: 32))
    #expect(frames[((16 * 32 + 15) * 32 + 14) * 32 + 22] == 1)
    #expect(try CavityRaster(sample).pooled(by: 1).values == .uint8(frames))
  }

  @Test func aWholeSampleAtFullSizeEqualsItsPooledFrames() throws {
    let generator = try CavityGenerator(CavityConfiguration(seed: 21))
    for index in [0, 1] {
      let sample = try generator.sample(index)
      let raster = CavityRaster(sample)
      let pooled = try raster.pooled(by: 8)
      guard case .uint8(let bytes) = pooled.values else { throw CavityError.grid(0) }
      #expect(pooled.labels == sample.composition.labels)
      for time in 0..<128 {
        let frame = raster.frame(time)
        let shape = Series.Shape(frameCount: 1, depth: 128, height: 128, width: 128)
        let series = Series(name: "frame", shape: shape, values: .uint8(frame))
        #expect(try series.maxPooled(by: 8).values == .uint8(Array(bytes[(time * 4096)..<((time + 1) * 4096)])))
        if time == 60 { #expect(raster.frame(time, solid: true) == frame.map { 1 - $0 }) }
        if time == 0 || time == 127 { #expect(!frame.contains(1)) }
      }
    }
  }

  @Test func otherLatticesScaleTheLengths() throws {
    let small = try CavityGenerator(CavityConfiguration(grid: 32, seed: 2)).sample(3)
    let series = try CavityRaster(small).pooled(by: 2)
    #expect(series.shape.dimensions == [32, 16, 16, 16])
    #expect(small.cavities.allSatisfy { $0.size <= 24.2 / 4 })
    guard case .uint8(let bytes) = series.values else { throw CavityError.grid(0) }
    #expect(bytes.contains(1))
  }
}
