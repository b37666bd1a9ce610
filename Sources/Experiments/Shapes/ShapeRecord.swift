import Foundation
import Geometry

/// What preparing a shape came to: a line of the manifest.
public struct ShapeRecord: Codable, Sendable, Equatable {
  /// How it went.
  public enum Outcome: String, Codable, Sendable {
    /// It is ready.
    case prepared
    /// A test for bad meshes objects.
    case rejected
    /// It could not be read or sampled; there are no files.
    case bad
  }

  /// What is known about its distances.
  public struct Report: Codable, Sendable, Equatable {
    /// Vertices and faces of the file.
    public var vertices, faces: Int
    /// How inside and outside were told apart.
    public var sign: SignDecision
    /// Share of the uniform points that are inside; of the voxels without any.
    public var insideShare: Double
    /// Share of all points and voxels whose sign is not sure.
    public var ambiguousShare: Double
    /// Largest drop between neighbours over its limit, of all grids; under 1 where they pass. Nil without grids.
    public var continuity: Double?
    /// What the tests object to.
    public var objections: [String]
  }

  /// What it is called.
  public var id: String
  /// Its category, empty for none.
  public var category: String
  /// Its path in the folder of the meshes.
  public var source: String
  /// Bytes of that file.
  public var sourceBytes: Int
  /// How it went.
  public var outcome: Outcome
  /// Why it is bad or rejected.
  public var reason: String?
  /// The files written and their bytes, by their paths in the prepared folder.
  public var files: [String: Int] = [:]
  /// From the frame of the voxels (unit cube) to mesh units.
  public var voxelTransform: UnitFrame?
  /// From the frames of the point sets to mesh units.
  public var sampleTransforms: [String: UnitFrame]?
  /// What is known about its distances.
  public var report: Report?
  /// How many shapes were finished when it was.
  public var number = 0
  /// Time it took, by the clock.
  public var seconds = 0.0
  /// Time the processor worked on it.
  public var cpuSeconds = 0.0

  init(_ shape: ShapeSource, sourceBytes: Int) {
    (id, category, source, self.sourceBytes) = (shape.id, shape.category, shape.path, sourceBytes)
    outcome = .prepared
  }

  /// Whether a shape of the same source is done and all its files are still there, whole.
  func covers(_ shape: ShapeSource, sourceBytes: Int, in folder: URL) -> Bool {
    guard source == shape.path, category == shape.category, self.sourceBytes == sourceBytes else { return false }
    return files.allSatisfy { FileSize.bytes(of: folder.appending(path: $0.key)) == $0.value }
  }
}

/// Lengths of files.
enum FileSize {
  /// Nil if there is no such file.
  static func bytes(of url: URL) -> Int? {
    var status = stat()
    return stat(url.path, &status) == 0 ? Int(status.st_size) : nil
  }
}
