import Foundation
import Geometry
import Volumes

/// How a picture of depths was taken: a pinhole camera.
///
/// As JSON: `{"fx": 525, "fy": 525, "cx": 319.5, "cy": 239.5, "pose": [[...], [...], [...], [0, 0, 0, 1]],
/// "depthScale": 0.001}`.
///
/// *Units and frame*: `pose` is 4x4, row by row, from the camera's frame to that of the shape. The camera's frame is
/// OpenCV's: x to the right, y down, z into the picture. The middle of the pixel in row v and column u is at (u, v).
/// A depth is measured along z, not along the ray, and times `depthScale` (1 unless given) it is in units of the shape.
public struct DepthCamera: Sendable, Codable, Equatable {
  /// Focal lengths in pixels.
  public var fx, fy: Double
  /// The pixel at which the camera looks.
  public var cx, cy: Double
  /// From the camera's frame to that of the shape, [4][4].
  public var pose: [[Double]]
  /// What depths are multiplied by.
  public var depthScale: Double?

  /// Reads a camera from a JSON file.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ExperimentError("\(path): cannot be read; check that the file exists")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch {
      throw ExperimentError("\(path): is no camera; needs the numbers fx, fy, cx, cy and a 4x4 pose as JSON")
    }
    guard pose.count == 4, pose.allSatisfy({ $0.count == 4 }) else {
      throw ExperimentError("\(path): pose must be 4 rows of 4 numbers, from camera to shape")
    }
    guard [fx, fy, cx, cy].allSatisfy(\.isFinite), fx > 0, fy > 0, (depthScale ?? 1) > 0, (depthScale ?? 1).isFinite
    else { throw ExperimentError("\(path): fx, fy and depthScale must be positive, cx and cy finite") }
    guard abs(try frame(path).scale - 1) < 1e-3 else {
      throw ExperimentError("\(path): pose must turn and shift only; put scale into depthScale")
    }
  }

  func frame(_ name: String) throws -> ShapeFrame {
    try ShapeFrame(matrix: pose.flatMap(\.self), name: name)
  }
}

/// A picture of depths with the rays of its pixels: origin + depth * step is the point that is seen.
///
/// *Units and frame*: those of the shape.
struct DepthView {
  let width, height: Int
  /// Depths along the view, row by row; infinite where it is known that nothing is there, NaN where nothing is known.
  let depths: [Float]
  /// Whether neighbours that differ by more than this many widths of a pixel belong to different parts.
  static let breakWidth: Float = 6
  private let origin: @Sendable (Int, Int) -> SIMD3<Float>
  private let step: @Sendable (Int, Int) -> SIMD3<Float>

  /// A picture of our own renderer; pixels without a surface show that nothing is there.
  init(_ map: DepthMap, through camera: Camera) {
    (width, height) = (map.width, map.height)
    depths = map.values.map { $0.isNaN ? .infinity : $0 }
    let size = SIMD2(Float(map.width), Float(map.height))
    @Sendable func place(_ column: Int, _ row: Int) -> SIMD2<Float> {
      let share = (SIMD2(Float(column), Float(row)) + 0.5) / size
      return SIMD2(share.x * 2 - 1, 1 - share.y * 2)
    }
    switch camera.projection {
    case .perspective(let wide, let tall):
      origin = { _, _ in camera.position }
      step = { column, row in
        let place = place(column, row)
        return camera.forward + camera.right * (place.x * wide) + camera.up * (place.y * tall)
      }
    case .orthographic(let wide, let tall):
      origin = { column, row in
        let place = place(column, row)
        return camera.position + camera.right * (place.x * wide) + camera.up * (place.y * tall)
      }
      step = { _, _ in camera.forward }
    }
  }

  /// A picture from a file: NaN, zero and negative depths are unknown, infinite ones show that nothing is there.
  init(contentsOf path: String, camera: DepthCamera, name: String) throws {
    let array = try NpyFile.read(path)
    guard array.shape.count == 2, array.count > 0 else {
      throw ExperimentError("\(path): has the shape \(array.shape); a depth picture is [H,W]")
    }
    (height, width) = (array.shape[0], array.shape[1])
    let scale = Float(camera.depthScale ?? 1)
    depths = array.floats().map { $0 > 0 ? $0 * scale : .nan }
    let frame = try camera.frame(name)
    let eye = SIMD3<Float>(frame.outer(.zero))
    origin = { _, _ in eye }
    step = { column, row in
      let local = SIMD3((Double(column) - camera.cx) / camera.fx, (Double(row) - camera.cy) / camera.fy, 1)
      return SIMD3<Float>(frame.outer(local) - frame.outer(.zero))
    }
  }

  /// What is seen, in the frame of a model.
  ///
  /// Normals are those of the planes through neighbouring pixels, where these belong together.
  ///
  /// *Throws*: `ExperimentError` if nothing is seen.
  func view(in frame: ShapeFrame, name: String) throws -> PartialView {
    var view = PartialView(PointCloud(positions: []))
    var normals: [SIMD3<Float>] = []
    func toModel(_ point: SIMD3<Float>) -> SIMD3<Float> { SIMD3<Float>(frame.inner(SIMD3<Double>(point))) }
    for row in 0..<height {
      for column in 0..<width {
        let depth = depths[row * width + column]
        if depth.isFinite {
          view.points.append(toModel(point(column, row)))
          view.eyes.append(toModel(origin(column, row)))
          normals.append(PartialView.unit(SIMD3<Float>(frame.innerDirection(SIMD3<Double>(normal(column, row))))))
        } else if depth == .infinity {
          let start = toModel(origin(column, row))
          let end = toModel(origin(column, row) + step(column, row))
          view.emptyRays.append((origin: start, direction: PartialView.unit(end - start)))
        }
      }
    }
    guard !view.points.isEmpty else { throw ExperimentError("\(name): nothing is seen in this depth picture") }
    view.normals = normals
    return view
  }

  private func point(_ column: Int, _ row: Int) -> SIMD3<Float> {
    origin(column, row) + depths[row * width + column] * step(column, row)
  }

  /// The normal at a pixel, towards the eye; zero where its neighbours are missing or belong to other parts.
  private func normal(_ column: Int, _ row: Int) -> SIMD3<Float> {
    guard column > 0, row > 0, column < width - 1, row < height - 1 else { return .zero }
    let own = depths[row * width + column]
    let pixel = length(point(column, row) - origin(column, row) - own * step(column + 1, row))
    let sides = [(1, 0), (-1, 0), (0, 1), (0, -1)].map { (column + $0.0, row + $0.1) }
    for side in sides {
      let depth = depths[side.1 * width + side.0]
      guard depth.isFinite, Swift.abs(depth - own) <= Self.breakWidth * max(pixel, own * 1e-4) else { return .zero }
    }
    let across = point(column + 1, row) - point(column - 1, row)
    let down = point(column, row + 1) - point(column, row - 1)
    let normal = SIMD3(
      across.y * down.z - across.z * down.y, across.z * down.x - across.x * down.z,
      across.x * down.y - across.y * down.x)
    return (normal * step(column, row)).sum() > 0 ? -normal : normal
  }

  private func length(_ vector: SIMD3<Float>) -> Float { (vector * vector).sum().squareRoot() }
}
