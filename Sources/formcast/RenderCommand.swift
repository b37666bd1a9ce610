import ArgumentParser
import Foundation
import Geometry
import Runs

/// `formcast render`.
struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw meshes and grids as a PNG picture or animation, without display or OpenGL.",
    discussion: """
      Several inputs stand side by side with their names, or in one scene with --together. Grids and series are drawn \
      as surfaces or, with --voxels, as cubes; a series shows up to ten of its frames unless --frame chooses one. --mode draws normals or depths instead of light, --turntable makes an animation, and --slice draws the signed \
      distances of meshes on planes: blue inside, orange outside. Scales stand to the right of the picture.
      --trace draws runs and weights of shapes, and the distances of meshes in the unit sphere, without making a mesh: \
      rays walk to the surface itself, at --level.
      """)

  @Argument(
    help:
      "Meshes (.stl, .obj, .ply, .off, .glb), grids (npy, npz, NIfTI, TFRecord, folders of frames); runs with --trace.")
  var inputs: [String]

  @Option(help: "The picture to write, .png.")
  var out: String

  @OptionGroup var view: RenderViewOptions
  @OptionGroup var mode: RenderModeOptions
  @OptionGroup var slicing: RenderSliceOptions
  @OptionGroup var surface: SurfaceOptions
  @OptionGroup var tracing: RenderTraceOptions

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
    guard slicing.slices.isEmpty || mode.isPlain else {
      throw ValidationError("--slice draws pictures of its own; leave out --mode, --turntable and --depth-out")
    }
    guard mode.depthOut == nil || inputs.count == 1 || together else {
      throw ValidationError("--depth-out writes one picture; give one input")
    }
    guard tracing.trace else { return }
    guard mode.isPlain, slicing.slices.isEmpty, !voxels, !together, frame == nil, !surface.smooth,
      surface.inside == .auto,
      !view.box, !view.sameScale, !view.transparent
    else {
      throw ValidationError(
        "--trace takes --level, --size, --columns and where it is looked from, and nothing else of meshes")
    }
  }

  func run() throws {
    for path in [out] + [mode.depthOut].compactMap(\.self) + mode.framePaths { try force.requireFree(path) }
    guard !tracing.trace else {
      let told = try RenderTrace(options: tracing, view: view, level: surface.level)
        .write(inputs, to: out, columns: columns, common)
      return try common.report(told, text: told.text)
    }
    guard slicing.slices.isEmpty else {
      var slices = RenderSlices(slicing, view)
      let told = try slices.write(inputs, to: out, columns: columns, common)
      return try common.report(told, text: "\(told.text)\n\(slices.text)")
    }
    var subjects: [RenderSubject] = []
    for path in inputs { subjects += try RenderSubject.read(path, surface, frame: frame, asVoxels: voxels) }
    if together { subjects = [.joined(subjects)] }
    if view.sameScale { RenderSubject.frameAlike(&subjects) }
    let show = try RenderShow(subjects, view, mode, columns: columns, together: together)
    let told = try show.write(to: out, common)
    try common.report(told, text: told.text)
  }
}
