import Foundation

/// An opaque sRGB colour.
public struct Color: Sendable, Equatable {
  /// Red, green and blue as encoded in sRGB, each 0...1.
  public var components: SIMD3<Float>

  /// A colour of encoded components; each is brought into 0...1.
  public init(_ components: SIMD3<Float>) {
    // NaN becomes 0: it must not reach the conversion to bytes.
    self.components = components.replacing(with: 0, where: components .!= components)
      .clamped(lowerBound: .zero, upperBound: .one)
  }

  /// A colour of 8-bit components.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    components = SIMD3(Float(red), Float(green), Float(blue)) / 255
  }

  /// A colour such as `0xE69F00`.
  public init(hex: UInt32) {
    self.init(red: UInt8(hex >> 16 & 255), green: UInt8(hex >> 8 & 255), blue: UInt8(hex & 255))
  }

  /// A colour of linear light.
  public init(linear: SIMD3<Float>) {
    components = SIMD3(Self.encode(linear.x), Self.encode(linear.y), Self.encode(linear.z))
  }

  /// Red, green and blue in linear light.
  public var linear: SIMD3<Float> {
    SIMD3(Self.decode(components.x), Self.decode(components.y), Self.decode(components.z))
  }

  /// Red, green and blue, 0...255.
  public var bytes: SIMD3<UInt8> {
    SIMD3<UInt8>(truncatingIfNeeded: SIMD3<Int32>(components * 255 + 0.5))
  }

  /// The colour mixed with another: 0 is this one, 1 the other.
  public func mixed(with other: Color, share: Float) -> Color {
    Color(components + (other.components - components) * share)
  }

  static func encode(_ value: Float) -> Float {
    let bounded = value > 0 ? min(value, 1) : 0
    return bounded <= 0.003_130_8 ? bounded * 12.92 : 1.055 * pow(bounded, 1 / 2.4) - 0.055
  }

  static func decode(_ value: Float) -> Float {
    value <= 0.040_45 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}

extension Color {
  /// White.
  public static let white = Color(hex: 0xFFFFFF)
  /// Almost black, for text.
  public static let ink = Color(hex: 0x22262B)
  /// Grey for labels and thin lines.
  public static let graphite = Color(hex: 0x7A828C)
  /// A calm blue for surfaces that need no meaning.
  public static let surface = Color(hex: 0x7FA6CF)
  /// What really happened.
  public static let target = Color(hex: 0x8C9BAB)
  /// What a model predicts.
  public static let prediction = Color(hex: 0x4E95D0)
  /// What a model is given.
  public static let input = Color(hex: 0xC9A876)
  /// Both target and prediction.
  public static let agreement = Color(hex: 0xC3CAD1)
  /// Predicted but not there.
  public static let falsePositive = Color(hex: 0xE8862E)
  /// There but not predicted.
  public static let falseNegative = Color(hex: 0x2F7FBF)
}
