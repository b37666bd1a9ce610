/// A cube of cells, in positions of the padded grid.
struct SparseBlock: Sendable {
  /// Its first corner.
  var i: Int32, j: Int32, k: Int32
  /// Its side is two to this power.
  var exponent: UInt8
  /// Whether it is the first of eight that lie beside each other and whose centres are one side apart.
  var startsFamily = false
  /// The field at its centre.
  var value: Float = 0

  var side: Int { 1 << Int(exponent) }
  var origin: SIMD3<Int> { SIMD3<Int>(Int(i), Int(j), Int(k)) }
}

/// Finds the samples that a surface needs: gives up blocks that cannot hold a part of it, refines the others, follows the
/// surface where it leaves what was sampled, and checks what was given up.
final class SparseRefinement {
  let plan: SparseSurfaceExtraction
  let extraction: SurfaceExtraction
  let bricks: SampleBricks
  let requests: SampleRequests
  var statistics = SparseStatistics()
  /// Extents of the padded grid.
  let extents: SIMD3<Int>
  let pad: Int
  /// Distance from the centre of a block to its corners, by exponent.
  let radii: [Float]
  /// What rounding can add to a difference, for a slope of one.
  let rounding: Float
  var slopes: SlopeEstimate
  let safety: Float
  /// No block is given up unless the field stays clear of the level with this slope.
  var bound: Float
  /// Blocks to be looked at, by exponent.
  private var pending: [[SparseBlock]]
  /// Blocks without a part of the surface, as far as is known.
  var discarded: [SparseBlock] = []
  /// Whether blocks are of no use for this field.
  private(set) var isHopeless = false
  /// Grids up to this size are never hopeless.
  private static let smallGrid = 1 << 20
  private let top: Int
  /// Side of the largest blocks, and their number along each axis.
  let rootSide: Int, rootCounts: SIMD3<Int>

  init(_ plan: SparseSurfaceExtraction, field: any ScalarField) {
    (self.plan, extraction) = (plan, plan.extraction)
    if case .closed = plan.extraction.border { pad = 1 } else { pad = 0 }
    let shape = plan.shape
    extents = SIMD3<Int>(shape.depth, shape.height, shape.width) &+ 2 * pad
    bricks = SampleBricks(extents: extents, pad: pad)
    let sampler = FieldSampler(field, threadCount: plan.extraction.threadCount)
    requests = SampleRequests(bricks, sampler, plan.extraction, plan.frame)
    slopes = SlopeEstimate(plan.frame)
    var promised: Float?
    switch plan.slope {
    case .automatic: (promised, safety) = (field.slopeBound, 1.5)
    case .atMost(let slope), .assumed(let slope): (promised, safety) = (slope, 1.5)
    case .estimated(let factor): (promised, safety) = (nil, factor)
    }
    bound = promised ?? 0
    statistics.isSlopePromised = promised != nil
    statistics.gridSampleCount = shape.count
    let cells = max(1, extents.max() - 1)
    var exponent = 1
    while (cells + (1 << exponent) - 1) >> exponent > (promised == nil ? 40 : 20) { exponent += 1 }
    top = exponent
    rootSide = 1 << exponent
    rootCounts = ((extents &- 2) / (1 << exponent) &+ 1).clamped(lowerBound: .one, upperBound: extents)
    pending = Array(repeating: [], count: exponent + 1)
    let steps = (0..<3).map { SIMD3<Float>(plan.frame.step($0)) }
    func length(_ v: SIMD3<Float>) -> Float { (v * v).sum().squareRoot() }
    let diagonals = [(1, 1), (1, -1), (-1, 1), (-1, -1)].map {
      length(steps[0] + Float($0) * steps[1] + Float($1) * steps[2])
    }
    let radius = (diagonals.max() ?? 0) / 2
    radii = (0...exponent).map { radius * Float(1 << $0) }
    let corner = SIMD3<Float>(plan.frame.origin)
    rounding = 2e-6 * (radius * Float(extents.max()) + length(corner))
  }

  /// The sample farthest outside.
  var farthest: Float { requests.farthest }

  /// Finds all samples.
  func run() throws {
    addRoots()
    try refineAll()
    if isHopeless {
      try sampleGrid()
    } else {
      try follow()
      try check()
    }
    statistics.sampleCount = requests.sampleCount
    statistics.slopeBound = bound
    statistics.peakBytes += bricks.byteCount
  }

  private func addRoots() {
    let side = 1 << top
    for i in stride(from: 0, to: max(1, extents.x - 1), by: side) {
      for j in stride(from: 0, to: max(1, extents.y - 1), by: side) {
        for k in stride(from: 0, to: max(1, extents.z - 1), by: side) {
          pending[top].append(SparseBlock(i: Int32(i), j: Int32(j), k: Int32(k), exponent: UInt8(top)))
        }
      }
    }
  }

  /// Refines until nothing is pending and no discarded block is in doubt.
  func refineAll() throws {
    repeat {
      for exponent in (1...top).reversed() where !isHopeless { try refine(exponent) }
      try requests.flush()
      if !statistics.isSlopePromised { measureBricks() }
    } while !isHopeless && reconsider() > 0
  }

