import Foundation
import Geometry
import Randomness
import Testing

@Suite("Families: held against other ways to find distances")
struct FamilyReferenceTests {
  private static let places: [SIMD3<Float>] = {
    var generator = SeededGenerator(seed: 11)
    return (0..<3000).map { _ in
      SIMD3<Float>(
        SIMD3(generator.uniform(in: -1.2..<1.2), generator.uniform(in: -1.2..<1.2), generator.uniform(in: -1.2..<1.2)))
    }
  }()

  /// Turned profiles as meshes of 512 steps, whose sagitta is 2e-5 of the radius; plates with their exact caps.
  @Test(
    "Turned and cut solids have the distances and signs of a dense mesh",
    arguments: [.vases, .bottles, .goblets, .rings, .rods, .stars, .frames] as [ShapeFamily])
  func meshes(family: ShapeFamily) throws {
    for index in 0..<3 {
      let shape = try family.shape(index, seed: 3)
      let reference = try MeshDistanceField(try #require(Self.mesh(of: shape.solid)), sign: .winding)
      let expected = reference.samples(at: Self.places, withGradients: false).distances
      let found = try shape.field.samples(at: Self.places, withGradients: false).distances
      let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 5e-5, "\(shape.id): \(worst)")
    }
  }

  @Test(
    "Built solids are as far off as their nearest box, and inside where a box holds the point",
    arguments: [.chairs, .tables, .shelves] as [ShapeFamily])
  func boxes(family: ShapeFamily) throws {
    for index in 0..<4 {
      let shape = try family.shape(index, seed: 3)
      guard case .built(let union) = shape.solid else {
        Issue.record("\(shape.id) is not built of boxes")
        return
      }
      let boxes = union.boxes.map { box in
        BoxField(
          center: SIMD3<Float>((box.lower + box.upper) / 2), halfExtents: SIMD3<Float>((box.upper - box.lower) / 2))
      }
      let found = try shape.field.samples(at: Self.places, withGradients: false).distances
      for (place, distance) in zip(Self.places, found) {
        let nearest = boxes.map { $0.sample(at: place).distance }.min() ?? 0
        #expect(nearest > 0 ? abs(distance - nearest) < 2e-6 : distance <= nearest + 2e-6, "\(shape.id) \(place)")
      }
    }
  }

  private static func mesh(of solid: FamilySolid) -> Mesh? {
    switch solid {
    case .turned(let profile): profile.count == 1 ? outward(turned(profile[0], steps: 512)) : nil
    case .cut(let outline, let halfDepth): plate(outline, Float(halfDepth)).map { outward($0.welded(tolerance: 0)) }
    case .built: nil
    }
  }

  private static func outward(_ mesh: Mesh) -> Mesh { mesh.signedVolume < 0 ? mesh.flipped() : mesh }

  private static func turned(_ profile: [SIMD2<Double>], steps: Int) -> Mesh {
    var mesh = Mesh()
    for step in 0..<steps {
      let angle = 2 * Double.pi * Double(step) / Double(steps)
      for point in profile {
        mesh.positions.append(SIMD3<Float>(SIMD3(point.x * cos(angle), point.y, point.x * sin(angle))))
      }
    }
    let count = profile.count
    for step in 0..<steps {
      for index in 0..<count where profile[index].x > 0 || profile[(index + 1) % count].x > 0 {
        let (a, b) = (UInt32(step * count + index), UInt32(step * count + (index + 1) % count))
        let (c, d) = (
          UInt32((step + 1) % steps * count + index), UInt32((step + 1) % steps * count + (index + 1) % count)
        )
        mesh.faces += [[a, b, d], [a, d, c]]
      }
    }
    return mesh
  }

  /// One outline that can be seen from the origin, or two with equally many corners.
  private static func plate(_ outline: [[SIMD2<Double>]], _ depth: Float) -> Mesh? {
    let inner = outline.count == 2 ? outline[1] : Array(repeating: .zero, count: outline[0].count)
    guard inner.count == outline[0].count else { return nil }
    var mesh = Mesh()
    for height in [-depth, depth] {
      for corners in [outline[0], inner] {
        mesh.positions += corners.map { SIMD3<Float>(Float($0.x), Float($0.y), height) }
      }
    }
    let count = UInt32(inner.count)
    // Rings of corners: outer and inner at the back, outer and inner at the front.
    for index in 0..<count {
      let next = (index + 1) % count
      func quad(_ first: UInt32, _ second: UInt32) {
        let (a, b) = (first * count + index, first * count + next)
        let (c, d) = (second * count + index, second * count + next)
        mesh.faces += [[a, b, d], [a, d, c]]
      }
      quad(0, 2)
      quad(2, 3)
      if outline.count == 2 { quad(3, 1) }
      quad(1, 0)
    }
    mesh.faces.removeAll { face in
      let (a, b, c) = (mesh.positions[Int(face.x)], mesh.positions[Int(face.y)], mesh.positions[Int(face.z)])
      return a == b || b == c || c == a
    }
    return mesh
  }
}
