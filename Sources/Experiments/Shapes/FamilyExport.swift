import Foundation
import Geometry
import Volumes

/// Writes shapes of parametric families as a training folder: samples and a surface of each, and a table of all.
public struct FamilyExport: Sendable {
  /// The families.
  public var families: [ShapeFamily]
  /// Shapes of each family.
  public var count: Int
  /// How many points are drawn where.
  public var plan: SamplePlan
  /// The seed of all shapes and points.
  public var seed: UInt64
  /// Samples along every axis from which surfaces are made; boxes have exact ones.
  public var resolution = 128

  /// Samples along each axis of grids of distances that are written too, `voxels_32/ID.npy` as `sdf prepare` does.
  public var voxels: [Int] = []

  /// The table of all shapes of a folder.
  public static let tableName = "shapes.csv"

  /// An export.
  public init(_ families: [ShapeFamily] = ShapeFamily.allCases, count: Int, plan: SamplePlan, seed: UInt64) {
    (self.families, self.count, self.plan, self.seed) = (families, count, plan, seed)
  }

  /// The shapes in the order in which they are written.
  var members: [(family: ShapeFamily, index: Int)] {
    families.flatMap { family in (0..<count).map { (family, $0) } }
  }

  /// The files that it writes into a folder, the table last.
  public func paths(in folder: String) -> [String] {
    members.flatMap { member in
      let id = "\(member.family.rawValue)/" + String(format: "%04d", member.index)
      return ["npz", "stl"].map { "\(folder)/\(id).\($0)" } + voxels.map { "\(folder)/voxels_\($0)/\(id).npy" }
    } + ["\(folder)/\(Self.tableName)"]
  }

  /// Writes all shapes; `progress` is told their number after each. Shapes of an earlier export to the folder go away, so that
  /// nobody learns from both.
  ///
  /// *Throws*: `SamplingError` for a plan that cannot be, errors of the disk.
  public func write(to folder: String, progress: (Int) -> Void = { _ in }) throws {
    try plan.validate()
    try removeEarlierShapes(in: folder)
    var rows = ["id,category,parameters"]
    for (number, member) in members.enumerated() {
      let shape = try member.family.shape(member.index, seed: seed, margin: plan.margin)
      let surface = try shape.surface(resolution: resolution)
      let set = try shape.samples(plan, seed: ShapeSeed.seed(seed, for: shape.id), surface: surface)
      let stem = "\(folder)/\(shape.id)"
      try makeFolder(URL(filePath: stem).deletingLastPathComponent())
      try SampleArchive.write(set, to: "\(stem).npz")
      try surface.write(to: URL(filePath: "\(stem).stl"))
      for side in voxels { try write(shape, side: side, to: "\(folder)/voxels_\(side)/\(shape.id).npy") }
      let parameters = shape.parameters.map { "\($0.name)=" + String(format: "%.6g", $0.value) }
      rows.append("\(shape.id),\(member.family.rawValue),\(parameters.joined(separator: ";"))")
      progress(number + 1)
    }
    try Volumes.AtomicFile.write(
      Array((rows.joined(separator: "\n") + "\n").utf8), to: "\(folder)/\(Self.tableName)")
  }

  /// Distances at linspace(-1, 1, side)^3, indices along x, y and z, not clipped.
  private func write(_ shape: FamilyShape, side: Int, to path: String) throws {
    try makeFolder(URL(filePath: path).deletingLastPathComponent())
    let grid = try ScalarGrid(sampling: shape.field, shape: .init(cube: side), frame: .unitCube(count: side))
    try NpyFile.write(NpyArray(shape: [side, side, side], grid.values), to: path)
  }

  /// Removes what the table of the folder lists, if there is one; other files stay.
  private func removeEarlierShapes(in folder: String) throws {
    guard let table = FileManager.default.contents(atPath: "\(folder)/\(Self.tableName)") else { return }
    let families = Set(ShapeFamily.allCases.map(\.rawValue))
    for line in String(decoding: table, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let id = line.prefix { $0 != "," }.split(separator: "/")
      guard id.count == 2, families.contains(String(id[0])), UInt(id[1]) != nil else { continue }
      let grids = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("voxels_") }
      for path in ["npz", "stl"].map({ "\(folder)/\(id[0])/\(id[1]).\($0)" })
        + grids.map({ "\(folder)/\($0)/\(id[0])/\(id[1]).npy" })
      where FileManager.default.fileExists(atPath: path) {
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  private func makeFolder(_ url: URL) throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw ExperimentError("\(url.path): cannot be made a folder; name another one")
    }
  }
}
