import Foundation

/// The letters of the built-in font: strokes drawn with a round pen.
///
/// Capitals are 10 units high, small letters 7, descenders reach to -3. A glyph is a line of steps: `Mx,y` lifts the pen
/// and puts it down, `Lx,y` draws a line, `Ex,y,a,b,s,e` draws an arc of the ellipse around x, y with half axes a, b
/// from angle s to angle e in degrees (larger e: counter-clockwise), joined by a line if the pen is down.
struct StrokeGlyph: Sendable {
  /// The pen's ways; coordinates start at x = 0.
  let strokes: [[SIMD2<Float>]]
  let width: Float

  /// The glyph of a character; a box for one that the font does not have.
  static func glyph(for character: Character) -> StrokeGlyph { all[character] ?? missing }

  /// Whether the font has a character.
  static func has(_ character: Character) -> Bool { all[character] != nil }

  private static let missing = StrokeGlyph("M0,0 L0,10 L5.5,10 L5.5,0 L0,0")

  private static let all: [Character: StrokeGlyph] = {
    var result: [Character: StrokeGlyph] = [" ": StrokeGlyph(strokes: [], width: 1.9)]
    for (character, path) in capitals.merging(smallLetters, uniquingKeysWith: { $1 }).merging(
      signs, uniquingKeysWith: { $1 })
    {
      result[character] = StrokeGlyph(path)
    }
    // Digits are equally wide, so that columns of numbers stand straight.
    for (character, path) in digits { result[character] = StrokeGlyph(strokes: StrokeGlyph.parse(path), width: 6.4) }
    return result
  }()

  private init(strokes: [[SIMD2<Float>]], width: Float) { (self.strokes, self.width) = (strokes, width) }

  private init(_ path: String) {
    let parsed = Self.parse(path)
    let left = parsed.joined().map(\.x).min() ?? 0
    let right = parsed.joined().map(\.x).max() ?? 0
    self.init(strokes: parsed.map { $0.map { $0 - SIMD2(left, 0) } }, width: right - left)
  }

  private static func parse(_ path: String) -> [[SIMD2<Float>]] {
    var strokes: [[SIMD2<Float>]] = []
    var isDown = false
    for step in path.split(separator: " ") {
      let numbers = step.dropFirst().split(separator: ",").compactMap { Float($0) }
      let points = numbers.count == 6 ? arc(numbers) : numbers.count == 2 ? [SIMD2(numbers[0], numbers[1])] : []
      if step.first == "M" || !isDown { strokes.append([]) }
      isDown = true
      strokes[strokes.count - 1] += points
      // A lone M before an arc lifts the pen.
      if step == "M" { isDown = true }
    }
    return strokes.filter { !$0.isEmpty }
  }

  private static func arc(_ numbers: [Float]) -> [SIMD2<Float>] {
    let steps = max(2, Int(abs(numbers[5] - numbers[4]) / 12))
    return (0...steps).map { step in
      let angle = (numbers[4] + (numbers[5] - numbers[4]) * Float(step) / Float(steps)) * .pi / 180
      return SIMD2(numbers[0] + numbers[2] * cos(angle), numbers[1] + numbers[3] * sin(angle))
    }
  }

