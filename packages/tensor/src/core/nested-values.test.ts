import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add } from '../primitives/add'
import type { NestedArray, NestedValues } from './nested-values'
import { asTensor, commonDtype, tensor } from './tensor'

describe('typed arrays', () => {
  const f32 = Float32Array.of(1, 2)
  const f64 = Float64Array.of(0.1, 0.2)

  it('are rows, and keep their dtype', () => {
    expect(tensor([f32, Float32Array.of(3, 4)])).toMatchObject({ shape: [2, 2], dtype: 'f32' })
    expect(tensor([[f64], [f64]])).toMatchObject({ shape: [2, 1, 2], dtype: 'f64' })
    expect(tensor([[f64], [f64]]).data).toEqual(Float64Array.of(0.1, 0.2, 0.1, 0.2))
    expect(tensor([Int32Array.of(1), Int32Array.of(2)]).dtype).toBe('i32')
    expect(tensor([Uint8Array.of(0, 3)]).data).toEqual(Uint8Array.of(0, 1))
    expect(tensor([new Float64Array(0), new Float64Array(0)])).toMatchObject({ shape: [2, 0], dtype: 'f64' })
  })

  it('are converted to the dtype asked for', () => {
    expect(tensor([Float64Array.of(1.9, 1e20)], { dtype: 'i32' }).data).toEqual(Int32Array.of(1, 2 ** 31 - 1))
  })

  it('meet in the larger dtype; plain rows among them adopt it', () => {
    expect(tensor([f32, f64]).dtype).toBe('f64')
    expect(tensor([[0.1, 0.2], f64]).data).toEqual(Float64Array.of(0.1, 0.2, 0.1, 0.2))
    expect(tensor([Int32Array.of(1), [2]]).dtype).toBe('i32')
    expect(tensor([Int32Array.of(1), [0.5]]).dtype).toBe('f32')
    expect(tensor([[true], Uint8Array.of(0)]).toArray()).toEqual([[true], [false]])
  })

  it('come with a shape, and are not copied', () => {
    const data = Float64Array.of(1, 2, 3, 4, 5, 6)
    const given = tensor({ data, shape: [2, 3] })
    expect(given.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(given.data).toBe(data)
    expect(tensor({ data, shape: [2, 3] }, { shape: [3, 2], dtype: 'f32' })).toMatchObject({
      shape: [3, 2],
      dtype: 'f32',
    })
    expect(tensor({ data: Float32Array.of(7), shape: [] }).item()).toBe(7)
  })

  it('bring their dtype to operands, in every form', () => {
    const third = 1 / 3
    expect(add([f64], third).data[0]).toBe(0.1 + third)
    expect(add({ data: f64, shape: [1, 2] }, third).data[0]).toBe(0.1 + third)
    expect(commonDtype([Int32Array.of(1)], 0.5)).toBe('f32')
    expect(commonDtype({ data: f64, shape: [2] }, [f32])).toBe('f64')
    expect(asTensor([f32], 'f64').dtype).toBe('f32')
    expect(asTensor({ data: f32, shape: [2] }, 'f64').dtype).toBe('f32')
    expect(asTensor([[true]], 'f64').dtype).toBe('bool')
  })

  it.each([
    ['rows of two lengths', [f32, Float32Array.of(1)], /^tensor: row 1 has 1 element; expected 2, as row 0/],
    [
      'rows of two lengths, further in',
      [
        [f32, f32],
        [f32, new Float32Array(3)],
      ],
      /^tensor: \[1\]\[1\] has 3 elements; expected 2, as \[0\]\[0\]/,
    ],
    ['a row of another kind', [new Uint16Array(2)], /expected a Float32Array, .* got Uint16Array/],
    [
      'a string beside typed rows',
      [f32, [1, 'x']],
      /^tensor: \[1\]\[1\]: expected a number, got the string "x"/,
    ],
    [
      'a shape of another size',
      { data: f32, shape: [2, 2] },
      /^tensor: shape \[2, 2\] holds 4 elements, the data has 2/,
    ],
    ['a shape that is none', { data: f32, shape: 2 }, /^tensor: shape 2: expected whole numbers/],
    [
      'a size that is no number',
      { data: f32, shape: ['2'] },
      /^tensor: shape \[the string "2"\]: expected whole/,
    ],
    ['plain data with a shape', { data: [1, 2], shape: [2] }, /^data: expected a Float32Array, .* got Array/],
  ])('refuse %s', (_case, value, message) => {
    expect(() => tensor(value as unknown as number[])).toThrow(message)
  })
})

describe('arrays of typed arrays, of any depth', () => {
  type Row = readonly number[]
  const kinds = { f32: Float32Array, f64: Float64Array, i32: Int32Array, bool: Uint8Array }
  const dtypes = fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[]))
  const nested = (leastSize: number) =>
    fc.array(fc.integer({ min: leastSize, max: 4 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
      const length = shape.reduce((a, b) => a * b, 1)
      const numbers = fc.array(fc.double(), { minLength: length, maxLength: length })
      return numbers.map((data) => tensor(Float64Array.from(data), { shape }).toArray())
    })

  /** The values with another array for each of the last axis. */
  const mapRows = (values: NestedArray, fn: (row: Row) => NestedValues): NestedValues =>
    Array.isArray(values) && Array.isArray(values[0])
      ? values.map((value) => mapRows(value, fn))
      : fn(values as Row)

  it('are what the plain ones are, whichever rows are typed', () => {
    const property = fc.property(nested(0), dtypes, fc.func(fc.boolean()), (plain, dtype, isTyped) => {
      const typed = mapRows(plain, (row) => (isTyped(row) ? Float64Array.from(row) : row))
      expect(tensor(typed, { dtype })).toEqual(tensor(plain, { dtype }))
      expect(tensor(typed, { dtype }).data).toEqual(tensor(plain, { dtype }).data)
    })
    fc.assert(property)
  })

  it('have their dtype', () => {
    const property = fc.property(nested(1), dtypes, (numbers, dtype) => {
      // What a typed array does to numbers is not what a tensor does: they are rounded before.
      const plain = tensor(tensor(numbers, { dtype }).data, { dtype: 'f64', shape: tensor(numbers).dims })
      const typed = mapRows(plain.toArray(), (row) => kinds[dtype].from(row))
      const [got, want] = [tensor(typed), tensor(plain.toArray(), { dtype })]
      expect([got.dtype, got.shape]).toEqual([dtype, want.shape])
      expect(got.data).toEqual(want.data)
    })
    fc.assert(property)
  })

  it('are what one typed array is that has their shape', () => {
    const property = fc.property(nested(1), (numbers) => {
      const rows = tensor(mapRows(numbers, (row) => Float64Array.from(row)))
      const shaped = tensor({ data: rows.data, shape: rows.dims })
      expect([shaped.dtype, shaped.shape, shaped.toArray()]).toEqual(['f64', rows.shape, numbers])
    })
    fc.assert(property)
  })
})
