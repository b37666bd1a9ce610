/// How a convolution is computed; the results agree up to rounding.
public enum ConvolutionMethod: Hashable, Sendable, Codable {
  /// By the library.
  case direct
  /// By products in the frequency domain, the output cut into so many tiles along each axis.
  case spectral(tiles: [Int])
}