  private static let capitals: [Character: String] = [
    "A": "M0,0 L4,10 L8,0 M1.4,3.4 L6.6,3.4",
    "B": "M0,0 L0,10 L3.6,10 E3.6,7.65,2.6,2.35,90,-90 L0,5.3 M3.6,5.3 E3.9,2.65,2.9,2.65,90,-90 L0,0",
    "C": "E4.4,5,4.4,5,48,312",
    "D": "M0,0 L0,10 L2.8,10 E2.8,5,4.6,5,90,-90 L0,0",
    "E": "M5.8,0 L0,0 L0,10 L5.8,10 M0,5.2 L5,5.2",
    "F": "M0,0 L0,10 L5.6,10 M0,5.2 L4.8,5.2",
    "G": "E4.5,5,4.5,5,48,360 L5.2,5",
    "H": "M0,0 L0,10 M7,0 L7,10 M0,5.2 L7,5.2",
    "I": "M0,0 L0,10",
    "J": "M4.5,10 L4.5,2.6 E2.25,2.6,2.25,2.6,0,-165",
    "K": "M0,0 L0,10 M6.4,10 L0,3.8 M2.3,6 L6.8,0",
    "L": "M0,10 L0,0 L5.4,0",
    "M": "M0,0 L0,10 L4.2,2.6 L8.4,10 L8.4,0",
    "N": "M0,0 L0,10 L7,0 L7,10",
    "O": "E4.6,5,4.6,5,0,360",
    "P": "M0,0 L0,10 L3.7,10 E3.7,7.4,2.8,2.6,90,-90 L0,4.8",
    "Q": "E4.6,5,4.6,5,0,360 M5.6,2.8 L9,-0.8",
    "R": "M0,0 L0,10 L3.7,10 E3.7,7.4,2.8,2.6,90,-90 L0,4.8 M3.5,4.8 L6.8,0",
    "S": "E3.4,7.55,3,2.45,32,270 E3.4,2.55,3.4,2.55,90,-150",
    "T": "M0,10 L7.4,10 M3.7,10 L3.7,0",
    "U": "M0,10 L0,3.5 E3.5,3.5,3.5,3.5,180,360 L7,10",
    "V": "M0,10 L3.9,0 L7.8,10",
    "W": "M0,10 L2.7,0 L5.4,9.4 L8.1,0 L10.8,10",
    "X": "M0,10 L7,0 M0,0 L7,10",
    "Y": "M0,10 L3.7,4.8 L7.4,10 M3.7,4.8 L3.7,0",
    "Z": "M0,10 L6.8,10 L0,0 L6.8,0",
  ]

  private static let smallLetters: [Character: String] = [
    "a": "E3,3.5,3,3.5,0,360 M6,7 L6,0",
    "b": "M0,10 L0,0 M E3,3.5,3,3.5,0,360",
    "c": "E3.2,3.5,3.2,3.5,46,314",
    "d": "E3,3.5,3,3.5,0,360 M6,10 L6,0",
    "e": "M0.1,3.6 L6.1,3.6 E3.1,3.5,3,3.5,2,318",
    "f": "M1.3,0 L1.3,7.7 E3.5,7.7,2.2,2.3,180,75 M0,6.8 L3.7,6.8",
    "g": "E3,3.5,3,3.5,0,360 M6,7 L6,-0.3 E3.1,-0.3,2.9,2.8,0,-150",
    "h": "M0,10 L0,0 M0,4.2 E2.75,4.2,2.75,2.8,180,0 L5.5,0",
    "i": "M0,7 L0,0 M-0.05,9.6 L0.05,9.6",
    "j": "M1.2,7 L1.2,-1.3 E-0.3,-1.3,1.5,1.7,0,-90 M1.15,9.6 L1.25,9.6",
    "k": "M0,10 L0,0 M4.9,7 L0,2.6 M1.9,4.3 L5.2,0",
    "l": "M0,10 L0,1.7 E1.6,1.7,1.6,1.7,180,285",
    "m": "M0,7 L0,0 M0,4.5 E2.25,4.5,2.25,2.5,180,0 L4.5,0 M4.5,4.5 E6.75,4.5,2.25,2.5,180,0 L9,0",
    "n": "M0,7 L0,0 M0,4.2 E2.75,4.2,2.75,2.8,180,0 L5.5,0",
    "o": "E3.2,3.5,3.2,3.5,0,360",
    "p": "M0,7 L0,-3 M E3,3.5,3,3.5,0,360",
    "q": "E3,3.5,3,3.5,0,360 M6,7 L6,-3",
    "r": "M0,7 L0,0 M0,4 E2.6,4.2,2.6,2.8,180,78",
    "s": "E2.5,5.3,2.2,1.7,30,270 E2.5,1.8,2.5,1.8,90,-150",
    "t": "M1.4,9.3 L1.4,2.1 E3.3,2.1,1.9,2.1,180,285 M0,6.8 L3.6,6.8",
    "u": "M0,7 L0,2.8 E2.75,2.8,2.75,2.8,180,360 M5.5,7 L5.5,0",
    "v": "M0,7 L2.8,0 L5.6,7",
    "w": "M0,7 L2,0 L4,6.6 L6,0 L8,7",
    "x": "M0,7 L5.1,0 M0,0 L5.1,7",
    "y": "M0,7 L2.9,0 M5.7,7 L2.9,0 L2.1,-1.9 L1.3,-2.8 L0.2,-3",
    "z": "M0,7 L5,7 L0,0 L5,0",
  ]

