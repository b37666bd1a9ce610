import Foundation
import Geometry
import Volumes

/// Where generated shapes go: the folder is made with the first surface, so that a failure leaves nothing behind.
struct ShapeShelf {
  private let options: ShapeGeneration.Options
  private let space: ShapeSpace
  private var folder: OutputFolder?
  /// Codes without a surface, whose grids are written once there is a folder.
  private var waiting: [(code: NamedCode, file: String)] = []

  init(_ options: ShapeGeneration.Options, space: ShapeSpace) { (self.options, self.space) = (options, space) }

  /// Writes a shape and returns what there is to say about it.
  mutating func put(_ cast: CastShape, _ code: NamedCode, _ index: Int) throws -> ShapeGeneration.Shape {
    let name = String(format: "shape_%04d", index)
    var shape = ShapeGeneration.Shape(
      code: code.name, category: code.category, mesh: nil, grid: options.writesGrids ? "\(name).npy" : nil,
      surface: cast.facts, seconds: cast.seconds, range: cast.range, statistics: cast.statistics)
    if !cast.isEmpty {
      let file = "\(name).\(options.format.rawValue)"
      try open().write(cast.mesh.data(format: options.format), as: file)
      shape.mesh = file
    }
    if let grid = shape.grid { waiting.append((code, grid)) }
    if folder != nil { try writeGrids() }
    return shape
  }

  /// The folder; nil if there was no surface, and then there is none on the disk either.
  func close() -> OutputFolder? { folder }

  private mutating func open() throws -> OutputFolder {
    if let folder { return folder }
    let made = try OutputFolder(options.out, mark: ShapeGeneration.mark, force: options.force)
    try removeEarlier(in: made)
    folder = made
    return made
  }

  /// What an earlier call wrote there would be taken for shapes of this one.
  private func removeEarlier(in folder: OutputFolder) throws {
    let manager = FileManager.default
    let table = folder.file(ShapeGeneration.mark)
    guard let content = manager.contents(atPath: table.path) else { return }
    let earlier: ShapeGeneration.Outcome
    do {
      earlier = try JSONDecoder().decode(ShapeGeneration.Outcome.self, from: content)
    } catch {
      guard !options.force else { return }
      throw ExperimentError("\(table.path): is not what formcast generate writes; name another folder or use --force")
    }
    for name in earlier.shapes.flatMap({ [$0.mesh, $0.grid] }).compactMap(\.self)
    where !name.contains("/") && manager.fileExists(atPath: folder.file(name).path) {
      try manager.removeItem(at: folder.file(name))
    }
  }

  private mutating func writeGrids() throws {
    guard let folder else { return }
    let side = options.resolution
    for entry in waiting {
      let grid = try ScalarGrid(
        sampling: try space.field(entry.code.values), shape: .init(cube: side), frame: .unitCube(count: side))
      try NpyFile.write(NpyArray(shape: [side, side, side], grid.values), to: folder.file(entry.file).path)
    }
    waiting = []
  }
}
