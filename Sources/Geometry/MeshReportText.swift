extension MeshReport {
  /// One paragraph for a person.
  public var text: String {
    var sentences = [size]
    guard topology.faceCount > 0 else { return sentences[0] }
    sentences.append(surface)
    let flaws = self.flaws
    sentences.append(flaws.isEmpty ? "Nothing is wrong with it." : "Found: \(flaws.joined(separator: ", ")).")
    if facesToTurn > 0, !isOriented || inwardComponentCount > 0 {
      sentences.append(
        "Turning \(Self.count(facesToTurn, "face")) makes it look outward"
          + (isOrientable ? "." : ", but parts of it have one side only and cannot be oriented."))
    }
    if let crossings, !crossings.isComplete {
      sentences.append("Faces that pass through each other were counted in part only: it would take too long.")
    } else if crossings == nil {
      sentences.append("Faces that pass through each other were not looked for.")
    }
    return sentences.joined(separator: " ")
  }

  private var size: String {
    var text = "\(Self.count(faceCount, "face")) on \(Self.count(vertexCount, "vertex", "vertices"))"
    if duplicateVertexCount > 0 { text += " (\(vertexCount - duplicateVertexCount) different)" }
    if let extent = bounds?.extent {
      text += ", \(Self.short(extent.x)) x \(Self.short(extent.y)) x \(Self.short(extent.z))"
    }
    if topology.faceCount > 0 { text += ", area \(Self.short(area))" }
    if let volume { text += ", volume \(Self.short(volume))" }
    return text + "."
  }

  private var surface: String {
    let parts = topology.componentCount
    var text = parts == 1 ? "One connected surface" : "\(parts) connected surfaces"
    text += isClosed ? ", closed" : ", open"
    text += isManifold ? ", manifold" : ", not manifold"
    text += isOriented ? ", oriented" : ", not oriented"
    if let isOutward { text += isOutward ? " outward" : " inward" }
    text += ", Euler number \(eulerNumber)"
    if let genus { text += ", genus \(genus)" }
    return text + "."
  }

  private var flaws: [String] {
    let items: [(Int, String, String)] = [
      (topology.boundaryEdgeCount, "boundary edge", "boundary edges"),
      (topology.boundaryLoopCount, "boundary loop", "boundary loops"),
      (topology.nonManifoldEdgeCount, "edge of more than two faces", "edges of more than two faces"),
      (topology.nonManifoldVertexCount, "vertex where surfaces touch", "vertices where surfaces touch"),
      (
        topology.inconsistentEdgeCount, "edge between faces that look to different sides",
        "edges between faces that look to different sides"
      ),
      (duplicateFaceCount, "doubled face", "doubled faces"),
      (collapsedFaceCount, "face with fewer than three corners", "faces with fewer than three corners"),
      (flatFaceCount, "face without area", "faces without area"),
      (inwardComponentCount, "closed part that looks inward", "closed parts that look inward"),
      (unreferencedVertexCount, "unused vertex", "unused vertices"),
    ]
    var texts = items.filter { $0.0 > 0 }.map { Self.count($0.0, $0.1, $0.2) }
    if let crossings, crossings.pairCount > 0 {
      let share = Self.short(100 * crossings.faceShare)
      texts.append(
        "\(Self.count(crossings.pairCount, "pair")) of faces that pass through each other (\(share) % of all)")
    }
    return texts
  }

  private static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  /// Four digits.
  private static func short(_ value: some BinaryFloatingPoint) -> String {
    let value = Double(value)
    guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
    var scale = 1.0
    while abs(value) * scale < 1000 { scale *= 10 }
    while abs(value) * scale >= 10000 { scale /= 10 }
    let rounded = (value * scale).rounded() / scale
    return abs(rounded) < 1e15 && rounded == rounded.rounded() ? "\(Int(rounded))" : "\(Float(rounded))"
  }
}
