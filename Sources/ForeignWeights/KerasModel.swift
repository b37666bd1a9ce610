import Foundation

/// A Keras model as its file describes it: layers in order, with their configurations and weights.
///
/// Reads `.h5` files that `model.save` of Keras 2 or 3 wrote, and `.keras` files. No code is run: layers written by users
/// keep their class name and configuration and mean nothing more here.
public struct KerasModel: Sendable, Equatable {
  /// One weight: row-major values in the axis order of Keras.
  public struct Weight: Sendable, Equatable {
    /// What the layer calls it: `kernel`, `recurrent_kernel`, `bias`, `gamma`, `beta`, `moving_mean`, ...
    public var name: String
    /// Extents.
    public var shape: [Int]
    /// As many values as the extents say.
    public var values: [Float]
  }

  /// One layer.
  public struct Layer: Sendable, Equatable {
    /// Its name in the model.
    public var name: String
    /// Its class, such as `ConvLSTM3D`; for a layer inside `TimeDistributed` the class of that layer.
    public var className: String
    /// Whether it is applied to every frame by `TimeDistributed`.
    public var isTimeDistributed: Bool
    /// The configuration that the file states; values left out have the default of that Keras version.
    public var configuration: JSONValue
    /// Names of the layers that it reads; empty for an input, and in a sequential model.
    public var inputs: [String]
    /// Weights in Keras's order.
    public var weights: [Weight]

    /// The weight of this name.
    public func weight(_ name: String) -> Weight? { weights.first { $0.name == name } }
  }

  /// The version of Keras that wrote the file, such as `2.10.0`: it decides what some names mean.
  public var kerasVersion: String
  /// Layers in the file's order, which follows the data.
  public var layers: [Layer]
  /// What the file is called, for messages.
  public var fileName: String

  /// The first number of the version.
  public var kerasGeneration: Int? { kerasVersion.split(separator: ".").first.flatMap { Int($0) } }

  /// Reads a file.
  ///
  /// *Throws*: `ForeignWeightsError` if it is missing, damaged, too large, or holds weights without a model.
  public init(contentsOf file: URL) throws {
    let bytes = try WeightsFile.read(file)
    let name = file.lastPathComponent
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      self = try KerasArchive(bytes, name: name).model()
    } else {
      self = try HDF5Image.withImage(bytes, name: name, names: LegacyKerasFile.members) {
        try LegacyKerasFile.model(in: $0)
      }
    }
  }

  package init(kerasVersion: String, layers: [Layer], fileName: String) {
    (self.kerasVersion, self.layers, self.fileName) = (kerasVersion, layers, fileName)
  }
}
