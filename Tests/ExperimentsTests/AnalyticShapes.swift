import Experiments
import Foundation
import Geometry
import Randomness

/// A space of balls with formulas: the first number of a code is the radius, the second moves the ball along x.
enum AnalyticShapes {
  static func space(trained: [NamedCode] = []) -> ShapeSpace {
    var space = ShapeSpace(name: "balls", latentSize: 2) { code in
      SphereField(center: [code[1], 0, 0], radius: code[0])
    } randomCodes: { count, seed in
      var generator = SeededGenerator(seed: seed)
      return (0..<count).map { _ in
        [Float(generator.uniform(in: 0.3..<0.6)), Float(generator.uniform(in: -0.2..<0.2))]
      }
    }
    (space.level, space.clip, space.trained) = (0.04, 0.1, trained)
    return space
  }

  static let three = [
    NamedCode("small", category: "ball", values: [0.2, 0]), NamedCode("large", category: "ball", values: [0.5, 0.1]),
    NamedCode("left</script>", category: "ball", values: [0.3, -0.4]),
  ]
}

/// A folder for results that goes away with the test.
final class ResultFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: "formcast-walk-test-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path): \(error)") }
  }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func data(_ name: String) throws -> Data { try Data(contentsOf: url.appending(path: name)) }

  func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }
}
