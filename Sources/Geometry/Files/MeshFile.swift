import Foundation

// Read and written here and not by assimp: fuzzers still find memory errors in its readers of these very formats
// (assimp issues 3928, 6027, 6485), and files must be read back as they were written.

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
  /// Binary glTF 2.0; written with vertex normals.
  case glb
  /// glTF 2.0 as text, with its buffers inside or in files of the same folder.
  case gltf

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

/// Why a mesh or voxel file could not be read or written: which file, where in it, what to do.
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
  /// Reads a mesh file in the format of its extension; polygons become triangles, and several objects one mesh
  /// (`MeshScene` keeps them apart).
  ///
  /// *Throws*: `MeshFileError` naming line or byte for a file that is broken, cut off or of another kind.
  /// *Limits*: colours, normals, textures, materials, skins and morph targets are left out; polygons that cross
  /// themselves become fans. Memory is bounded by a constant times the size of the file.
  public init(contentsOf url: URL) throws {
    let format = try MeshFormat(of: url)
    try self.init(MeshFileInput(url), format)
  }

  /// Reads a mesh from the bytes of a file; `name` appears in errors.
  ///
  /// *Throws*: `MeshFileError` as for a file; glTF that names other files cannot be read this way.
  public init(data: Data, format: MeshFormat, name: String) throws {
    try self.init(MeshFileInput(data: data, name: name), format)
  }

  private init(_ input: MeshFileInput, _ format: MeshFormat) throws {
    self = try input.data.withUnsafeBytes { bytes in
      switch format {
      case .stl: try STLReader(bytes, file: input.name).mesh()
      case .obj: try OBJReader(bytes, file: input.name).mesh()
      case .ply: try PLYReader(bytes, file: input.name).mesh()
      case .off: try OFFReader(bytes, file: input.name).mesh()
      case .glb, .gltf: Mesh.joined(try GLTFReader(bytes, input).objects().map(\.mesh))
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
  /// *Throws*: `MeshError` for a mesh with broken indices or positions, or too large for the format.
  public func data(format: MeshFormat, encoding: MeshEncoding = .binary) throws -> Data {
    try validate()
    // Lengths in GLB files have 32 bits.
    guard format != .glb || 24 * positions.count + 12 * faces.count < Int(UInt32.max) - 4096 else {
      throw MeshError.tooLarge(format: format.rawValue)
    }
    let bytes =
      switch (format, encoding) {
      case (.stl, .binary): stlBytes()
      case (.stl, .ascii): stlText()
      case (.obj, _): objText()
      case (.ply, _): plyBytes(encoding)
      case (.off, _): offText()
      case (.glb, _): glbBytes()
      case (.gltf, _): gltfText()
      }
    return Data(bytes)
  }
}
