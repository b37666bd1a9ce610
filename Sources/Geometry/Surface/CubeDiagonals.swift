/// The inner edges that cut the loops of cells without ambiguous faces, where there is a choice.
///
/// All choices are right and they change area and volume by some 1e-3 on coarse grids. These are the ones that
/// scikit-image's marching cubes (Lewiner's cases) makes, recorded from its output, so that areas and volumes can be
/// compared with it and with the many programs that use the same cases.
enum CubeDiagonals {
  /// Pairs of edges that are joined in a pattern; the same ones as with inside and outside exchanged.
  static func preferred(pattern: Int) -> [Set<Int>] { byPattern[min(pattern, 255 - pattern)] ?? [] }

  private static let byPattern: [Int: [Set<Int>]] = Dictionary(
    uniqueKeysWithValues: recorded.split(whereSeparator: \.isWhitespace).map { entry in
      let digits = entry.compactMap(\.hexDigitValue)
      let pairs = stride(from: 2, to: digits.count, by: 2).map { Set([digits[$0], digits[$0 + 1]]) }
      return (digits[0] * 16 + digits[1], pairs)
    })

  /// Pattern and pairs of edge numbers, all in hexadecimal digits.
  private static let recorded = """
    03:58 05:0a 07:5a9a 0a:19 0b:188b 0c:4b 0d:0b8b 0e:499a 0f:8b 11:24 13:2556 15:122a 17:192a9a 1b:161969
    1d:252a5a 1f:2a9a 22:07 23:4778 27:171878 2a:1217 2b:172447 2e:070a7a 2f:788b 30:69 31:4749 32:0656 33:47
    35:161969 37:565a 3a:171878 3b:1747 3f:7a 44:16 45:0306 47:353858 4c:566b 4d:56586b 4e:060b6b 4f:6b8b 50:38
    51:0334 53:343949 54:1218 55:12 57:1225 5c:353858 5d:030b 5f:2b 70:399a 71:030734 72:070a7a 73:3447 74:171878
    75:0339 77:35
    """
}
