import Foundation
import Geometry
import Testing

@Suite(.serialized)
struct CompareCommandTests {
  /// A cube from -1 to 1, moved and scaled.
  private func cube(_ scale: Float, x: Float = 0) -> [UInt8] {
    var text = "OFF\n8 12 0\n"
    for index in 0..<8 {
      let corner = SIMD3<Float>(index & 1 == 0 ? -1 : 1, index & 2 == 0 ? -1 : 1, index & 4 == 0 ? -1 : 1) * scale
      text += "\(corner.x + x) \(corner.y) \(corner.z)\n"
    }
    for quad in [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]] {
      text += "3 \(quad[0]) \(quad[1]) \(quad[2])\n3 \(quad[0]) \(quad[2]) \(quad[3])\n"
    }
    return Array(text.utf8)
  }

  private func number(_ object: [String: Any], _ path: String) -> Double {
    let value = path.split(separator: ".").reduce(object as Any?) { ($0 as? [String: Any])?[String($1)] }
    return value as? Double ?? .nan
  }

  @Test("a cube moved by a quarter of its side overlaps by 0.6")
  func cubes() throws {
    let folder = try TemporaryFolder()
    let (mesh, reference) = (try folder.write(cube(1, x: 0.5), "a.off"), try folder.write(cube(1), "b.off"))
    let line = [
      "compare", mesh, reference, "--samples", "5000", "--volume-samples", "20000", "--threshold", "0.05,0.6",
    ]
    let outcome = try CommandRunner.succeed(line + ["--json", "--distance", "surface"])
    let told = try outcome.object()
    #expect(abs(number(told, "overlap.iou") - 0.6) < 4 * number(told, "overlap.standardError"))
    // The far sides are 0.5 away, near them less; four sides lie on each other.
    #expect((0.49...0.5001).contains(number(told, "hausdorff.symmetric")))
    #expect(number(told, "chamfer.l1") * 2 == number(told, "chamfer.l1Sum"))
    #expect(told["mesh"] as? String == mesh && told["reference"] as? String == reference)
    let rule = try #require(told["protocol"] as? [String: Any])
    #expect(rule["sampleCount"] as? Int == 5000 && rule["seed"] as? Int == 1 && rule["target"] as? String == "surface")
    #expect((rule["conventions"] as? [String: String])?["chamfer.squared"]?.contains("DeepSDF") == true)
    let scores = try #require(told["fScores"] as? [[String: Any]])
    #expect(scores.count == 2 && scores[1]["fScore"] as? Double == 1)
    for word in [
      "Chamfer squared", "Hausdorff", "normal consistency", "F-score below 0.6", "IoU", "protocol:", "seed 1",
    ] {
      #expect(outcome.output.contains(word), "\(word)")
    }
    let again = try CommandRunner.succeed(line + ["--json", "--distance", "surface"])
    #expect(again.output == outcome.output)
    let other = try CommandRunner.succeed(line + ["--json", "--quiet", "--seed", "2"])
    #expect(other.output.split(separator: "\n").count == 1 && other.errors.isEmpty)
    #expect(number(try other.object(), "chamferFloor.squared") > 0)
  }

  @Test("units do not matter once normalized, and the IoU can be left out")
  func normalization() throws {
    let folder = try TemporaryFolder()
    var told: [[String: Any]] = []
    for scale in [Float(1), 1000] {
      let (mesh, reference) = (try folder.write(cube(scale * 1.1), "a.off"), try folder.write(cube(scale), "b.off"))
      told.append(
        try CommandRunner.succeed([
          "compare", mesh, reference, "--normalize", "cube", "--samples", "4000", "--volume-samples", "0", "--json",
          "--distance", "surface",
        ]).object())
    }
    #expect(abs(number(told[0], "chamfer.l1") / number(told[1], "chamfer.l1") - 1) < 1e-4)
    #expect(told.allSatisfy { $0["overlap"] == nil })
    // The corners of the larger cube are the farthest.
    #expect((0.1...0.1733).contains(number(told[0], "hausdorff.symmetric")))
  }

  @Test(
    "wrong usage leaves with 64",
    arguments: [
      "compare", "compare a.off", "compare a.off b.off --samples 0", "compare a.off b.off --samples x",
      "compare a.off b.off --volume-samples -1", "compare a.off b.off --threshold 0", "compare a.off b.off --threshold",
      "compare a.off b.off --normalize box", "compare a.off b.off --sign guess", "compare a.off b.off --distance far",
      "compare a.off b.off --seed -1", "compare a.off b.off c.off",
    ])
  func usage(line: String) throws {
    let outcome = try CommandRunner.run(line.split(separator: " ").map(String.init))
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("Error: ") && outcome.output.isEmpty)
  }

  @Test("meshes that cannot be compared are named in one line")
  func errors() throws {
    let folder = try TemporaryFolder()
    let good = try folder.write(cube(1), "good.off")
    let bad = [
      (folder.file("none.off"), "none.off"),
      (try folder.write(Array("OFF\n1 0 0\n0 0 0\n".utf8), "point.off"), "point.off: "),
      (try folder.write(Array("OFF\n2 1 0\n0 0 0\n1 1 1\n3 0 1 1\n".utf8), "line.off"), "line.off: "),
      (try folder.write(Array("OFF\n3 1 0\n0 0 0\n1e20 0 0\n0 1 0\n3 0 1 2\n".utf8), "huge.off"), "huge.off"),
      (try folder.write(Array("hello".utf8), "text.off"), "text.off"),
    ]
    for (path, fragment) in bad {
      for pair in [[path, good], [good, path]] {
        let outcome = try CommandRunner.run(["compare"] + pair + ["--samples", "100", "--volume-samples", "100"])
        #expect(outcome.status == 1 && outcome.errorLines.count == 1 && outcome.output.isEmpty, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("formcast: ") && outcome.errors.contains(fragment), "\(outcome.errors)")
      }
    }
  }
}
