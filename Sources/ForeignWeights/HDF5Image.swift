import CHDF5
import Foundation
import Synchronization

/// An open handle of the HDF5 library, closed when it goes out of scope.
struct HDF5Handle: ~Copyable {
  let id: hid_t
  private let release: @convention(c) (hid_t) -> herr_t

  /// Takes over `id`; nil if it stands for a failure.
  init?(_ id: hid_t, closedBy release: @escaping @convention(c) (hid_t) -> herr_t) {
    guard id >= 0 else { return nil }
    (self.id, self.release) = (id, release)
  }

  deinit { _ = release(id) }
}

/// The HDF5 library is not built for threads: one call at a time, whoever reads.
private let library = Mutex<Void>(())

/// An HDF5 file in memory.
///
/// The library is given the bytes, never a path, so it opens no file itself. Every object is reached through plain links
/// only: soft, external and user-defined links are refused before they are followed, as are data kept in other files,
/// and filters of any kind (Keras writes none). Plugins are switched off. Sizes are held against the length of the image
/// before anything is allocated.
///
/// *Limits*: the memory holds the file twice while it is read.
struct HDF5Image: ~Copyable {
  /// Largest file that is read, 1 GiB; the published networks have a few MB.
  static let largestFile = 1 << 30
  private static let deepestPath = 32

  let name: String
  let byteCount: Int
  private let file: HDF5Handle

  /// Opens the image and hands it to `body`; nothing of it outlives the call.
  ///
  /// Only what `names`, members of the root, hold can be read, and only after it was checked.
  static func withImage<Result: Sendable>(
    _ bytes: Data, name: String, names: Set<String>, _ body: (borrowing HDF5Image) throws -> Result
  ) throws -> Result {
    try HDF5Structure.check(bytes, descendingInto: names, name: name)
    return try library.withLock { _ in
      let image = try HDF5Image(bytes, name: name)
      return try body(image)
    }
  }

  private init(_ bytes: Data, name: String) throws {
    guard formcast_h5_prepare() >= 0 else { throw ForeignWeightsError("\(name): the HDF5 library cannot be started") }
    let access = bytes.withUnsafeBytes { buffer in
      formcast_h5_image_access(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    }
    guard let access = HDF5Handle(access, closedBy: H5Pclose),
      let file = HDF5Handle(H5Fopen(name, formcast_h5_read_only(), access.id), closedBy: H5Fclose)
    else { throw ForeignWeightsError("\(name): not an HDF5 file, or a damaged one; save the model again") }
    (self.name, self.byteCount) = (name, bytes.count)
    self.file = file
  }

  func damaged(_ path: [String], _ what: String) -> ForeignWeightsError {
    ForeignWeightsError("\(name): /\(path.joined(separator: "/")) \(what)")
  }

  /// The group at `path`, reached through plain links.
  func group(_ path: [String]) throws -> HDF5Handle {
    guard path.count <= Self.deepestPath else { throw damaged(path, "is nested too deeply") }
    guard var current = HDF5Handle(H5Gopen2(file.id, "/", 0), closedBy: H5Gclose) else {
      throw damaged([], "cannot be opened; the file is damaged")
    }
    for (index, part) in path.enumerated() {
      try requirePlainLink(part, in: current, path: Array(path[...index]))
      guard let next = HDF5Handle(H5Gopen2(current.id, part, 0), closedBy: H5Gclose) else {
        throw damaged(Array(path[...index]), "is not a group, or a damaged one")
      }
      current = next
    }
    return current
  }

  /// The data set at `path`, reached through plain links.
  func dataset(_ path: [String]) throws -> HDF5Handle {
    guard let last = path.last else { throw damaged(path, "is not a data set") }
    let parent = try group(path.dropLast())
    try requirePlainLink(last, in: parent, path: path)
    guard let dataset = HDF5Handle(H5Dopen2(parent.id, last, 0), closedBy: H5Dclose) else {
      throw damaged(path, "is not a data set, or a damaged one")
    }
    return dataset
  }

  /// Whether `path` leads to something, through plain links only.
  func contains(_ path: [String]) -> Bool {
    guard let last = path.last, let parent = try? group(path.dropLast()) else { return path.isEmpty }
    return formcast_h5_is_hard_link(parent.id, last) == 1
  }

  private func requirePlainLink(_ part: String, in group: borrowing HDF5Handle, path: [String]) throws {
    guard !part.isEmpty, part != ".", part != ".." else { throw damaged(path, "is not a valid path") }
    switch formcast_h5_is_hard_link(group.id, part) {
    case 1: return
    case 0: throw damaged(path, "is a link to somewhere else, which is not followed")
    default: throw damaged(path, "is missing; the file is incomplete or was not written by Keras")
    }
  }
}
