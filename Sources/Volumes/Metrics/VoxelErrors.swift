/// The differences of two volumes, as sums that can be added up over frames before a ratio is formed.
public struct VoxelErrors: Sendable, Equatable {
  /// Sum of squared differences.
  public var squaredError = 0.0
  /// Number of voxels that were compared.
  public var voxelCount = 0
  /// Number of voxels above the threshold in both.
  public var intersectionCount = 0
  /// Number of voxels above the threshold in either.
  public var unionCount = 0

  /// Nothing compared yet.
  public init() {}

  /// Mean squared error of the raw values; 0 if nothing was compared.
  public var meanSquaredError: Double { voxelCount == 0 ? 0 : squaredError / Double(voxelCount) }

  /// 1 - intersection / union of the voxels above the threshold, and 0 where there are none in either.
  public var jaccardDistance: Double {
    unionCount == 0 ? 0 : 1 - Double(intersectionCount) / Double(unionCount)
  }

  /// Both sums together: the joint error of both pairs of volumes.
  public static func + (left: VoxelErrors, right: VoxelErrors) -> VoxelErrors {
    var sum = left
    sum.squaredError += right.squaredError
    sum.voxelCount += right.voxelCount
    sum.intersectionCount += right.intersectionCount
    sum.unionCount += right.unionCount
    return sum
  }
}

extension VoxelErrors {
  private static let chunk = 512

  /// Compares two volumes of the same size; a voxel counts as occupied if it is strictly greater than the threshold.
  ///
  /// Squared differences are added in single precision over 512 voxels at most, then in double precision.
  public init(
    _ first: UnsafeBufferPointer<Float>, _ second: UnsafeBufferPointer<Float>, threshold: Float = 0.5
  ) {
    precondition(first.count == second.count, "volumes of \(first.count) and \(second.count) voxels")
    voxelCount = first.count
    var position = 0
    if let left = first.baseAddress, let right = second.baseAddress {
      let left = UnsafeRawPointer(left)
      let right = UnsafeRawPointer(right)
      while position + Self.chunk <= first.count {
        addChunk(left + position * 4, right + position * 4, threshold)
        position += Self.chunk
      }
    }
    for index in position..<first.count {
      let difference = first[index] - second[index]
      squaredError += Double(difference * difference)
      let (one, other) = (first[index] > threshold, second[index] > threshold)
      intersectionCount += one && other ? 1 : 0
      unionCount += one || other ? 1 : 0
    }
  }

  private mutating func addChunk(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ threshold: Float) {
    typealias Lanes = SIMD16<Float>
    let limit = Lanes(repeating: threshold)
    var squares = Lanes()
    var both = SIMD16<Int32>()
    var either = SIMD16<Int32>()
    let one = SIMD16<Int32>(repeating: 1)
    let none = SIMD16<Int32>()
    for offset in stride(from: 0, to: Self.chunk * 4, by: 64) {
      let a = left.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
      let b = right.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
      let difference = a - b
      squares += difference * difference
      let (aboveA, aboveB) = (a .> limit, b .> limit)
      both &+= none.replacing(with: one, where: aboveA .& aboveB)
      either &+= none.replacing(with: one, where: aboveA .| aboveB)
    }
    squaredError += Double(squares.sum())
    intersectionCount += Int(both.wrappedSum())
    unionCount += Int(either.wrappedSum())
  }

  /// Compares two volumes of bytes, eight voxels at a time where they are binary; occupied means strictly greater than
  /// the threshold.
  public init(_ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>, threshold: Float = 0.5) {
    precondition(first.count == second.count, "volumes of \(first.count) and \(second.count) voxels")
    voxelCount = first.count
    let limit = threshold
    var position = 0
    if limit >= 0, limit < 1, let left = first.baseAddress, let right = second.baseAddress {
      let beyondBinary: UInt64 = 0xFEFE_FEFE_FEFE_FEFE
      while position + 8 <= first.count {
        let a = UnsafeRawPointer(left).loadUnaligned(fromByteOffset: position, as: UInt64.self)
        let b = UnsafeRawPointer(right).loadUnaligned(fromByteOffset: position, as: UInt64.self)
        if (a | b) & beyondBinary != 0 { break }
        squaredError += Double((a ^ b).nonzeroBitCount)
        intersectionCount += (a & b).nonzeroBitCount
        unionCount += (a | b).nonzeroBitCount
        position += 8
      }
    }
    for index in position..<first.count {
      let difference = Int(first[index]) - Int(second[index])
      squaredError += Double(difference * difference)
      let (one, other) = (Float(first[index]) > limit, Float(second[index]) > limit)
      intersectionCount += one && other ? 1 : 0
      unionCount += one || other ? 1 : 0
    }
  }

  /// Compares two arrays of the same size.
  public init(_ first: [Float], _ second: [Float], threshold: Float = 0.5) {
    self = first.withUnsafeBufferPointer { left in
      second.withUnsafeBufferPointer { VoxelErrors(left, $0, threshold: threshold) }
    }
  }

  /// Compares two arrays of bytes of the same size.
  public init(_ first: [UInt8], _ second: [UInt8], threshold: Float = 0.5) {
    self = first.withUnsafeBufferPointer { left in
      second.withUnsafeBufferPointer { VoxelErrors(left, $0, threshold: threshold) }
    }
  }
}
