import ArgumentParser
import Geometry

/// How many points are drawn where: a preset, and what is changed in it.
struct SdfPlanOptions: ParsableArguments {
  @Option(help: "Points of a mesh; without it what was published: 500000, for shapegan 262144.")
  var points: Int?

  @Option(help: "Share of the points near the surface, 0 to 1.")
  var near: Double?

  @Option(help: "Standard deviations of the noise near the surface, such as 0.05,0.016.")
  var sigma: NumberList?

  @Option(help: "Where the rest is drawn from: ball or cube.")
  var region: SampleRegion?

  @Option(help: "Radius of the ball or half side of the cube; 1 is where the mesh ends.")
  var radius: Double?

  @Option(help: "Room round the mesh: it ends at 1 over this.")
  var margin: Double?

  func validate() throws {
    var plan = SamplePlan(name: "", near: near ?? 0, deviations: sigma?.values ?? [0])
    plan.count = points ?? 1
    (plan.radius, plan.margin) = (radius ?? 1, margin ?? 1)
    do {
      try plan.validate()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// A preset with the user's changes.
  func plan(_ preset: SamplePreset) throws -> SamplePlan {
    var plan = preset.plan
    if let points { plan.count = points }
    if let near { plan.nearShare = near }
    if let sigma { plan.deviations = sigma.values }
    if let region { plan.region = region }
    if let radius { plan.radius = radius }
    if let margin { plan.margin = margin }
    do {
      try plan.validate()
    } catch {
      throw ValidationError("--preset \(preset.rawValue): \(error)")
    }
    return plan
  }
}
