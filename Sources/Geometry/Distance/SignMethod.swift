/// How inside and outside of a mesh are told apart.
public enum SignMethod: String, Sendable, CaseIterable, Codable {
  /// The method that suits the mesh: what `SignDecision.reason` says.
  case auto
  /// Generalized winding number: robust to holes, self-intersection and doubled faces, needs mostly consistent faces.
  case winding
  /// Outside is what any of a set of cameras round the mesh sees: needs no orientation, fills what cannot be seen.
  case visibility
  /// A vote of the normals of the nearest surface points, as published.
  case normal
  /// Parity of the faces along rays: exact for closed meshes.
  case parity
}

/// Which method gives the signs of a mesh, why, and how sure it is.
public struct SignDecision: Sendable, Codable, Equatable {
  /// The method in use; never `auto`.
  public var method: SignMethod
  /// Why, in a few words for the user.
  public var reason: String
  /// How far from undecided the signs of probe points near the surface and in the box are, 0 to 1, in the mean.
  public var margin: Double
  /// Share of the probe points that are ambiguous.
  public var ambiguousShare: Double
}
