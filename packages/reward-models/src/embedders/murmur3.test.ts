import { describe, expect, it } from 'vitest'
import { murmur3 } from './murmur3'

const bytes = (...values: number[]) => Uint8Array.from(values)
const utf8 = (text: string) => new TextEncoder().encode(text)

describe('murmur3', () => {
  // The vectors of "MurmurHash3 test vectors" (Stack Overflow 14747343), checked there against the C++ original.
  it.each([
    [bytes(), 0, 0],
    [bytes(), 1, 0x514e28b7],
    [bytes(), 0xffffffff, 0x81f16f39],
    [bytes(0xff, 0xff, 0xff, 0xff), 0, 0x76293b50],
    [bytes(0x21, 0x43, 0x65, 0x87), 0, 0xf55b516b],
    [bytes(0x21, 0x43, 0x65, 0x87), 0x5082edee, 0x2362f9de],
    [bytes(0x21, 0x43, 0x65), 0, 0x7e4a8634],
    [bytes(0x21, 0x43), 0, 0xa0f7b07a],
    [bytes(0x21), 0, 0x72661cf4],
    [bytes(0, 0, 0, 0), 0, 0x2362f9de],
    [bytes(0, 0, 0), 0, 0x85f0b427],
    [bytes(0, 0), 0, 0x30f4c306],
    [bytes(0), 0, 0x514e28b7],
    [utf8('aaaa'), 0x9747b28c, 0x5a97808a],
    [utf8('abcd'), 0x9747b28c, 0xf0478627],
    [utf8('Hello, world!'), 0x9747b28c, 0x24884cba],
    [utf8('ππππππππ'), 0x9747b28c, 0xd58063c1],
    [utf8('The quick brown fox jumps over the lazy dog'), 0x9747b28c, 0x2fa826cd],
  ])('gives the published hash of %j with seed %i', (input, seed, expected) => {
    expect(murmur3(input, seed)).toBe(expected)
  })

  it('hashes a range as it hashes a copy of it', () => {
    const text = utf8('The quick brown fox')
    for (let start = 0; start <= 5; start++) {
      for (let end = start; end <= text.length; end++) {
        expect(murmur3(text, 7, start, end)).toBe(murmur3(text.slice(start, end), 7))
      }
    }
  })
})
