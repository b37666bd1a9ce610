import Foundation
import Geometry
import Volumes

/// What one picture of `formcast render` shows.
struct RenderSubject {
  var name: String
  var objects: [RenderObject]
  /// What the picture is framed by; nil for the objects themselves. Grids bring the box of all their voxels.
  var bounds: Bounds?
  var legend: [ContactSheet.LegendEntry] = []

  /// Most frames of a series that are drawn unasked.
  private static let frameLimit = 10
  private static let palette = [0x7FA6CF, 0xE8862E, 0x6BA368, 0xB0729E, 0xD3B34C, 0x6FB7B7, 0xC96A5B, 0x8C9BAB]

  var faceCount: Int { objects.reduce(0) { $0 + $1.mesh.faces.count } }

  /// A mesh, or the chosen frames of a grid file.
  static func read(_ path: String, _ surface: SurfaceOptions, frame: Int?, asVoxels: Bool) throws -> [RenderSubject] {
    let url = URL(fileURLWithPath: path)
    if MeshFormat(rawValue: url.pathExtension.lowercased()) != nil {
      let mesh = try Mesh(contentsOf: url)
      guard !mesh.faces.isEmpty else { throw SurfaceChoiceError("\(path): has no faces to draw") }
      return [RenderSubject(name: url.lastPathComponent, objects: [RenderObject(mesh)])]
    }
    let input = try GridInput(path)
    let count = input.series.shape.frameCount
    let shown = min(count, frameLimit)
    let frames = frame.map { [$0] } ?? (0..<shown).map { shown == 1 ? 0 : $0 * (count - 1) / (shown - 1) }
    return try frames.map { index in
      let grid = try input.grid(frame: index)
      // The number comes first: a long name is cut at its end.
      let name = count == 1 ? input.series.name : "frame \(index), \(input.series.name)"
      let object = try object(grid, surface, path: path, asVoxels: asVoxels, mayBeEmpty: frames.count > 1)
      return RenderSubject(
        name: name, objects: object.map { [$0] } ?? [], bounds: Bounds(of: grid.shape, in: grid.frame))
    }
  }

  /// The surface or the voxels of a grid; nil for a frame without anything among others.
  private static func object(
    _ grid: ScalarGrid, _ surface: SurfaceOptions, path: String, asVoxels: Bool, mayBeEmpty: Bool
  ) throws -> RenderObject? {
    let extraction = try surface.extraction(for: grid, path: path)
    let labels: [UInt8] = grid.values.map {
      (extraction.inside == .below ? $0 < extraction.level : $0 > extraction.level) ? 1 : 0
    }
    if mayBeEmpty, !labels.contains(1) { return nil }
    let mesh = try surface.surface(of: grid, with: extraction, path: path)
    return asVoxels ? VoxelMesh(labels: labels, shape: grid.shape, frame: grid.frame).object() : RenderObject(mesh)
  }

  /// All in one scene, each in a colour of its own.
  static func joined(_ subjects: [RenderSubject]) -> RenderSubject {
    var result = RenderSubject(name: "", objects: [], bounds: nil)
    for (index, subject) in subjects.enumerated() {
      let color = Color(hex: UInt32(palette[index % palette.count]))
      result.objects += subject.objects.map { object in
        var object = object
        object.color = color
        return object
      }
      result.legend.append(.init(subject.name, color: color))
    }
    return result
  }

  /// Frames all by the bounds of all, so that sizes can be compared.
  static func frameAlike(_ subjects: inout [RenderSubject]) {
    let boxes = subjects.flatMap { subject in subject.bounds.map { [$0] } ?? subject.objects.compactMap(\.mesh.bounds) }
    let union = boxes.dropFirst().reduce(boxes.first) { $0?.union($1) }
    for index in subjects.indices { subjects[index].bounds = union }
  }
}
