/// Networks of the same publications that are no shape decoders, known by their keys, so that a refusal can name them.
enum OtherNetworks {
  private static let known: [(name: String, signature: [String])] = [
    ("the critic of the progressive voxel GAN", ["optional_layers.0.0.weight", "head.1.weight"]),
    ("the critic of the PointNet GAN", ["nn1.0.weight", "nn2.0.weight"]),
    ("the voxel autoencoder or VAE", ["encoder.0.weight", "decoder.0.weight"]),
    ("a generator or critic of the voxel GAN with 3D convolutions", ["layers.0.weight", "layers.3.weight"]),
    ("optimizer state", ["exp_avg", "exp_avg_sq"]),
  ]

  /// What the keys look like, and what to do.
  static func remark(on keys: [String]) -> String {
    for (name, signature) in known
    where signature.allSatisfy({ part in keys.contains { $0 == part || $0.hasSuffix(".\(part)") } }) {
      return "holds \(name), which has no shapes of its own; give the file of the generator or of the decoder"
    }
    let shown = keys.sorted().prefix(4).map { String($0.prefix(80)) }.joined(separator: ", ")
    return """
      holds none of the networks that are known (SDFNet, SDFGenerator, DeepSDF's decoder); \
      it has \(keys.count) keys\(keys.isEmpty ? "" : ", such as \(shown)")
      """
  }
}
