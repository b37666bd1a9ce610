import Torch

/// A shape decoder from a file of foreign weights.
public struct ImportedDecoder {
  /// Which network it is.
  public var model: DecoderModel
  /// Its weights under this package's keys.
  public var state: [String: Tensor]
  /// What its output means.
  public var field: FieldOptions
  /// What the user should know.
  public var notes: [String]
}

/// Reads foreign weights of shape decoders.
public enum DecoderImport {
  /// The decoder in a file.
  ///
  /// *Throws*: if the file holds none.
  public static func read(_ path: String) throws -> ImportedDecoder {
    throw ExperimentError("\(path): holds no weights of a shape decoder that is known")
  }
}
