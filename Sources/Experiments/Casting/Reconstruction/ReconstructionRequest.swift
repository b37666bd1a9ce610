import Geometry

/// What a shape is to be reconstructed from, and how.
public struct ReconstructionRequest: Sendable {
  /// What of the input is used.
  public enum Evidence: Sendable, Equatable {
    /// All that the file says: signed distances of a mesh or of samples, the points of a cloud.
    case everything
    /// Points of the whole surface, with normals if there are any.
    case surfacePoints
    /// A part of the surface.
    case partial
    /// What is seen of a mesh from one side.
    case depthView(ViewDirection, side: Int)
  }

  /// The file.
  public var input: String
  /// What of it is used.
  public var evidence = Evidence.everything
  /// The file of the camera of a depth picture.
  public var camera: String?
  /// A 4x4 .npy from the model's frame to that of the input.
  public var transform: String?
  /// How the input is brought into the model's frame without a transform; nil: the unit sphere for what is complete, not
  /// at all for what is not.
  public var normalization: MeshNormalization?
  /// From where a cloud was seen, in the frame of the input.
  public var sensor: SIMD3<Float>?
  /// The points that are drawn round a mesh, and the room that its normalisation leaves.
  public var plan = SamplePreset.deepsdf.plan
  /// How observations are made of surface points.
  public var view = PartialView.Options()
  /// The whole shape in the frame of the input, if it is not the input itself.
  public var reference: String?
  /// How the code is found.
  public var fit = CodeFitOptions()
  /// Distance at which the surface is taken; nil for the run's own.
  public var level: Double?
  /// Samples along an axis for the surface.
  public var resolution = 128
  /// How the result is compared with the whole shape.
  public var comparison = ComparisonOptions()
  /// Which axis points up in pictures.
  public var upAxis = UpAxis.y

  /// Everything that is known of a file, by DeepSDF's numbers.
  public init(_ input: String) { self.input = input }
}
