import Foundation
import Testing

@Suite("The house stands as planned")
struct ArchitectureTests {
  /// What every file may import.
  static let system: Set = [
    "Foundation", "FoundationEssentials", "FoundationNetworking", "Dispatch", "Synchronization", "Glibc", "Darwin",
    "Musl",
  ]

  /// What each target may import beside that. SwiftPM lets a target import whatever its dependencies depend on, so the
  /// direction of dependencies is held here. The upper half without libtorch: the first eight.
  static let allowed: [String: Set<String>] = [
    "Randomness": [],
    "Records": ["CChecksum", "SwiftProtobuf"],
    "Volumes": ["Randomness", "Records", "CChecksum", "CZlib", "CZip", "CNifti"],
    "Geometry": ["CEmbree", "CMatio", "CMeshQueries", "CPng", "CZlib", "Randomness"],
    "ForeignWeights": ["CHDF5", "CZip"],
    "Runs": ["Records", "Yams"],
    "Plots": [],
    "LatentSpace": ["Randomness"],
    "Torch": ["CTorch"],
    "NN": ["Torch"],
    "Models": ["NN", "Torch"],
    "Training": ["NN", "Torch", "Runs"],
    "Experiments": [
      "Training", "Models", "NN", "Torch", "Geometry", "Volumes", "Randomness", "ForeignWeights", "Plots", "Runs",
      "LatentSpace",
    ],
    "formcast": [
      "Experiments", "Geometry", "Volumes", "ForeignWeights", "Plots", "Runs", "LatentSpace", "ArgumentParser",
    ],
  ]

  @Test("Imports go only where the table allows")
  func imports() throws {
    let files = try SourceFile.all(in: "Sources")
    #expect(files.count > 10)
    for file in files {
      let allowed = try #require(Self.allowed[file.target], "\(file): target \(file.target) has no row in the table")
      for module in file.imports where !Self.system.contains(module) {
        #expect(allowed.contains(module), "\(file) imports \(module), which \(file.target) may not")
      }
    }
  }

  @Test("The modules that the table allows never form a circle")
  func noCircle() {
    var remaining = Self.allowed
    while let free = remaining.first(where: { $0.value.allSatisfy { remaining[$0] == nil } }) {
      remaining[free.key] = nil
    }
    #expect(remaining.isEmpty, "in a circle: \(remaining.keys.sorted())")
  }

  @Test("No file is longer than 400 lines")
  func fileLengths() throws {
    for file in try SourceFile.all(in: "Sources", extensions: ["swift", "cpp", "c", "h"]) where !file.isGenerated {
      #expect(file.lineCount <= 400, "\(file): \(file.lineCount) lines")
    }
  }

  @Test("No function is longer than 50 lines")
  func functionLengths() throws {
    var count = 0
    for file in try SourceFile.all(in: "Sources") where !file.isGenerated {
      for function in file.functions {
        count += 1
        #expect(function.lineCount <= 50, "\(function)")
      }
    }
    #expect(count > 50)
  }

  @Test("No type or file has a name that says nothing")
  func names() throws {
    let kinds: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
    let suffixes = ["Utils", "Util", "Helpers", "Helper", "Manager", "Managers", "Base"]
    for file in try SourceFile.all(in: "Sources") + SourceFile.all(in: "Tests") where !file.isGenerated {
      let words = String(decoding: file.code, as: UTF8.self).split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      let types = zip(words, words.dropFirst()).filter { kinds.contains(String($0.0)) }.map { String($0.1) }
      let stem = ((file.path as NSString).lastPathComponent as NSString).deletingPathExtension
      for name in types + [stem] {
        #expect(!suffixes.contains { name.hasSuffix($0) }, "\(file): \(name)")
      }
    }
  }

  @Test("Nothing is left for later, and no error is forced away")
  func leftovers() throws {
    for file in try SourceFile.all(in: "Sources", extensions: ["swift", "cpp", "c", "h"]) where !file.isGenerated {
      for word in ["TO" + "DO", "FIX" + "ME", "try" + "!"] {
        #expect(!file.text.contains(word), "\(file) contains \(word)")
      }
    }
  }

  @Test("Every test expects something")
  func expectations() throws {
    let files = try SourceFile.all(in: "Tests")
    for (target, members) in Dictionary(grouping: files, by: \.target) {
      let functions = members.flatMap(\.functions)
      let checking = Self.checking(functions)
      for function in functions where function.prefix.contains("@Test") {
        #expect(Self.checks(function, by: checking), "\(function.file):\(function.line) \(function.name) of \(target)")
      }
    }
  }

  @Test("Tests use what users can use", arguments: ["Sources", "Tests"])
  func noTestable(folder: String) throws {
    for file in try SourceFile.all(in: folder) {
      #expect(!String(decoding: file.code, as: UTF8.self).contains("@testable"), "\(file)")
    }
  }

  /// Names of the functions that expect something themselves or call one that does.
  private static func checking(_ functions: [FunctionDeclaration]) -> Set<String> {
    var names: Set<String> = []
    while true {
      let more = Set(functions.filter { checks($0, by: names) && !$0.prefix.contains("@Test") }.map(\.name))
      if more.isSubset(of: names) { return names }
      names.formUnion(more)
    }
  }

  private static func checks(_ function: FunctionDeclaration, by names: Set<String>) -> Bool {
    let marks = ["#expect", "#require", "Issue.record", "withKnownIssue", "confirmation("]
    if marks.contains(where: function.body.contains) { return true }
    let words = function.body.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    return words.contains { names.contains(String($0)) }
  }
}
