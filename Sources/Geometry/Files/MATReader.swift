import CMatio
import Foundation

/// Reads an array of three axes from a MATLAB file.
///
/// libmatio has crashed on damaged files time and again, so it never sees the file itself. `MATCatalog` walks through
/// the structure, checks every size and finds the array; what the library gets is a new file with this one array, whose
/// every byte but the values was written here.
struct MATReader {
  private let bytes: UnsafeRawBufferPointer
  private let file: String

  init(_ bytes: UnsafeRawBufferPointer, file: String) { (self.bytes, self.file) = (bytes, file) }

  func grid(named name: String?) throws -> ScalarGrid {
    let catalog = try MATCatalog(bytes, file: file)
    let array = try choose(from: catalog.arrays, name)
    let sides = array.sides
    let shape = ScalarGrid.Shape(sides.x, sides.y, sides.z)
    guard let columns = try values(of: array.cleanFile(), count: shape.count) else {
      throw MeshFileError(file, "variable \"\(array.name)\"", "its values cannot be read; save it again with -v7")
    }
    // MATLAB's first index is the fastest, the grid's the slowest.
    var values = [Float](repeating: 0, count: shape.count)
    var target = 0
    for i in 0..<sides.x {
      for j in 0..<sides.y {
        for k in 0..<sides.z {
          values[target] = columns[i + sides.x * (j + sides.y * k)]
          target += 1
        }
      }
    }
    guard values.allSatisfy(\.isFinite) else {
      throw MeshFileError(file, "variable \"\(array.name)\"", "it holds NaN or infinity; replace them by numbers")
    }
    return ScalarGrid(shape: shape, values: values)
  }

  private func choose(from arrays: [MATArray], _ name: String?) throws -> MATArray {
    let names = arrays.prefix(8).map(\.name).joined(separator: ", ")
    guard !arrays.isEmpty else { throw MeshFileError(file, nil, "there is no numeric array of three axes") }
    if let name {
      guard let found = arrays.first(where: { $0.name == name }) else {
        let asked = name.prefix(60).filter { !$0.isNewline }
        throw MeshFileError(file, nil, "there is no array \"\(asked)\" of three axes; there are: \(names)")
      }
      return found
    }
    guard let found = arrays.count == 1 ? arrays[0] : arrays.first(where: { $0.name == "instance" }) else {
      throw MeshFileError(file, nil, "there are several arrays of three axes; choose one of: \(names)")
    }
    return found
  }

  /// The values in MATLAB's order, as the library decodes them; nil if it does not.
  private func values(of clean: [UInt8], count: Int) throws -> [Float]? {
    let folder = FileManager.default.temporaryDirectory
    var path = Array(folder.appendingPathComponent("formcast-XXXXXX").path.utf8CString)
    let descriptor = mkstemp(&path)
    do {
      guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
      try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: clean)
    } catch {
      if descriptor >= 0 { unlink(path) }
      throw MeshFileError(file, nil, "the folder for temporary files, \(folder.path), is full or cannot be written")
    }
    defer { unlink(path) }
    guard let mat = Mat_Open(path, Int32(MAT_ACC_RDONLY.rawValue)) else { return nil }
    defer { Mat_Close(mat) }
    guard let variable = Mat_VarRead(mat, MATArray.cleanName) else { return nil }
    defer { Mat_VarFree(variable) }
    let found = variable.pointee
    guard let data = found.data, found.isComplex == 0, found.data_size > 0,
      found.nbytes == count * Int(found.data_size)
    else { return nil }
    func floats<Value>(_ type: Value.Type, _ convert: (Value) -> Float) -> [Float]? {
      guard Int(found.data_size) == MemoryLayout<Value>.size else { return nil }
      return UnsafeBufferPointer(start: data.assumingMemoryBound(to: Value.self), count: count).map(convert)
    }
    switch found.class_type {
    case MAT_C_DOUBLE: return floats(Double.self) { Float($0) }
    case MAT_C_SINGLE: return floats(Float.self) { $0 }
    case MAT_C_INT8: return floats(Int8.self) { Float($0) }
    case MAT_C_UINT8: return floats(UInt8.self) { Float($0) }
    case MAT_C_INT16: return floats(Int16.self) { Float($0) }
    case MAT_C_UINT16: return floats(UInt16.self) { Float($0) }
    case MAT_C_INT32: return floats(Int32.self) { Float($0) }
    case MAT_C_UINT32: return floats(UInt32.self) { Float($0) }
    case MAT_C_INT64: return floats(Int64.self) { Float($0) }
    case MAT_C_UINT64: return floats(UInt64.self) { Float($0) }
    default: return nil
    }
  }
}
