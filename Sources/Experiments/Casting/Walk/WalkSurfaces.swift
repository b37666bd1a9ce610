import Foundation
import Geometry
import Runs

/// The surfaces of all frames, on the disk: a long walk at a high resolution does not fit into memory.
final class WalkSurfaces {
  /// What each frame is.
  private(set) var frames: [ShapeWalk.Frame] = []
  /// Where in the walk each frame lies.
  let plan: WalkPlan
  /// A box round all frames.
  private(set) var bounds = Bounds(lower: -.one, upper: .one)
  private let folder: URL

  /// Extracts every frame.
  ///
  /// *Throws*: `ExperimentError` if none has a surface.
  init(_ plan: WalkPlan, caster: ShapeCaster, progress options: ProgressMeter.Options) throws {
    self.plan = plan
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("formcast-walk-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var settings = options
    settings.unit = "surfaces"
    let progress = ProgressMeter("interpolate", total: plan.frames.count, options: settings)
    var (range, box) = (FieldRange?.none, Bounds?.none)
    for (index, frame) in plan.frames.enumerated() {
      let (from, to) = (plan.codes[frame.from].name, plan.codes[frame.to].name)
      let cast = try caster.cast(NamedCode(from, values: frame.code))
      range = range?.union(cast.range) ?? cast.range
      if let own = cast.mesh.bounds { box = box?.union(own) ?? own }
      if !cast.isEmpty { try cast.mesh.data(format: .glb).write(to: file(index)) }
      frames.append(
        ShapeWalk.Frame(from: from, to: to, share: frame.share, surface: cast.facts, seconds: cast.seconds))
      progress.advance()
    }
    guard let box else {
      throw caster.nothingSolid(
        range ?? FieldRange(lower: 0, upper: 0, sampleCount: 0), count: plan.frames.count)
    }
    bounds = box
    progress.finish()
  }

  deinit {
    // A temporary folder that cannot be removed is the system's to clean.
    do { try FileManager.default.removeItem(at: folder) } catch { return }
  }

  /// The surface of a frame; empty if it has none.
  func mesh(_ index: Int) throws -> Mesh {
    frames[index].surface.faces == 0 ? Mesh() : try Mesh(contentsOf: file(index))
  }

  /// Copies the surfaces into a folder that stays.
  func publish(to target: OutputFolder) throws {
    for index in frames.indices where frames[index].surface.faces > 0 {
      try target.write(try Data(contentsOf: file(index)), as: file(index).lastPathComponent)
    }
  }

  /// What is missing.
  var remarks: [String] {
    let count = frames.count { $0.surface.faces == 0 }
    return count == 0 ? [] : ["\(count) frames do not cross the level and have no surface"]
  }

  private func file(_ index: Int) -> URL { folder.appendingPathComponent(String(format: "frame_%04d.glb", index)) }
}
