extension Series.Values {
  /// Throws if one of the values is NaN or infinite, naming its place.
  func requireFinite(shape: [Int], path: String) throws {
    guard case .float32(let values) = self, !Self.areFinite(values) else { return }
    guard var index = values.firstIndex(where: { !$0.isFinite }) else { return }
    let value = values[index]
    var place: [Int] = []
    for extent in shape.reversed() {
      place.insert(index % extent, at: 0)
      index /= extent
    }
    throw VolumeError(
      .notFinite, path, "the value at \(place) is \(value); replace such values (numpy.nan_to_num) before reading")
  }

  /// Zero times a number is NaN exactly if the number is not finite, and NaN survives sums.
  private static func areFinite(_ values: [Float]) -> Bool {
    values.withUnsafeBytes { bytes in
      var sum = SIMD16<Float>.zero
      let chunk = MemoryLayout<SIMD16<Float>>.size
      var offset = 0
      while offset + chunk <= bytes.count {
        sum += bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self) * 0
        offset += chunk
      }
      return sum.sum() == 0 && values[(offset / 4)...].allSatisfy(\.isFinite)
    }
  }
}
