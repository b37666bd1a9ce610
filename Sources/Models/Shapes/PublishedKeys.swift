import NN

/// The names under which published files keep the parameters of shape decoders.
///
/// Own names are those of the properties; the published ones are PyTorch's, without prefixes such as `module.`.
public enum PublishedKeys {
  /// Published name of each parameter of the article's network, by own name.
  public static func sdfNet(_ network: SDFNet) -> [String: String] {
    keys(of: network) { own in
      let parts = own.split(separator: ".")
      // Linear layers stand at every second place, activations between them.
      guard let index = Int(parts[1]) else { return own }
      return "\(parts[0] == "front" ? "layers1" : "layers2").\(2 * index).\(parts[2])"
    }
  }

  /// Published name of each parameter of the PointNet GAN's generator, by own name.
  public static func sdfGenerator(_ network: SDFGenerator) -> [String: String] {
    let names = ["layer": "lins", "norm": "norms", "firstCode": "z_lin1", "middleCode": "z_lin2"]
    return keys(of: network) { own in
      let parts = own.split(separator: ".", maxSplits: 1)
      return "\(names[String(parts[0])] ?? String(parts[0])).\(parts[1])"
    }
  }

  /// Published name of each parameter of DeepSDF's network, by own name.
  public static func deepSDF(_ network: DeepSDFDecoder) -> [String: String] {
    let names = ["length": "weight_g", "direction": "weight_v", "bias": "bias", "weight": "weight"]
    return keys(of: network) { own in
      let parts = own.split(separator: ".").map(String.init)
      let index = parts[0] == "last" ? "\(network.configuration.hiddenCount)" : parts[1]
      let last = parts[parts.count - 1]
      return "lin\(index).\(names[last] ?? last)"
    }
  }

  /// Published name of each parameter of the growing voxel critic, by own name. (The files hold every convolution twice, also as
  /// `optional_layer_I`.)
  public static func voxelCritic(_ network: VoxelCritic) -> [String: String] {
    keys(of: network) { own in
      let parts = own.split(separator: ".").map(String.init)
      let last = parts[parts.count - 1]
      return switch parts[0] {
      case "level": "optional_layers.\(parts[1]).0.\(last)"
      case "first": "head.1.\(last)"
      default: "head.3.\(last)"
      }
    }
  }

  /// Published name of each parameter of the PointNet critic, by own name.
  public static func pointCritic(_ network: PointCritic) -> [String: String] {
    keys(of: network) { own in
      let parts = own.split(separator: ".").map(String.init)
      return "\(parts[0] == "point" ? "nn1" : "nn2").\(2 * (Int(parts[1]) ?? 0)).\(parts[2])"
    }
  }

  private static func keys(of network: some Module, published: (String) -> String) -> [String: String] {
    Dictionary(uniqueKeysWithValues: network.parameters().map { ($0.key, published($0.key)) })
  }
}
