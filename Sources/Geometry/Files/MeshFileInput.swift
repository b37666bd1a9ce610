import Foundation

/// The bytes of a mesh or voxel file, and where the files lie that it names.
struct MeshFileInput {
  let data: Data
  /// Stands in errors.
  let name: String
  /// The folder of the file; nil for bytes that came without one.
  let folder: URL?

  init(data: Data, name: String) { (self.data, self.name, folder) = (data, name, nil) }

  /// Reads a file.
  ///
  /// *Throws*: `MeshFileError` if there is none, it may not be read, or it is a pipe, device or folder, which may have
  /// no end.
  init(_ url: URL) throws {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
    guard let kind = attributes?[.type] as? FileAttributeType else {
      throw MeshFileError(url.path, nil, "cannot be read; check that the file exists and may be opened")
    }
    guard kind == .typeRegular else { throw MeshFileError(url.path, nil, "is not a file but a folder, pipe or device") }
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw MeshFileError(url.path, nil, "cannot be read; check that the file exists and may be opened")
    }
    (name, folder) = (url.path, url.deletingLastPathComponent())
  }
}
