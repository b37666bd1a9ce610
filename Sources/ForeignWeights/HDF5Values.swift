import CHDF5

extension HDF5Image {
  private static let mostTexts = 4096
  private static let mostDimensions = 8

  /// The float32 data set at `path` in row-major order.
  func floats(_ path: [String]) throws -> (shape: [Int], values: [Float]) {
    let dataset = try dataset(path)
    guard let type = HDF5Handle(H5Dget_type(dataset.id), closedBy: H5Tclose),
      let space = HDF5Handle(H5Dget_space(dataset.id), closedBy: H5Sclose)
    else { throw damaged(path, "is damaged") }
    guard formcast_h5_is_float32(type.id) == 1 else {
      throw damaged(path, "does not hold float32 numbers; save the model in single precision")
    }
    try requirePlainStorage(dataset, path: path)
    let shape = try extent(space, path: path)
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product <= byteCount / 4 else {
        throw damaged(path, "claims shape \(shape), more than the file holds")
      }
      count = product
    }
    guard count > 0 else { return (shape, []) }
    guard H5Dget_storage_size(dataset.id) == UInt64(count * 4) else {
      throw damaged(path, "claims shape \(shape) but stores another number of bytes; the file is incomplete")
    }
    var status: herr_t = -1
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      status = H5Dread(dataset.id, formcast_h5_native_float(), 0, 0, 0, buffer.baseAddress)
      initialized = status < 0 ? 0 : count
    }
    guard status >= 0 else { throw damaged(path, "cannot be read to its end; the file is truncated or damaged") }
    return (shape, values)
  }

  /// Values must lie in one piece, unfiltered, in this very file.
  private func requirePlainStorage(_ dataset: borrowing HDF5Handle, path: [String]) throws {
    guard let creation = HDF5Handle(H5Dget_create_plist(dataset.id), closedBy: H5Pclose) else {
      throw damaged(path, "is damaged")
    }
    let layout = H5Pget_layout(creation.id)
    guard layout == H5D_CONTIGUOUS || layout == H5D_COMPACT, H5Pget_external_count(creation.id) == 0,
      H5Pget_nfilters(creation.id) == 0
    else {
      throw damaged(path, "is chunked, filtered or kept in another file, which Keras never writes; it is not read")
    }
  }

  private func extent(_ space: borrowing HDF5Handle, path: [String]) throws -> [Int] {
    let rank = H5Sget_simple_extent_ndims(space.id)
    guard H5Sis_simple(space.id) > 0, 0...Self.mostDimensions ~= Int(rank) else {
      throw damaged(path, "has no shape that can be read")
    }
    var lengths = [hsize_t](repeating: 0, count: max(1, Int(rank)))
    guard H5Sget_simple_extent_dims(space.id, &lengths, nil) == rank else { throw damaged(path, "is damaged") }
    return try lengths.prefix(Int(rank)).map { length in
      guard length <= UInt64(byteCount) else {
        throw damaged(path, "claims \(length) entries, more than the file holds")
      }
      return Int(length)
    }
  }

  /// The strings of an attribute of the group at `path`; nil if it has none of this name.
  ///
  /// Keras writes lists of names as strings of variable or of fixed length, and an empty list as an array of no numbers.
  func texts(attribute: String, of path: [String]) throws -> [String]? {
    let group = try group(path)
    guard H5Aexists(group.id, attribute) > 0 else { return nil }
    let place = path + ["@" + attribute]
    guard let handle = HDF5Handle(H5Aopen(group.id, attribute, 0), closedBy: H5Aclose),
      let type = HDF5Handle(H5Aget_type(handle.id), closedBy: H5Tclose),
      let space = HDF5Handle(H5Aget_space(handle.id), closedBy: H5Sclose)
    else { throw damaged(place, "is damaged") }
    let shape = try extent(space, path: place)
    guard shape.count <= 1, let count = Optional(shape.first ?? 1), count <= Self.mostTexts else {
      throw damaged(place, "has shape \(shape), not that of a list of names")
    }
    if count == 0 { return [] }
    guard H5Tget_class(type.id) == H5T_STRING else { throw damaged(place, "is not a string") }
    return H5Tis_variable_str(type.id) > 0
      ? try variableTexts(handle, type: type, space: space, count: count, place: place)
      : try fixedTexts(handle, type: type, count: count, place: place)
  }

  private func variableTexts(
    _ attribute: borrowing HDF5Handle, type: borrowing HDF5Handle, space: borrowing HDF5Handle, count: Int,
    place: [String]
  ) throws -> [String] {
    guard let memory = HDF5Handle(formcast_h5_text_type(type.id), closedBy: H5Tclose) else {
      throw damaged(place, "is damaged")
    }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    let status = H5Aread(attribute.id, memory.id, &pointers)
    let texts = pointers.map { pointer in pointer.flatMap { String(validatingCString: $0) } }
    _ = H5Dvlen_reclaim(memory.id, space.id, 0, &pointers)
    guard status >= 0 else { throw damaged(place, "cannot be read; the file is truncated or damaged") }
    return try texts.map { text in
      guard let text else { throw damaged(place, "is not valid UTF-8") }
      return text
    }
  }

  private func fixedTexts(
    _ attribute: borrowing HDF5Handle, type: borrowing HDF5Handle, count: Int, place: [String]
  ) throws -> [String] {
    let length = H5Tget_size(type.id)
    guard length > 0, length <= byteCount / count, H5Aget_storage_size(attribute.id) == UInt64(length * count) else {
      throw damaged(place, "claims more text than the file holds")
    }
    var bytes = [UInt8](repeating: 0, count: length * count)
    guard H5Aread(attribute.id, type.id, &bytes) >= 0 else {
      throw damaged(place, "cannot be read; the file is truncated or damaged")
    }
    return try (0..<count).map { index in
      let piece = bytes[index * length..<(index + 1) * length].prefix { $0 != 0 }
      guard let text = String(validating: piece, as: UTF8.self) else { throw damaged(place, "is not valid UTF-8") }
      return text
    }
  }
}
