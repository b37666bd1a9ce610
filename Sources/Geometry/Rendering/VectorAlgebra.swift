// The four vector operations that ray arithmetic is written in.
extension SIMD3<Float> {
  @inline(__always) func dot(_ other: Self) -> Float { (self * other).sum() }
  @inline(__always) var length: Float { dot(self).squareRoot() }
  @inline(__always) var normalized: Self { self / length }

  @inline(__always) func cross(_ other: Self) -> Self {
    SIMD3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }
}
