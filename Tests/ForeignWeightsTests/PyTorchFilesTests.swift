import ForeignWeights
import Foundation
import Testing
import Volumes

@Suite("Files that torch.save wrote")
struct PyTorchFilesTests {
  @Test(
    "Every tensor equals what PyTorch had, whatever its element type, strides and storage",
    arguments: ["variants.pt", "variants.to", "protocol4.pt", "deflated.pt"])
  func variants(name: String) throws {
    let file = try PyTorchFile(contentsOf: Fixtures.torch(name))
    let group = try file.stateDictionary()
    let expected = try NpzArchive(Fixtures.torch("variants.npz").path)
    #expect(Set(group.tensors.map(\.name)) == Set(expected.names))
    #expect(group.tensors.map(\.name).prefix(3) == ["plain", "transposed", "permuted"])
    for tensor in group.tensors {
      let array = try expected.array(tensor.name)
      #expect(array.shape == tensor.shape, "\(tensor.name)")
      if tensor.element.isFloatingPoint {
        #expect(try file.floats(tensor).map(\.bitPattern) == array.floats().map(\.bitPattern), "\(tensor.name)")
      } else {
        #expect(try file.integers(tensor) == array.int64s(), "\(tensor.name)")
        #expect(try file.floats(tensor) == array.int64s()?.map { Float($0) }, "\(tensor.name)")
      }
    }
    let float = try #require(group.tensor("plain"))
    #expect(throws: ForeignWeightsError.self) { try file.integers(float) }
  }

  @Test("Both forms of the reference network hold its weights", arguments: ["sdfnet_zip.pt", "sdfnet_legacy.to"])
  func reference(name: String) throws {
    let file = try PyTorchFile(contentsOf: Fixtures.torch(name))
    let group = try file.stateDictionary()
    let saved = try NpzArchive(Fixtures.folder.appending(path: "sdfnet_torch.npz").path)
    #expect(group.tensors.count == 16)
    for tensor in group.tensors {
      let array = try saved.array("sdfnet.w.\(tensor.name)")
      #expect(array.shape == tensor.shape)
      #expect(try file.floats(tensor) == array.floats(), "\(tensor.name)")
    }
  }

  @Test(
    "A state dict inside a checkpoint is found, beside an optimizer too", arguments: ["deepsdf.pth", "training.pth"])
  func nested(name: String) throws {
    let group = try PyTorchFile(contentsOf: Fixtures.torch(name)).stateDictionary()
    #expect(group.path == "model_state_dict")
    #expect(group.tensors.count == 14)
    #expect(group.tensors.allSatisfy { $0.name.hasPrefix("module.lin") })
  }

  @Test("A tensor that was saved alone, or in a dictionary of its own, is found", arguments: ["codes.to", "codes.pth"])
  func single(name: String) throws {
    let file = try PyTorchFile(contentsOf: Fixtures.torch(name))
    let tensor = try file.singleTensor()
    #expect(tensor.shape == [3, 5])
    let codes = try NpzArchive(Fixtures.torch("deepsdf.npz").path).array("codes")
    #expect(try file.floats(tensor) == codes.floats())
  }

  @Test("Whole numbers that were saved alone are read")
  func labels() throws {
    let file = try PyTorchFile(contentsOf: Fixtures.torch("labels.to"))
    #expect(try file.integers(file.singleTensor()) == [4, 0, 4])
    #expect(throws: ForeignWeightsError.self) { try file.stateDictionary() }
  }

  @Test(
    "What is no state dict is refused by name",
    arguments: [
      ("expanded.pt", "does not lie within its storage of 3 numbers"),
      ("numpy.pt", "asks for numpy._core.multiarray.scalar, which no state dict needs; nothing was run"),
      ("module.pt", "asks for torch.nn.modules.linear.Linear, which no state dict needs; nothing was run"),
      ("sparse.pt", "asks for torch._utils._rebuild_sparse_tensor"),
      ("script.pt", "is a TorchScript program; nothing was run"), ("big_endian.pt", "written on a big-endian machine"),
    ])
  func refused(name: String, line: String) {
    let error = #expect(throws: ForeignWeightsError.self) { try PyTorchFile(contentsOf: Fixtures.torch(name)) }
    #expect(error?.description.hasPrefix("\(name): ") == true && error?.description.contains(line) == true)
  }

  @Test("The kind of a file is told by its content alone")
  func kinds() throws {
    #expect(try WeightsFile.Kind(of: Fixtures.torch("sdfnet_zip.pt")) == .pyTorchArchive)
    #expect(try WeightsFile.Kind(of: Fixtures.torch("sdfnet_legacy.to")) == .pyTorchLegacy)
    #expect(try WeightsFile.Kind(of: Fixtures.torch("sdfnet.safetensors")) == .safetensors)
    #expect(try WeightsFile.Kind(of: Fixtures.keras("convlstm8_keras2.h5")) == .kerasHDF5)
    #expect(try WeightsFile.Kind(of: Fixtures.keras("convlstm8_keras3.keras")) == .kerasArchive)
    let archive = Fixtures.folder.appending(path: "sdfnet_torch.npz")
    #expect(throws: ForeignWeightsError.self) { try WeightsFile.Kind(of: archive) }
    #expect(throws: ForeignWeightsError.self) { try PyTorchFile(contentsOf: Fixtures.torch("sdfnet.safetensors")) }
    #expect(throws: ForeignWeightsError.self) { try PyTorchFile(contentsOf: Fixtures.torch("absent.pt")) }
    #expect(throws: ForeignWeightsError.self) { try PyTorchFile(contentsOf: Fixtures.folder) }
    let renamed = try Fixtures.withFile(try Data(contentsOf: Fixtures.torch("sdfnet_zip.pt")), extension: "h5") {
      try WeightsFile.Kind(of: $0)
    }
    #expect(renamed == .pyTorchArchive)
  }

  @Test(
    "The published generators are read",
    .enabled(if: Fixtures.hasPublishedGenerators, "skipped: the published weights are not beside the repository"),
    arguments: [("voxel_generator_chairs.to", 462_337), ("point_generator_chairs.pt", 466_435)])
  func published(name: String, parameterCount: Int) throws {
    let file = try PyTorchFile(contentsOf: Fixtures.weights.appending(path: name))
    let group = try file.stateDictionary()
    #expect(group.tensors.reduce(0) { $0 + $1.count } == parameterCount)
    for tensor in group.tensors { #expect(try file.floats(tensor).allSatisfy(\.isFinite)) }
    let layout = try DecoderLayout(group.tensors.map { .init(name: $0.name, shape: $0.shape) }, file: name)
    #expect(layout.parameterCount == parameterCount)
  }
}