  private static let digits: [Character: String] = [
    "0": "E3.2,5,3.1,5,0,360",
    "1": "M0.9,7.9 L3.7,10 L3.7,0",
    "2": "E3.1,7.2,3,2.8,165,-38 L0.2,0 L6.3,0",
    "3": "E3,7.6,2.7,2.4,152,-90 E3,2.6,3.2,2.6,90,-152",
    "4": "M4.8,0 L4.8,10 L0,3 L6.5,3",
    "5": "M5.6,10 L1.1,10 L0.7,5.4 E3,3.3,3.2,3.3,135,-148",
    "6": "E3.3,3.2,3.1,3.2,0,360 M E6.2,3.2,6,6.8,180,104",
    "7": "M0,10 L6.3,10 L2.3,0",
    "8": "E3.2,7.6,2.7,2.4,0,360 M E3.2,2.6,3.1,2.6,0,360",
    "9": "E3.1,6.8,3.1,3.2,0,360 M E0.2,6.8,6,6.8,0,-76",
  ]

  private static let signs: [Character: String] = [
    "!": "M0,10 L0,3.2 M-0.05,0.2 L0.05,0.2",
    "\"": "M0,10 L0,7 M2.2,10 L2.2,7",
    "#": "M1.6,0 L3,10 M4.6,0 L6,10 M0,3.2 L7,3.2 M0.6,6.8 L7.6,6.8",
    "$": "E3.4,7.55,3,2.45,32,270 E3.4,2.55,3.4,2.55,90,-150 M3.4,11.4 L3.4,-1.4",
    "%": "E1.9,7.9,1.9,2.1,0,360 M E7.3,2.1,1.9,2.1,0,360 M7.7,10 L1.5,0",
    "&": "M7.4,0 L1.5,6.6 E3.1,7.9,2,2.1,215,-45 L1.3,4.6 E2.9,2.5,2.9,2.5,125,300 L7,4.6",
    "'": "M0,10 L0,7",
    "(": "E4.5,4,4.5,7.5,125,235",
    ")": "E-2.6,4,4.5,7.5,-55,55",
    "*": "M1.9,9.9 L1.9,5.9 M0.2,8.9 L3.6,6.9 M0.2,6.9 L3.6,8.9",
    "+": "M0,4 L6.2,4 M3.1,7.1 L3.1,0.9",
    ",": "M0.7,0.3 L0,-1.8",
    "-": "M0,4 L3.4,4",
    ".": "M-0.05,0.2 L0.05,0.2",
    "/": "M0,-1 L4.2,10.6",
    ":": "M-0.05,0.3 L0.05,0.3 M-0.05,5.7 L0.05,5.7",
    ";": "M0.65,5.7 L0.75,5.7 M0.7,0.3 L0,-1.8",
    "<": "M6,7.3 L0.2,4 L6,0.7",
    "=": "M0,5.5 L6.2,5.5 M0,2.5 L6.2,2.5",
    ">": "M0.2,7.3 L6,4 L0.2,0.7",
    "?": "E2.7,7.4,2.6,2.6,165,-50 L2.8,4.4 L2.8,3.1 M2.75,0.2 L2.85,0.2",
    "@": "E5,4,2.1,2.5,0,360 M7.1,6.4 L7.1,3 E8.4,3,1.3,1.3,180,330 E5,4,5,5.6,8,312",
    "[": "M2.1,11 L0,11 L0,-2 L2.1,-2",
    "\\": "M0,10.6 L4.2,-1",
    "]": "M0,11 L2.1,11 L2.1,-2 L0,-2",
    "^": "M0,6.4 L2.8,10 L5.6,6.4",
    "_": "M0,-1.6 L6,-1.6",
    "`": "M0,10.4 L1.6,8.6",
    "{": "E2.8,9.2,1.6,1.8,90,180 L1.2,6 L0,4.5 L1.2,3 L1.2,-0.2 E2.8,-0.2,1.6,1.8,180,270",
    "|": "M0,11 L0,-2",
    "}": "E0,9.2,1.6,1.8,90,0 L1.6,6 L2.8,4.5 L1.6,3 L1.6,-0.2 E0,-0.2,1.6,1.8,0,-90",
    "~": "E1.6,3.6,1.6,1.3,180,15 E4.7,4.2,1.6,1.3,195,360",
    "±": "M0,5 L6,5 M3,8 L3,2 M0,0 L6,0",
    "×": "M0.4,6.6 L5.4,1.6 M0.4,1.6 L5.4,6.6",
    "–": "M0,4 L6,4",
    "°": "E1.5,8.5,1.5,1.5,0,360",
    "·": "M-0.05,4 L0.05,4",
  ]
}
