/// How normals are made from faces.
public enum SurfaceShading: Sendable, Equatable {
  /// Each face has its own normal.
  case flat
  /// Normals are averaged over faces that meet at less than this angle, so that real edges stay sharp.
  case smooth(creaseAngle: Float)

  /// Smooth with a crease angle of 65 degrees: right angles stay sharp, steps of coarse surfaces do not.
  public static let smooth = SurfaceShading.smooth(creaseAngle: 65)
}

/// Thin dark lines on a surface where it crosses the walls between the voxels of a grid.
public struct GridLines: Sendable, Equatable {
  /// Width of a line as a share of a voxel.
  public var width: Float
  /// How much a line darkens the surface, 0...1.
  public var strength: Float
  /// Rows of the map from positions to voxel indices, shifted so that walls lie on whole numbers.
  let rows: [SIMD4<Float>]

  /// Lines between the voxels of a grid; none if its frame cannot be inverted.
  public init(frame: GridFrame = .index, width: Float = 0.07, strength: Float = 0.5) {
    (self.width, self.strength) = (width, strength)
    let (a, b, c) = (frame.step(0), frame.step(1), frame.step(2))
    let corner = frame.position(of: SIMD3(repeating: -0.5))
    rows = frame.isUsable ? [(b, c), (c, a), (a, b)].map { Self.row($0.0, $0.1, corner, frame.determinant) } : []
  }

  /// One row of the inverse: the cross product of the other two steps over the determinant.
  private static func row(
    _ first: SIMD3<Double>, _ second: SIMD3<Double>, _ corner: SIMD3<Double>, _ determinant: Double
  ) -> SIMD4<Float> {
    let normal = SIMD3(
      first.y * second.z - first.z * second.y, first.z * second.x - first.x * second.z,
      first.x * second.y - first.y * second.x)
    let gradient = normal / determinant
    return SIMD4<Float>(SIMD4(gradient, -(gradient * corner).sum()))
  }
}

/// A mesh with the look that it is drawn with.
public struct RenderObject: Sendable {
  /// What is drawn.
  public var mesh: Mesh
  /// The colour of the whole surface.
  public var color: Color
  /// One colour per vertex, [V], instead of `color`.
  public var vertexColors: [Color]?
  /// How normals are made.
  public var shading: SurfaceShading
  /// Lines on the surface, if any.
  public var gridLines: GridLines?

  /// A mesh with its look.
  public init(
    _ mesh: Mesh, color: Color = .surface, vertexColors: [Color]? = nil, shading: SurfaceShading = .smooth,
    gridLines: GridLines? = nil
  ) {
    (self.mesh, self.color, self.vertexColors) = (mesh, color, vertexColors)
    (self.shading, self.gridLines) = (shading, gridLines)
  }
}

/// What a picture shows.
public struct RenderScene: Sendable {
  /// The surfaces.
  public var objects: [RenderObject]
  /// What the picture is framed by. Give the same bounds for all frames of a series; nil takes the bounds of the objects.
  public var bounds: Bounds?
  /// Which axis points up.
  public var upAxis: UpAxis

  /// A scene of surfaces.
  public init(_ objects: [RenderObject], bounds: Bounds? = nil, upAxis: UpAxis = .z) {
    (self.objects, self.bounds, self.upAxis) = (objects, bounds, upAxis)
  }
}

/// What lies behind the surfaces.
public enum PictureBackground: Sendable, Equatable {
  /// One colour.
  case color(Color)
  /// Nothing: the picture has opacity.
  case transparent
}

/// How the key light casts shadows.
public enum ShadowKind: String, Sendable, Codable, CaseIterable {
  /// No shadows.
  case none
  /// Sharp edges, as from a point.
  case hard
  /// Soft edges, as from a large lamp.
  case soft
}

/// A thin wire box around the bounds, so that a small or empty scene still shows where it is.
public struct BoxFrame: Sendable, Equatable {
  /// Colour of the lines.
  public var color: Color
  /// Line width as a share of the shorter side of the picture.
  public var width: Float
  /// Whether the three edges nearest to the viewer are drawn too; without them nothing crosses the surfaces.
  public var hasNearEdges: Bool

  /// A box of the given look.
  public init(color: Color = Color(hex: 0xA3ABB5), width: Float = 0.0028, hasNearEdges: Bool = false) {
    (self.color, self.width, self.hasNearEdges) = (color, width, hasNearEdges)
  }
}

/// How a picture is drawn.
public struct RenderOptions: Sendable, Equatable {
  /// Size in pixels.
  public var width, height: Int
  /// What lies behind the surfaces.
  public var background: PictureBackground = .color(.white)
  /// Rays per pixel where surfaces meet or end, 1...16; smooth parts take at most 4.
  public var samplesPerPixel = 16
  /// Whether corners and contacts darken softly.
  public var hasAmbientOcclusion = true
  /// How the key light casts shadows.
  public var shadow = ShadowKind.soft
  /// Whether a plane under the bounds catches shadows. The plane itself is not seen.
  public var hasGround = true
  /// A wire box around the bounds, if any.
  public var boxFrame: BoxFrame?
  /// The number of parts drawn at the same time; nil takes all cores. The picture does not depend on it.
  public var threadCount: Int?

  /// Options for a picture of the given size.
  public init(width: Int = 768, height: Int = 768, boxFrame: BoxFrame? = nil) {
    (self.width, self.height, self.boxFrame) = (width, height, boxFrame)
  }
}
