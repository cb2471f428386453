import { describe, expect, it } from 'vitest'
import { doubleField, doublesField, integerField, messageField, stringField } from './protobuf'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('fields', () => {
  it.each([
    // The examples of protobuf's page on its encoding, and two's complement of a negative number.
    ['150', integerField(1, 150), '089601'],
    ['"testing"', stringField(2, 'testing'), '120774657374696e67'],
    ['a message', messageField(3, integerField(1, 150)), '1a03089601'],
    ['-1', integerField(1, -1), '08ffffffffffffffffff01'],
    ['2⁵³ - 1', integerField(1, Number.MAX_SAFE_INTEGER), '08ffffffffffffff0f'],
    ['a field above 15', integerField(16, 1), '800101'],
    ['doubles', doublesField(6, [1, -2]), '3210000000000000f03f00000000000000c0'],
    ['-0', doubleField(1, -0), '090000000000000080'],
  ])('%s', (_, field, expected) => {
    expect(hex(field)).toBe(expected)
  })

  it('are left out at their default', () => {
    const left = [integerField(1, 0), stringField(1, ''), doubleField(1, 0), doublesField(1, [])]
    expect(left.map((field) => field.length)).toEqual([0, 0, 0, 0])
    expect(hex(messageField(3))).toBe('1a00')
  })
})
