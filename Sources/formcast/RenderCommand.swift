import ArgumentParser
import Foundation
import Geometry
import Runs

/// `formcast render`.
struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw meshes and grids as a PNG picture, without display or OpenGL.",
    discussion: """
      Several inputs stand side by side with their names, or in one scene with --together. Grids and series are drawn \
      as surfaces or, with --voxels, as cubes; a series shows up to ten of its frames unless --frame chooses one.
      """)

  @Argument(help: "Meshes (.stl, .obj, .ply, .off) and grids (npy, npz, NIfTI, TFRecord, folders of frames).")
  var inputs: [String]

  @Option(help: "The picture to write, .png.")
  var out: String

  @OptionGroup var view: RenderViewOptions
  @OptionGroup var surface: SurfaceOptions

  @Option(help: "Which frame of a series; the first is 0.")
  var frame: Int?

  @Flag(help: "Draw grids as voxels.")
  var voxels = false

  @Flag(help: "Draw all inputs in one scene, each in its own colour.")
  var together = false

  @Option(help: "Pictures in a row of the contact sheet.")
  var columns: Int?

  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard out.lowercased().hasSuffix(".png") else { throw ValidationError("--out must end in .png") }
    guard columns ?? 1 >= 1 else { throw ValidationError("--columns must be at least 1") }
  }

  func run() throws {
    try force.requireFree(out)
    var subjects: [RenderSubject] = []
    for path in inputs { subjects += try RenderSubject.read(path, surface, frame: frame, asVoxels: voxels) }
    if together { subjects = [.joined(subjects)] }
    if view.sameScale { RenderSubject.frameAlike(&subjects) }
    let progress = ProgressMeter("render", total: subjects.count, options: common.progress("pictures"))
    var images: [Image] = []
    for subject in subjects {
      images.append(try subject.image(view, isAlone: subjects.count == 1))
      progress.advance()
    }
    let picture = try sheet(images, subjects)
    try picture.writePNG(to: out)
    progress.finish()
    let faces = subjects.reduce(0) { $0 + $1.faceCount }
    try common.report(
      Summary(out: out, width: picture.width, height: picture.height, pictures: images.count, faces: faces),
      text: "\(out): \(picture.width) x \(picture.height), \(images.count) pictures, \(faces) faces")
  }

  /// The only picture, or all with their names in rows.
  private func sheet(_ images: [Image], _ subjects: [RenderSubject]) throws -> Image {
    var sheet = ContactSheet(
      images, columnCount: columns ?? (images.count <= 5 ? images.count : (images.count + 1) / 2))
    sheet.legend = together ? subjects[0].legend : []
    return images.count == 1 && sheet.legend.isEmpty ? images[0] : try sheet.image()
  }

  private struct Summary: Encodable {
    var out: String
    var width, height, pictures, faces: Int
  }
}
