import ForeignWeights
import Foundation
import NN
import Torch

/// Reads the codes of training shapes out of files beside the weights.
enum CodeImport {
  /// Rows of codes [S, L], or [S, 1, L] as DeepSDF's first version wrote them, with a label per row where given.
  static func table(codes path: String, labels labelPath: String?, latentSize: Int) throws -> CodeTable {
    let name = URL(filePath: path).lastPathComponent
    let (shape, values) = try numbers(path)
    guard latentSize > 0 else { throw ExperimentError("\(name): codes for a network of one shape, which takes none") }
    guard let count = shape.first, let length = shape.last, [[count, length], [count, 1, length]].contains(shape) else {
      throw ExperimentError("\(name): holds a tensor of shape \(shape), not a table of codes")
    }
    guard length == latentSize else {
      throw ExperimentError("\(name): holds codes of \(length) numbers, but the network takes codes of \(latentSize)")
    }
    guard count > 0, values.allSatisfy(\.isFinite) else {
      throw ExperimentError("\(name): holds no codes, or numbers that are not finite")
    }
    let categories = try labelPath.map { try labels($0, count: count) }
    let digits = "\(count - 1)".count
    let entries = (0..<count).map { index in
      let number = "\(index)"
      let id = "shape-" + String(repeating: "0", count: digits - number.count) + number
      return ShapeEntry(id: id, category: categories.map { "label-\($0[index])" } ?? "")
    }
    return CodeTable(entries: entries, values: values, latentSize: latentSize)
  }

  private static func numbers(_ path: String) throws -> (shape: [Int], values: [Float]) {
    let url = URL(filePath: path)
    if try WeightsFile.Kind(of: url) == .safetensors {
      let file = try StateFile(reading: path)
      guard let only = file.tensors.values.first, file.tensors.count == 1 else {
        throw ExperimentError("\(path): holds \(file.tensors.count) tensors where one table of codes is wanted")
      }
      return (only.shape, only.to(dtype: .float32).array())
    }
    let file = try PyTorchFile(contentsOf: url)
    let tensor = try file.singleTensor()
    return (tensor.shape, try file.floats(tensor))
  }

  private static func labels(_ path: String, count: Int) throws -> [Int64] {
    let file = try PyTorchFile(contentsOf: URL(filePath: path))
    let tensor = try file.singleTensor()
    guard tensor.shape == [count] else {
      throw ExperimentError("\(file.name): holds labels of shape \(tensor.shape), but there are \(count) codes")
    }
    return try file.integers(tensor)
  }
}
