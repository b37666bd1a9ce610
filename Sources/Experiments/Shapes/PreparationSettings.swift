import Foundation
import Geometry
import Runs

/// What is made of every shape of a folder.
public struct PreparationSettings: Codable, Sendable, Equatable {
  /// Sides of the voxel grids, in the unit cube.
  public var voxels = [8, 16, 32, 64]
  /// The point sets, in the unit sphere; each goes into a folder of its name.
  public var plans = [SamplePreset.shapegan.plan]
  /// How inside and outside are told apart.
  public var sign = SignMethod.auto
  /// The seed; every shape has its own random numbers, by its id.
  public var seed: UInt64 = 1
  /// Distances of voxels are brought between minus and plus this; nil leaves them.
  public var clip: Float?
  /// Shapes that a test for bad meshes objects to are not written.
  public var dropsRejected = false

  /// The published data set: voxels of four sizes, and points in the ball with their partners near the surface.
  public init() {}

  static let fileName = "settings.json"

  /// Checks the numbers.
  ///
  /// *Throws*: `ExperimentError` and `SamplingError` naming the first that cannot be.
  public func validate() throws {
    for plan in plans { try plan.validate() }
    guard voxels.allSatisfy({ (2...512).contains($0) }), Set(voxels).count == voxels.count else {
      throw ExperimentError("--voxels: sides are different numbers from 2 to 512")
    }
    guard Set(plans.map(\.name)).count == plans.count else { throw ExperimentError("--preset: one is named twice") }
    guard !(voxels.isEmpty && plans.isEmpty) else { throw ExperimentError("neither voxels nor points are asked for") }
    guard clip.map({ $0 > 0 && $0.isFinite }) ?? true else { throw ExperimentError("--clip must be a positive number") }
  }

  /// Makes a folder one of these settings, or checks that it is.
  ///
  /// *Throws*: `ExperimentError` if it was made with others, or if `resumes` is false and it was begun already.
  func claim(_ folder: URL, resumes: Bool) throws {
    let file = folder.appending(path: Self.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else {
      return try AtomicFile.write(try JSONOutput.line(self) + "\n", to: file)
    }
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw ExperimentError("\(file.path): cannot be read; check its permissions")
    }
    let earlier: PreparationSettings
    do {
      earlier = try JSONDecoder().decode(PreparationSettings.self, from: data)
    } catch {
      throw ExperimentError("\(file.path): is not readable as settings; name another folder with --out")
    }
    guard earlier == self else {
      throw ExperimentError(
        "\(folder.path): was prepared with other settings (\(try changes(from: earlier))); name another folder")
    }
    guard resumes else {
      throw ExperimentError("\(folder.path): holds prepared shapes; go on with --resume or name another folder")
    }
  }

  /// Names of the fields that differ.
  private func changes(from earlier: PreparationSettings) throws -> String {
    func fields(_ settings: PreparationSettings) throws -> [String: NSObject] {
      let object = try JSONSerialization.jsonObject(with: Data(try JSONOutput.line(settings).utf8))
      return object as? [String: NSObject] ?? [:]
    }
    let (old, new) = (try fields(earlier), try fields(self))
    return Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted().joined(separator: ", ")
  }
}
