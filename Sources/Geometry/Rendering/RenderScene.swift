/// How normals are made from faces.
public enum SurfaceShading: Sendable, Equatable {
  /// Each face has its own normal.
  case flat
  /// Normals are averaged over faces that meet at less than this angle, so that real edges stay sharp.
  case smooth(creaseAngle: Float)

  /// Smooth with a crease angle of 50 degrees.
  public static let smooth = SurfaceShading.smooth(creaseAngle: 50)
}

/// Thin dark lines on a surface where it crosses the walls of a regular grid.
public struct GridLines: Sendable, Equatable {
  /// A corner of the grid.
  public var origin: SIMD3<Float>
  /// Side lengths of a cell.
  public var spacing: SIMD3<Float>
  /// Width of a line as a share of a cell.
  public var width: Float
  /// How much a line darkens the surface, 0...1.
  public var strength: Float

  /// Lines on a grid.
  public init(
    origin: SIMD3<Float> = .zero, spacing: SIMD3<Float> = .one, width: Float = 0.07, strength: Float = 0.6
  ) {
    (self.origin, self.spacing, self.width, self.strength) = (origin, spacing, width, strength)
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
  public var bounds: SceneBounds?
  /// Which axis points up.
  public var upAxis: UpAxis

  /// A scene of surfaces.
  public init(_ objects: [RenderObject], bounds: SceneBounds? = nil, upAxis: UpAxis = .z) {
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
  /// Rays per pixel where surfaces meet or end, 4...16; smooth parts take 4.
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
