import ArgumentParser
import Experiments
import Foundation
import Geometry

/// Three numbers with commas between them.
struct Place: ExpressibleByArgument {
  var value: SIMD3<Float>

  init?(argument: String) {
    guard let list = NumberList(argument: argument), list.values.count == 3 else { return nil }
    value = SIMD3(Float(list.values[0]), Float(list.values[1]), Float(list.values[2]))
  }
}

/// What of an input is used, and where it lies.
struct EvidenceOptions: ParsableArguments {
  @Flag(help: "Use the points of the surface only: the input is a whole surface, scaled like a mesh.")
  var points = false

  @Flag(help: "The input is a part of a surface, in the model's own frame: the rest is completed.")
  var partial = false

  @Option(
    parsing: .unconditional,
    help: "Look at the mesh from one side, AZIMUTH,ELEVATION in degrees, and use what is seen; the rest is completed.")
  var depthView: NumberList?

  @Option(help: "Pixels along a side of the depth view.")
  var depthSize = 192

  @Option(help: "The camera of a depth picture .npy [H,W], as JSON: fx, fy, cx, cy, pose (OpenCV axes), depthScale.")
  var camera: String?

  @Option(parsing: .unconditional, help: "From where a cloud was seen, X,Y,Z in its own units.")
  var sensor: Place?

  @Option(help: "How far before and behind a seen surface the distance is taken as known, in the model's units.")
  var offset = 0.01

  @Option(help: "Room per surface point that is known to be free, where it is known from where it was seen.")
  var freePoints = 4

  @Option(help: "A 4x4 .npy from the model's frame (-1 to 1) to that of the input.")
  var transform: String?

  @Option(help: "sphere, cube or none; sphere for a whole surface and none for a part unless given.")
  var normalize: MeshNormalization?

  func validate() throws {
    guard [points, partial, depthView != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError("--points, --partial and --depth-view exclude each other")
    }
    guard depthView.map({ $0.values.count == 2 }) ?? true else {
      throw ValidationError("--depth-view takes AZIMUTH,ELEVATION such as 30,20")
    }
    guard (8...2048).contains(depthSize) else { throw ValidationError("--depth-size must be 8 to 2048") }
    guard transform == nil || normalize == nil else {
      throw ValidationError("--transform and --normalize exclude each other")
    }
    guard offset > 0, offset < 1 else { throw ValidationError("--offset must lie between 0 and 1") }
    guard (0...100).contains(freePoints) else { throw ValidationError("--free-points must be 0 to 100") }
    guard !points || sensor == nil else {
      throw ValidationError("--points is a whole surface, which no single --sensor sees; use --partial")
    }
    guard sensor == nil || camera == nil else { throw ValidationError("--sensor and --camera exclude each other") }
  }

  func apply(to request: inout ReconstructionRequest) {
    if points { request.evidence = .surfacePoints }
    if partial { request.evidence = .partial }
    if let view = depthView?.values {
      request.evidence = .depthView(
        ViewDirection(azimuth: Float(view[0]), elevation: Float(view[1]), fieldOfView: 40), side: depthSize)
    }
    (request.camera, request.sensor, request.transform) = (camera, sensor?.value, transform)
    request.normalization = normalize
    (request.view.offset, request.view.freePointsPerRay) = (offset, freePoints)
  }
}

/// How a code is found.
struct CodeFitArguments: ParsableArguments {
  @Option(
    help: """
      Codes to begin with: near zero, then by turns the trained one that fits best and a random one; they race, and the \
      best goes on, at the cost of one.
      """)
  var starts = 4

  @Option(help: "Steps of the fit.")
  var steps = 800

  @Option(help: "Points of a step.")
  var samplesPerStep = 8000

  @Option(help: "Learning rate of the code; a tenth of it in the second half.")
  var learningRate = 5e-3

  @Option(help: "Weight of the code's mean square.")
  var codePenalty = 1e-4

  @Option(help: "Distances are clamped at this; without it where the run's were clipped, or 0.1.")
  var clamp: Double?

  func options(seed: UInt64) -> CodeFitOptions {
    var options = CodeFitOptions()
    (options.starts, options.steps, options.samplesPerStep) = (starts, steps, samplesPerStep)
    (options.learningRate, options.codePenalty, options.clamp) = (learningRate, codePenalty, clamp)
    options.seed = seed
    return options
  }

  func validate() throws {
    do {
      try options(seed: 1).validate()
    } catch {
      throw ValidationError("\(error)")
    }
  }
}

/// How points are drawn round a mesh before it is fitted.
struct MeshSamplingOptions: ParsableArguments {
  @Option(help: "How points are drawn round a mesh, and its room: deepsdf, deepsdf-code, mesh-to-sdf or uniform.")
  var preset = SamplePreset.deepsdf

  @Option(help: "Points that are drawn round a mesh.")
  var samples = 500_000

  @Option(help: "Room round a mesh or whole cloud: it ends at 1 over this; 1.03 for deepsdf unless given.")
  var margin: Double?

  var plan: SamplePlan {
    var plan = preset.plan
    (plan.count, plan.margin) = (samples, margin ?? plan.margin)
    return plan
  }

  func validate() throws {
    do {
      try plan.validate()
    } catch {
      throw ValidationError("\(error)")
    }
  }
}
