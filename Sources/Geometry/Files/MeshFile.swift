import Foundation

/// Kinds of mesh file, chosen by the extension of a file's name.
public enum MeshFormat: String, Sendable, CaseIterable {
  /// Triangle soup of stereolithography, binary or text; welded when read.
  case stl
  /// Wavefront object, text.
  case obj
  /// Polygon file of Stanford, binary (little or big endian) or text.
  case ply
  /// Object file format of Geomview, text.
  case off
  /// Binary glTF 2.0, with vertex normals; written only.
  case glb

  /// The format that the extension of a name says.
  ///
  /// *Throws*: `MeshFileError` for an extension that is none of these.
  public init(of url: URL) throws {
    guard let format = MeshFormat(rawValue: url.pathExtension.lowercased()) else {
      let known = MeshFormat.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      throw MeshFileError(url.path, nil, "unknown kind of mesh file; use one of \(known)")
    }
    self = format
  }
}

/// Whether a mesh file holds bytes or text, for the formats that know both (STL, PLY).
public enum MeshEncoding: Sendable, Equatable {
  /// The format's binary form where it has one: OBJ and OFF are always text.
  case binary
  /// Text.
  case ascii
}

/// Why a mesh file could not be read or written: which file, where in it, what to do.
public struct MeshFileError: Error, Equatable, CustomStringConvertible {
  /// Path of the file.
  public var file: String
  /// "line 12" or "byte 84", where it is known.
  public var place: String?
  /// What is wrong.
  public var reason: String

  init(_ file: String, _ place: String?, _ reason: String) {
    (self.file, self.place, self.reason) = (file, place, reason)
  }

  /// One line.
  public var description: String { "\(file): \(place.map { $0 + ": " } ?? "")\(reason)" }
}

extension Mesh {
  /// Reads a mesh file in the format of its extension; polygons become fans of triangles.
  ///
  /// *Throws*: `MeshFileError` naming line or byte for a file that is broken, cut off or of another kind.
  /// *Limits*: colours, normals, textures and materials are left out; a polygon that is not convex may fold.
  public init(contentsOf url: URL) throws {
    let format = try MeshFormat(of: url)
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw MeshFileError(url.path, nil, "cannot be read; check that the file exists and may be opened")
    }
    try self.init(data: data, format: format, name: url.path)
  }

  /// Reads a mesh from the bytes of a file; `name` appears in errors.
  ///
  /// *Throws*: `MeshFileError` as for a file.
  public init(data: Data, format: MeshFormat, name: String) throws {
    self = try data.withUnsafeBytes { bytes in
      switch format {
      case .stl: try STLReader(bytes, file: name).mesh()
      case .obj: try OBJReader(bytes, file: name).mesh()
      case .ply: try PLYReader(bytes, file: name).mesh()
      case .off: try OFFReader(bytes, file: name).mesh()
      case .glb: throw MeshFileError(name, nil, "GLB files are written only; convert it to OBJ, PLY, STL or OFF")
      }
    }
  }

  /// Writes a mesh file in the format of its extension, first under a temporary name, so that nothing half-written is
  /// ever found under the final one; a file of that name is replaced.
  ///
  /// Numbers in text are the shortest that give the same single-precision value back, so equal meshes make equal files.
  ///
  /// *Throws*: `MeshFileError` if the file cannot be written, `MeshError` for a mesh with broken indices or positions.
  public func write(to url: URL, encoding: MeshEncoding = .binary) throws {
    let format = try MeshFormat(of: url)
    guard !(format == .glb && encoding == .ascii) else {
      throw MeshFileError(url.path, nil, "GLB has no text form; use .obj or leave the encoding binary")
    }
    let data = try self.data(format: format, encoding: encoding)
    do {
      try data.write(to: url, options: .atomic)
    } catch {
      throw MeshFileError(url.path, nil, "cannot be written; check that its folder exists, is writable and has space")
    }
  }

  /// The bytes of a mesh file.
  ///
  /// *Throws*: `MeshError` for a mesh with broken indices or positions.
  public func data(format: MeshFormat, encoding: MeshEncoding = .binary) throws -> Data {
    try validate()
    let bytes =
      switch (format, encoding) {
      case (.stl, .binary): stlBytes()
      case (.stl, .ascii): stlText()
      case (.obj, _): objText()
      case (.ply, _): plyBytes(encoding)
      case (.off, _): offText()
      case (.glb, _): glbBytes()
      }
    return Data(bytes)
  }
}
