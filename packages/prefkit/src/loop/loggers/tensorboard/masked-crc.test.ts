import { describe, expect, it } from 'vitest'
import { crc32c, maskedCrc } from './masked-crc'

describe('crc32c', () => {
  it.each([
    // RFC 3720, appendix B.4, in the order of its bytes.
    ['32 bytes of 0', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of 255', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['32 rising bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['32 falling bytes', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ['the digits', new TextEncoder().encode('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ])('of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
  })
})

describe('maskedCrc', () => {
  it('is rotated by 15 bits and shifted', () => {
    expect(maskedCrc(new Uint8Array(0))).toBe(0xa282ead8)
    const crc = BigInt(crc32c(new Uint8Array(32)))
    const rotated = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn
    expect(maskedCrc(new Uint8Array(32))).toBe(Number((rotated + 0xa282ead8n) & 0xffffffffn))
  })
})
