/// What a series stands for; decides its colour, so that the same thing has the same colour in every figure.
public enum SeriesRole: Sendable, Equatable, Hashable {
  /// Prediction against the target.
  case target
  /// Prediction against the last seen input.
  case input
  /// The null model: the last frame repeated.
  case null
  /// The last seen input against the target, step by step.
  case persistence
  /// A training measure.
  case training
  /// A validation measure.
  case validation
  /// A published curve, drawn dashed.
  case published
  /// One of several things without a fixed meaning.
  case other(Int)
}

/// The look of all figures: type, colours, sizes.
enum FigureStyle {
  static let fontName = "DejaVu Sans"
  static let fontSize = 11.0
  static let titleSize = 13.0
  static let ink = "#1f2933"
  static let mutedInk = "#52606d"
  static let axis = "#9aa5b1"
  static let grid = "#e4e7eb"
  static let background = "#ffffff"

  /// Okabe and Ito's colours, told apart by people with any colour vision; the faint yellow is left out.
  private static let palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#52606d"]

  static func color(_ role: SeriesRole) -> String {
    switch role {
    case .target, .validation: "#0072B2"
    case .input: "#E69F00"
    case .null: "#52606d"
    case .persistence: "#CC79A7"
    case .training: "#9cc4de"
    case .published: "#D55E00"
    case .other(let index): palette[((index % palette.count) + palette.count) % palette.count]
    }
  }

  static func isDashed(_ role: SeriesRole) -> Bool { role == .published || role == .persistence }

  /// Width of a text in points, near enough to place the next one.
  static func width(of text: String, size: Double = fontSize) -> Double {
    text.unicodeScalars.reduce(0) { sum, scalar in
      let share: Double =
        switch scalar {
        case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ": 0.33
        case "f", "t", "r", "(", ")", "[", "]", "-", "/": 0.41
        case "m", "w", "M", "W", "@", "%": 0.97
        case "A"..."Z": 0.71
        case "\u{1100}"...: 1.05
        default: 0.62
        }
      return sum + share * size
    }
  }
}
