import Foundation
import Geometry
import Testing

@Suite(.serialized)
struct CurvesCommandTests {
  private static let ours = """
    # TRAINING ITERATION, JACCARD_VAL_LOSS, LOSS_VAL_LOSS
    10, 0.5, 0.25
    20, 0.25, 0.125
    30, 0.2, 0.1
    """
  private static let published = """
    # TRAINING ITERATION,     BCE_VAL_LOSS,     MSE_VAL_LOSS, JACCARD_VAL_LOSS
                      15,          0.30000,          0.06000,          0.60000
                      25,          0.20000,          0.05000,          0.40000
    """

  @Test("loss histories are laid over each other, up to a step if one is named")
  func histories() throws {
    let folder = try TemporaryFolder()
    let inputs = [
      try folder.write(Array(Self.ours.utf8), "ours.txt"), try folder.write(Array(Self.published.utf8), "theirs.csv"),
    ]
    let whole = try CommandRunner.succeed(["curves"] + inputs + ["--out", folder.file("whole.png"), "--json"]).object()
    let last = try #require(whole["last"] as? [[String: Double]])
    #expect(last == [["jaccard": 0.2, "loss": 0.1], ["jaccard": 0.4, "loss": 0.2, "mse": 0.05]])
    // Three panels: the loss, which the two name differently, the Jaccard distance, and the error that one has.
    let (all, two) = (try Image(pngFile: folder.file("whole.png")), folder.file("two.png"))
    let text = try CommandRunner.succeed(["curves", inputs[0], "--until", "20", "--out", two]).output
    #expect(text.contains("ours: jaccard 0.2500 at 20, loss 0.1250 at 20"))
    #expect(try Image(pngFile: two).height * 3 < all.height * 2 + 200)
    #expect(try folder.contents.sorted() == ["ours.txt", "theirs.csv", "two.png", "two.svg", "whole.png", "whole.svg"])
  }
}
