import Foundation
import Geometry
import Volumes

/// Makes the files of one shape after the other; any number of threads may share it.
///
/// A shape is worked on by one thread from its file to its record, so that many shapes keep all cores busy and every one
/// takes the same time, however many came before.
struct ShapePreparer: Sendable {
  let settings: PreparationSettings
  let shapes: ShapeFolder
  let out: URL
  /// Asked between batches; true ends the work on a shape, which then has no record.
  let isStopped: @Sendable () -> Bool

  /// The work on a shape was broken off.
  struct Stop: Error {}

  /// Files that are finished but not yet written.
  private struct Product {
    var path: String
    var write: (String) throws -> Void
  }

  /// Prepares a shape; what is wrong with the shape itself is in the record.
  ///
  /// *Throws*: `Stop`, and errors of the disk.
  func prepare(_ shape: ShapeSource) throws -> ShapeRecord {
    let startOfWork = Self.threadSeconds()
    var record = ShapeRecord(shape, sourceBytes: FileSize.bytes(of: shapes.url(of: shape)) ?? 0)
    record.seconds = try Stopwatch.seconds {
      do {
        let products = try products(of: shape, &record)
        for product in products { try write(product, &record) }
      } catch let error where error is Stop || error is VolumeError || error is ExperimentError {
        throw error
      } catch {
        (record.outcome, record.reason) = (.bad, "\(error)")
      }
    }
    record.cpuSeconds = Self.threadSeconds() - startOfWork
    return record
  }

  private func write(_ product: Product, _ record: inout ShapeRecord) throws {
    let file = out.appending(path: product.path)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw ExperimentError("\(file.path): its folder cannot be made; check permissions and space")
    }
    try product.write(file.path)
    record.files[product.path] = FileSize.bytes(of: file) ?? 0
  }

  /// Everything that is to be written of a shape.
  private func products(of shape: ShapeSource, _ record: inout ShapeRecord) throws -> [Product] {
    let mesh = try Mesh(contentsOf: shapes.url(of: shape))
    var products: [Product] = []
    var parts = Parts()
    let margin = settings.plans.first?.margin ?? 1
    let normalized = try NormalizedMesh(mesh, .sphere, margin: margin)
    let field = try MeshDistanceField(normalized.mesh, sign: settings.sign, threadCount: 1)
    if !settings.voxels.isEmpty {
      let cube = try UnitFrame(of: mesh, .cube)
      record.voxelTransform = cube
      let placement = cube.relative(to: normalized.toMesh)
      for side in settings.voxels {
        products.append(try voxels(side, of: shape, field, placement, &parts))
      }
    }
    var transforms: [String: UnitFrame] = [:]
    for plan in settings.plans {
      let isSame = plan.margin == margin
      let own = isSame ? normalized : try NormalizedMesh(mesh, .sphere, margin: plan.margin)
      let ownField = isSame ? field : try MeshDistanceField(own.mesh, sign: settings.sign, threadCount: 1)
      let set = try samples(plan, of: shape, ownField, own)
      transforms[plan.name] = own.toMesh
      parts.add(set)
      products.append(
        Product(path: "\(plan.name)/\(shape.id).npz") { try SampleArchive.write(set, to: $0) })
    }
    record.sampleTransforms = transforms.isEmpty ? nil : transforms
    record.report = parts.report(of: mesh, field.sign)
    guard let reasons = record.report?.objections, !reasons.isEmpty else { return products }
    (record.outcome, record.reason) = (.rejected, reasons.joined(separator: "; "))
    return settings.dropsRejected ? [] : products
  }

  private func samples(
    _ plan: SamplePlan, of shape: ShapeSource, _ field: MeshDistanceField, _ normalized: NormalizedMesh
  ) throws -> SampleSet {
    var sampler = SignedDistanceSampler(plan, seed: ShapeSeed.seed(settings.seed, for: shape.id))
    (sampler.sign, sampler.threadCount) = (settings.sign, 1)
    return try sampler.samples(of: field, in: normalized) { if isStopped() { throw Stop() } }
  }

  private func voxels(
    _ side: Int, of shape: ShapeSource, _ field: MeshDistanceField, _ placement: UnitFrame, _ parts: inout Parts
  ) throws -> Product {
    let result = try DistanceGridSampler(side: side, placement: placement).sample(field) { _ in
      if isStopped() { throw Stop() }
    }
    parts.add(result, GridContinuity(result.grid))
    let grid = settings.clip.map { result.grid.clipped(to: $0) } ?? result.grid
    return Product(path: "voxels_\(side)/\(shape.id).npy") {
      try NpyFile.write(NpyArray(shape: [side, side, side], grid.values), to: $0)
    }
  }

  /// What the grids and point sets of a shape say together.
  private struct Parts {
    var ambiguous = 0.0, asked = 0.0
    var insideShare: Double?
    var voxelInsideShare = 0.0
    var continuity: Double?
    var objections: [String] = []

    mutating func add(_ set: SampleSet) {
      let count = Double(set.points.count + set.pairedPoints.count)
      ambiguous += set.report.ambiguousShare * count
      asked += count
      insideShare = insideShare ?? set.report.uniformInsideShare
      objections += set.report.objections.map { "\(set.report.plan.name): \($0)" }
    }

    mutating func add(_ result: DistanceGridSampler.Result, _ grid: GridContinuity) {
      ambiguous += Double(result.ambiguousCount)
      asked += Double(result.grid.values.count)
      voxelInsideShare = Double(result.grid.values.count { $0 < 0 }) / Double(result.grid.values.count)
      continuity = max(continuity ?? 0, grid.largestDrop / grid.limit)
      if !grid.passes { objections.append("voxels of \(grid.side)^3 jump") }
    }

    func report(of mesh: Mesh, _ sign: SignDecision) -> ShapeRecord.Report {
      ShapeRecord.Report(
        vertices: mesh.positions.count, faces: mesh.faces.count, sign: sign,
        insideShare: insideShare ?? voxelInsideShare, ambiguousShare: ambiguous / max(1, asked), continuity: continuity,
        objections: objections)
    }
  }

  /// Time that the processor has worked for this thread.
  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
