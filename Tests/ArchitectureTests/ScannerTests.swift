import Testing

/// The other tests are only as good as the scanner that they stand on.
@Suite("The scanner sees what is there")
struct ScannerTests {
  private let sample = SourceFile(
    path: "Sources/Geometry/Sample.swift",
    text: ##"""
      import Foundation
      @preconcurrency import struct CPng.png_info
      // import Volumes
      let text = "import Torch { \(call("}", { "{" }))"
      let raw = #"func no() { "quoted" \(not) }"#
      let long = """
        import NN
        func no() {
        """
      /* func no() { /* nested */ } */
      protocol Requirement {
        func first(_ value: Int) -> Int
        init(value: Int)
        func second() throws
      }
      struct Value {
        init?(_ value: Int) { self.init(value, other: { $0 }) }
        init<T>(_ value: T, other: (Int) -> Int = { $0 + 1 }) where T: Equatable {
          if let x = Optional(1) {
            print("}", x)
          }
        }
        @Test("named { }")
        func third(
          _ closure: () -> Void
        )
          -> (Int, Int)
        {
          func inner() {}
          return (1, 2)
        }
        subscript(index: Int) -> Int { index }
      }
      """##)

  @Test("Imports are those of the code, not of comments and strings")
  func imports() {
    #expect(sample.imports == ["Foundation", "CPng"])
    #expect(sample.target == "Geometry")
  }

  @Test("Functions are those with a body, with all their lines")
  func functions() {
    #expect(sample.functions.map(\.name) == ["init", "init", "third", "inner"])
    #expect(sample.functions.map(\.lineCount) == [1, 5, 8, 1])
    #expect(sample.functions[2].prefix.contains("@Test"))
    #expect(!sample.functions[3].prefix.contains("@Test"))
  }

  @Test("Comments and strings are blanked and lines kept")
  func blanked() {
    let code = String(decoding: sample.code, as: UTF8.self)
    #expect(code.split(separator: "\n", omittingEmptySubsequences: false).count == sample.lineCount)
    #expect(!code.contains("no()") && !code.contains("nested") && !code.contains("quoted"))
    #expect(code.contains("protocol Requirement"))
  }
}
