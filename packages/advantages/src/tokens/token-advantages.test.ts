import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenAdvantages } from '../index'

/** Masks of all kinds: padded at either end, with gaps, and at every offset in memory. */
const masked = fc
  .record({
    columns: fc.nat(11),
    rows: fc.nat(5),
    offset: fc.nat(7),
    form: fc.constantFrom('gaps', 'padded', 'padded on the left', 'all', 'none'),
  })
  .chain(({ columns, rows, offset, form }) => {
    const row = {
      gaps: fc.array(fc.nat(1), { minLength: columns, maxLength: columns }),
      padded: fc.nat(columns).map((n) => Array.from({ length: columns }, (_, i) => Number(i < n))),
      'padded on the left': fc
        .nat(columns)
        .map((n) => Array.from({ length: columns }, (_, i) => Number(i >= n))),
      all: fc.constant(new Array<number>(columns).fill(1)),
      none: fc.constant(new Array<number>(columns).fill(0)),
    }[form]
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 })
    return fc.record({
      columns: fc.constant(columns),
      offset: fc.constant(offset),
      mask: fc.array(row, { minLength: rows, maxLength: rows }),
      advantages: fc.array(finite, { minLength: rows, maxLength: rows }),
    })
  })

const oneByOne = (advantages: readonly number[], mask: readonly (readonly number[])[]) =>
  mask.map((row, i) => row.map((flag) => (flag === 1 ? advantages[i]! : 0)))

describe('tokenAdvantages', () => {
  it('is A·m, wherever the ones are and at any alignment of the bytes', () => {
    fc.assert(
      fc.property(masked, ({ advantages, mask, columns, offset }) => {
        const want = oneByOne(advantages, mask)
        expect(tokenAdvantages(advantages, mask)).toEqual(want)
        const bytes = new Uint8Array(offset + mask.length * columns).subarray(offset)
        bytes.set(mask.flat())
        const before = Uint8Array.from(bytes)
        const shape = [mask.length, columns] as const
        const flat = tokenAdvantages(Float64Array.from(advantages), { data: bytes, shape })
        expect(Array.from(flat.data)).toEqual(want.flat())
        expect(flat.shape).toEqual(shape)
        expect(bytes).toEqual(before)
      }),
    )
  })

  it('has the form of the mask, and the number type of the advantages where the mask is of bytes', () => {
    const [singles, doubles] = [Float32Array.of(-0.1), Float64Array.of(-0.1)]
    const bytes = { data: Uint8Array.of(0, 1), shape: [1, 2] } as const
    expect(tokenAdvantages(singles, bytes).data).toEqual(Float32Array.of(0, -0.1))
    expect(tokenAdvantages(doubles, bytes).data).toEqual(Float64Array.of(0, -0.1))
    expect(tokenAdvantages([-0.1], bytes).data).toEqual(Float64Array.of(0, -0.1))
    const floats = { data: Float32Array.of(0, 1), shape: [1, 2] } as const
    expect(tokenAdvantages(doubles, floats).data).toEqual(Float32Array.of(0, -0.1))
    expect(tokenAdvantages(doubles, [[false, true]])).toEqual([[0, -0.1]])
    expect(tokenAdvantages(doubles, [Uint8Array.of(0, 1)])).toEqual([Float64Array.of(0, -0.1)])
    expect(tokenAdvantages([-0.1], [Float32Array.of(0, 1)])).toEqual([Float32Array.of(0, -0.1)])
  })

  it.each([
    ['a byte that is no flag', () => tokenAdvantages([1], [Uint8Array.of(1, 2)]), /mask\[0\]\[1\] is 2/],
    [
      'four of them',
      () => tokenAdvantages([1], { data: Uint8Array.of(1, 1, 1, 3), shape: [1, 4] }),
      /mask\[3\] is 3/,
    ],
    [
      'an advantage too large for the mask’s numbers',
      () => tokenAdvantages([1e300], { data: Float32Array.of(1), shape: [1, 1] }),
      /result\[0\] is 1e\+300/,
    ],
    ['more advantages than rows', () => tokenAdvantages([1, 2], [[1]]), /of 2 numbers; expected 1/],
    ['an advantage without end', () => tokenAdvantages([Number.NaN], [[1]]), /advantages\[0\] is NaN/],
  ])('refuses %s', (_, act, message) => {
    expect(act).toThrow(message)
  })
})
