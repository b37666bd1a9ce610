import Geometry

/// What `formcast render` tells.
struct RenderSummary: Encodable {
  var out: String
  var width, height, pictures: Int
  var faces: Int?, frames: Int?
  var depthOut: String?
  var slices: [RenderSlices.Summary]?

  init(_ out: String, _ picture: Image, pictures: Int, slices: [RenderSlices.Summary]? = nil) {
    (self.out, self.pictures, self.slices) = (out, pictures, slices)
    (width, height) = (picture.width, picture.height)
  }

  /// One line.
  var text: String {
    "\(out): \(width) x \(height), \(pictures) pictures" + (frames.map { ", \($0) frames" } ?? "")
      + (faces.map { ", \($0) faces" } ?? "")
  }
}