  /// Looks at all pending blocks of one size.
  private func refine(_ exponent: Int) throws {
    var blocks = pending[exponent]
    guard !blocks.isEmpty else { return }
    pending[exponent] = []
    let centers = blocks.map { block in center(of: block) }
    let values = try requests.samples(at: centers)
    for index in blocks.indices { blocks[index].value = values[index] }
    if !statistics.isSlopePromised { measureSlopes(blocks, centers) }
    judge(blocks)
    if isHopeless { return }
    let first = discarded.count
    let prediction = exponent == 1 && predictsSamples ? SamplePrediction(blocks, centers) : nil
    for (index, block) in blocks.enumerated() {
      if isClear(block) {
        discarded.append(block)
      } else if let prediction, isWhole(block) {
        try sample(block, number: index, prediction)
      } else {
        try split(block)
      }
    }
    note(side: 1 << exponent, count: blocks.count, kept: blocks.count - (discarded.count - first))
    let bytes = (blocks.count * 2 + discarded.count) * MemoryLayout<SparseBlock>.stride + blocks.count * 20
    statistics.peakBytes = max(statistics.peakBytes, bytes)
  }

  private func note(side: Int, count: Int, kept: Int) {
    if let index = statistics.levels.firstIndex(where: { $0.blockSide == side }) {
      statistics.levels[index].blockCount += count
      statistics.levels[index].keptCount += kept
    } else {
      statistics.levels.append(.init(blockSide: side, blockCount: count, keptCount: kept))
    }
  }

  /// The sample that stands for a block: the one at its centre, or the nearest one that is not padding.
  func center(of block: SparseBlock) -> SIMD3<Int32> {
    let half = Int32(block.side / 2)
    let last = SIMD3<Int32>(truncatingIfNeeded: extents) &- Int32(1 + pad)
    return SIMD3<Int32>(block.i + half, block.j + half, block.k + half)
      .clamped(lowerBound: SIMD3(repeating: Int32(pad)), upperBound: last)
  }

  /// Whether the field cannot reach the level within a block. A solid block at a closed border always holds its cap.
  func isClear(_ block: SparseBlock) -> Bool {
    let clearance = abs(block.value - extraction.level)
    guard clearance > bound * (radii[Int(block.exponent)] * 1.0001 + rounding) else { return false }
    return pad == 0 || !extraction.isInside(block.value) || !touchesPadding(block)
  }

  private func touchesPadding(_ block: SparseBlock) -> Bool {
    let (origin, side) = (block.origin, block.side)
    return any(origin .== 0) || any(origin &+ side .>= extents &- 1)
  }

  /// Whether all samples of a block are samples of the field.
  private func isWhole(_ block: SparseBlock) -> Bool {
    all(block.origin .>= pad) && all(block.origin &+ block.side .<= extents &- (1 + pad))
  }

  /// Whether of the smallest blocks only likely samples are taken: the surface is followed to the others.
  var predictsSamples: Bool { if case .assumed = plan.slope { true } else { false } }

  /// Wants the samples of a block of side two that can lie at the surface.
  private func sample(_ block: SparseBlock, number: Int, _ prediction: SamplePrediction) throws {
    let center = block.origin &+ 1
    requests.keep(block.value, at: center)
    for i in -1...1 {
      for j in -1...1 {
        guard let row = prediction.row(of: number, clearance: block.value - extraction.level, i: i, j: j) else {
          continue
        }
        try requests.want(
          from: center &+ SIMD3(i, j, row.lowerBound), through: center &+ SIMD3(i, j, row.upperBound))
      }
    }
  }

  /// Replaces a block by its eight parts, or by its samples.
  func split(_ block: SparseBlock) throws {
    guard block.exponent > 1 else {
      let center = center(of: block)
      requests.keep(block.value, at: SIMD3<Int>(truncatingIfNeeded: center))
      try requests.want(from: block.origin, through: block.origin &+ 2)
      return
    }
    let half = block.side / 2
    let last = extents &- 1
    let isWhole = isWhole(block)
    for part in 0..<8 {
      let origin = block.origin &+ SIMD3<Int>(part >> 2, part >> 1 & 1, part & 1) &* half
      guard part == 0 || all(origin .< last) else { continue }
      pending[Int(block.exponent) - 1].append(
        SparseBlock(
          i: Int32(origin.x), j: Int32(origin.y), k: Int32(origin.z), exponent: block.exponent - 1,
          startsFamily: isWhole && part == 0))
    }
  }

  /// Notices when hardly a block can be given up at any size, so that sampling the whole grid is less work.
  private func judge(_ blocks: [SparseBlock]) {
    let cellCount = extents.x * extents.y * extents.z
    guard cellCount > Self.smallGrid else { return }
    let reach = bound * (radii[1] + rounding)
    var volume = 0
    for block in blocks where abs(block.value - extraction.level) <= reach {
      volume += block.side * block.side * block.side
    }
    isHopeless = isHopeless || volume > cellCount / 3
  }

  /// Puts discarded blocks back that are in doubt with the present bound.
  func reconsider() -> Int {
    let doubtful = discarded.filter { !isClear($0) }
    judge(doubtful)
    guard !doubtful.isEmpty else { return 0 }
    discarded.removeAll { !isClear($0) }
    for block in doubtful { pending[Int(block.exponent)].append(block) }
    return doubtful.count
  }
}
