import Foundation
import LatentSpace
import Randomness

/// Codes with categories, and what scikit-learn makes of them (Fixtures/scripts/make_latent_space.py).
struct CodeFixture: Decodable {
  struct Map: Decodable {
    let start: String
    let method: String
    let divergence: Double
    let trustworthiness: Double
  }

  let codes: [[Float]]
  let labels: [Int]
  let tsne: [Map]
  let pairs: [[Double]]
  let variances: [Double]
  let plane: [[Double]]
  let planeTrustworthiness: Double
  let silhouette: Double
  let spread: Double

  var categories: [String] { labels.map { "kind \($0)" } }

  static func read() throws -> CodeFixture {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
      path: "../Fixtures/latent_space.json")
    return try JSONDecoder().decode(CodeFixture.self, from: Data(contentsOf: file))
  }

  /// Groups of codes around random centres.
  static func groups(_ groupCount: Int, of size: Int, latentSize: Int, width: Double, seed: UInt64 = 4) -> (
    codes: [[Float]], categories: [String]
  ) {
    var generator = SeededGenerator(seed: seed)
    func normal() -> Double { (-2 * log(1 - generator.uniform())).squareRoot() * cos(2 * .pi * generator.uniform()) }
    var (codes, categories): ([[Float]], [String]) = ([], [])
    for group in 0..<groupCount {
      let center = (0..<latentSize).map { _ in normal() }
      for _ in 0..<size {
        codes.append(center.map { Float($0 + width * normal()) })
        categories.append("group \(group)")
      }
    }
    return (codes, categories)
  }
}
