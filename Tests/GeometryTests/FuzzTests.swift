import Foundation
import Geometry
import Randomness
import Testing

/// Damaged files by the thousand. `FORMCAST_FUZZ=100000` sets how many for every kind.
@Suite("Damaged files of every kind", .serialized)
struct FuzzTests {
  /// A reader and whole files for it.
  struct Target: Sendable, CustomTestStringConvertible {
    var name: String
    var seeds: [[UInt8]]
    /// Reads bytes and says how much came out.
    var read: @Sendable (Data) throws -> Int

    var testDescription: String { name }

    static func mesh(_ name: String, _ format: MeshFormat, _ seeds: [[UInt8]]) -> Target {
      Target(name: name, seeds: seeds) { data in
        let mesh = try Mesh(data: data, format: format, name: name)
        try mesh.validate()
        let scene = try MeshScene(data: data, format: format, name: name)
        for object in scene.objects { try object.mesh.validate() }
        let parts = scene.objects.reduce(0) { $0 + $1.mesh.positions.count + $1.mesh.faces.count }
        return max(mesh.positions.count + mesh.faces.count, parts)
      }
    }

    static func voxels(_ format: VoxelFile, _ seeds: [[UInt8]]) -> Target {
      Target(name: format.rawValue, seeds: seeds) { data in
        // A voxel costs less than a vertex: runs and compression make up to a thousand of a byte.
        do {
          return try VoxelFile.read(data: data, format: format, name: "damaged").values.count / 64 + 1
        } catch {
          return try VoxelFile.read(data: data, format: format, name: "damaged", variable: "code").values.count / 64 + 1
        }
      }
    }
  }

  static let targets: [Target] = FuzzSeeds.targets

  static var count: Int { ProcessInfo.processInfo.environment["FORMCAST_FUZZ"].flatMap(Int.init) ?? 2000 }

  @Test("a damaged file is an error of one line or a sound mesh of no more than its bytes allow", arguments: targets)
  func damaged(target: Target) throws {
    for seed in target.seeds { #expect(try target.read(Data(seed)) > 0, "a seed of \(target.name) is not whole") }
    let stream = target.name.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
    var mutator = FuzzMutator(random: SeededGenerator(seed: 20, stream: stream))
    let begin = ContinuousClock.now
    var slowest = 0.0
    var readCount = 0
    for number in 0..<Self.count {
      let seed = target.seeds[number % target.seeds.count]
      let other = target.seeds[mutator.random.integer(below: target.seeds.count)]
      let bytes = mutator.damaged(seed, other: other)
      let start = ContinuousClock.now
      do {
        let size = try target.read(Data(bytes))
        readCount += 1
        if size > 16 * (bytes.count + 64) { Issue.record("\(target.name) \(number): \(size) of \(bytes.count) bytes") }
      } catch let error as MeshFileError {
        let text = error.description
        if text.contains(where: \.isNewline) || text.utf8.count > 600 {
          Issue.record("\(target.name) \(number): \(text)")
        }
      } catch {
        Issue.record("\(target.name) \(number): \(error)")
      }
      slowest = max(slowest, (ContinuousClock.now - start) / .seconds(1))
    }
    // Files of some kilobytes take microseconds; the rest is for a machine that does other things.
    #expect(slowest < 2, "\(target.name): \(slowest) s for one file")
    // Otherwise the damage would be so great that nothing but the first check is tried.
    #expect(readCount > Self.count / 500, "\(target.name): only \(readCount) of \(Self.count) were read")
    if ProcessInfo.processInfo.environment["FORMCAST_FUZZ"] != nil {
      let seconds = Int((ContinuousClock.now - begin) / .seconds(1))
      print("\(target.name): \(Self.count) files, \(readCount) read, \(seconds) s, slowest \(Int(slowest * 1e6)) us")
    }
  }
}
