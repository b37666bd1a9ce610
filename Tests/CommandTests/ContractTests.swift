import Foundation
import Testing
import Volumes

/// What holds for every verb: help, usage errors, and one line and nothing left behind for bad input.
@Suite(.serialized)
struct ContractTests {
  /// The words behind "SUBCOMMANDS:" in a help text.
  private func verbs(in help: String) -> [String] {
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false).drop { $0 != "SUBCOMMANDS:" }.dropFirst()
    return lines.prefix { !$0.isEmpty }.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  @Test("every verb explains itself")
  func help() throws {
    let names = verbs(in: try CommandRunner.succeed(["--help"]).output).map { [$0] }
    #expect(Set(names.map { $0[0] }).isSuperset(of: ["data", "mesh", "render", "train"]))
    let parts = verbs(in: try CommandRunner.succeed(["data", "--help"]).output)
    #expect(parts == ["cavities", "shapes", "convert", "split", "inspect"])
    for verb in names + parts.map({ ["data", $0] }) {
      let outcome = try CommandRunner.succeed(verb + ["--help"])
      #expect(outcome.output.hasPrefix("OVERVIEW:"), "\(verb)")
      #expect(outcome.output.contains("USAGE: formcast \(verb.joined(separator: " "))"), "\(verb)")
      #expect(outcome.errors.isEmpty, "\(verb)")
    }
  }

  @Test(
    "wrong usage leaves with 64",
    arguments: [
      "nonsense", "data nonsense", "data cavities", "data cavities out --count 0",
      "data cavities out --count 2 --grid 30 --pool 8", "data cavities out --count 2 --format bmp",
      "data convert only", "data convert in out --pool 0", "data convert in out --threshold much",
      "data convert in out.npz --to tfrecord", "data split in", "data split in out --ratios 0.8,0.1",
      "data split in out --ratios 0.8,x,0.1", "data split in out --ratios 0.9,0.9,-0.8", "data inspect",
      "mesh grid.npy", "mesh grid.npy --out grid.xyz", "mesh grid.npy --out grid.glb --ascii",
      "mesh grid.npy --out grid.stl --inside out", "mesh grid.npy --out grid.stl --level nan",
      "mesh grid.npy --out grid.stl --spacing 1,2", "mesh grid.npy --out grid.stl --spacing 1,0,1",
      "render", "render a.stl --out a.jpg", "render a.stl --out a.png --size 0",
      "bench --explain", "bench training --explain", "bench nonsense", "render a.stl --out a.png --size 9x9x9",
      "render a.stl --out a.png --up x", "curves run --out a.pdf", "curves run --out a.png --until 0",
      "curves --out a.png",
      "mesh a.npy --out a.stl --loud",
    ])
  func usage(line: String) throws {
    let outcome = try CommandRunner.run(line.split(separator: " ").map(String.init))
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("Error: "))
    #expect(outcome.output.isEmpty)
  }

  @Test("bad input gets one clear line, exit code 1 and leaves nothing behind", arguments: BadInput.all)
  func badInput(_ bad: BadInput) throws {
    let folder = try TemporaryFolder()
    let arguments = try bad.arguments(folder)
    let before = try folder.contents
    let outcome = try CommandRunner.run(arguments)
    #expect(outcome.status == 1)
    try #require(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("formcast: "))
    #expect(outcome.errors.contains(bad.fragment), "\(outcome.errors)")
    #expect(outcome.errors.count < 500, "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(try folder.contents == before)
  }
}
