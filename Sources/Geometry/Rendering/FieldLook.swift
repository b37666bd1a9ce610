import Foundation

/// What light does to the surface of a field.
struct FieldLook {
  let look: FieldTraceOptions.Look
  let color: Color
  let lighting: Lighting

  /// Shares of the published pictures.
  private static let ambient: Float = 0.5, diffuse: Float = 0.5, specular: Float = 0.3, rim: Float = 0.3
  private static let specularPower: Float = 20, rimPower: Float = 4
  /// What the ground keeps of its light in the shadow.
  static let publishedGround: Float = 0.65, houseGround: Float = 0.7

  /// Linear light of a surface towards the viewer, `toViewer` and `normal` of unit length.
  func light(normal: SIMD3<Float>, toViewer: SIMD3<Float>, isLit: Bool) -> SIMD3<Float> {
    let normal = visible(normal, toViewer)
    guard look == .published else {
      let light = lighting.shade(albedo: color.linear, normal: normal, toViewer: toViewer)
      return Lighting.tone((isLit ? light.direct : .zero) + light.ambient)
    }
    let facing = max(normal.dot(lighting.key), 0)
    let mirrored = normal * (2 * normal.dot(lighting.key)) - lighting.key
    let shine = facing > 0 ? pow(max(mirrored.dot(toViewer), 0), Self.specularPower) : 0
    let edge = pow(1 - max(normal.dot(toViewer), 0), Self.rimPower)
    let direct = isLit ? Self.diffuse * facing : 0
    // As published, these are shares of encoded colours, not of light.
    let encoded =
      color.components * (Self.ambient + direct)
      + SIMD3(repeating: (isLit ? Self.specular * shine : 0) + Self.rim * edge)
    return Color(encoded).linear
  }

  /// Linear light of the ground in the shadow.
  func shadow(on background: Color) -> SIMD3<Float> {
    look == .published
      ? Color(background.components * Self.publishedGround).linear : background.linear * Self.houseGround
  }

  /// As `Renderer` has it: no surface turns away from who sees it.
  private func visible(_ normal: SIMD3<Float>, _ toViewer: SIMD3<Float>) -> SIMD3<Float> {
    let facing = normal.dot(toViewer)
    return facing < 0.01 ? (normal + toViewer * (0.01 - facing)).normalized : normal
  }
}
