/// A closed surface round a solid, well off it, that says where rays come near.
///
/// However thin the solid is, the shell is thicker than its grid's cells, so no part falls through.
struct FieldShell {
  /// How far it is off the solid.
  static let distance: Float = 0.03

  private let renderer: Renderer
  /// The field nowhere goes that far, as one that is clipped below: then rays are everywhere near.
  private let isEverywhere: Bool
  var distance: Float { Self.distance }

  init(_ mesh: Mesh) throws {
    renderer = try Renderer(RenderScene([RenderObject(mesh)]))
    isEverywhere = mesh.faces.isEmpty
  }

  /// Where a ray is within the shell for the first time from a place on; nil if it does not come there.
  func entry(of ray: FieldRays.Ray, after place: Float) -> Float? {
    guard !isEverywhere else { return place }
    guard let hit = renderer.rays.firstHit(ray.point(place), ray.direction) else { return nil }
    // What is left through the back of a face is within it now.
    return hit.normal.dot(ray.direction) < 0 ? place + hit.distance : place
  }
}

extension Canvas {
  /// Pixels that differ from one of their neighbours.
  func unevenPixels() -> [Int] {
    pixels.indices.filter { index in
      let (x, y) = (index % width, index / width)
      return [(-1, 0), (1, 0), (0, -1), (0, 1)].contains { across, down in
        guard (0..<width).contains(x + across), (0..<height).contains(y + down) else { return false }
        let difference = pixels[index] - pixels[(y + down) * width + x + across]
        return (difference * difference).sum() > 0.0012
      }
    }
  }
}
