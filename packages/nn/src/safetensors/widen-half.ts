/**
 * The bits of the f32 that equals a 16-bit float (IEEE 754 binary16): exact, subnormals and the payload of a NaN included.
 * @param half bits of the 16-bit float, 0 to 65535.
 */
export function widenHalf(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13)
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13)
  if (fraction === 0) return sign
  // Subnormal in 16 bits, normal in 32: shifted until its leading 1 is the hidden one.
  const shift = Math.clz32(fraction) - 21
  return sign | ((113 - shift) << 23) | ((fraction << (13 + shift)) & 0x7fffff)
}
