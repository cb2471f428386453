import { describe, expect, it } from 'vitest'
import { any } from '../ops/reduce'
import { add } from '../primitives/add'
import { broadcastTo } from '../primitives/broadcast-to'
import { div } from '../primitives/div'
import { mul } from '../primitives/mul'
import { asTensor, commonDtype, Tensor, tensor } from './tensor'

describe('tensor', () => {
  it('takes numbers, nested arrays, booleans and typed arrays', () => {
    expect(tensor(3).toArray()).toBe(3)
    expect(
      tensor([
        [1, 2],
        [3, 4],
      ]).shape,
    ).toEqual([2, 2])
    expect(tensor([[true, false]]).dtype).toBe('bool')
    expect(tensor([[true, false]]).toArray()).toEqual([[true, false]])
    expect(tensor(new Float64Array([1, 2])).dtype).toBe('f64')
    expect(tensor([[], []]).shape).toEqual([2, 0])
    expect(tensor([[], []]).toArray()).toEqual([[], []])
    expect(tensor(new Float32Array(6), { shape: [2, 3] }).shape).toEqual([2, 3])
  })

  it('does not copy a typed array of the dtype asked for', () => {
    const data = new Float32Array([1, 2])
    expect(tensor(data).data).toBe(data)
    expect(tensor(data, { dtype: 'f64' }).data).toEqual(new Float64Array([1, 2]))
  })

  it('converts as cast does', () => {
    expect(tensor([1.9, -1.9, Number.NaN, 1e20], { dtype: 'i32' }).data).toEqual(
      new Int32Array([1, -1, 0, 2 ** 31 - 1]),
    )
    expect(tensor(new Float32Array([0, -2, 0.5]), { dtype: 'bool' }).data).toEqual(new Uint8Array([0, 1, 1]))
    expect(tensor(new Uint8Array([0, 2, 255])).data).toEqual(new Uint8Array([0, 1, 1]))
  })

  it.each([
    ['a string', ['1'], /^tensor: \[0\]: expected a number, got the string "1"/],
    ['a bigint', [1n], /^tensor: \[0\]: expected a number, got the bigint 1n/],
    [
      'a bigint for a row',
      [[1], 2n],
      /^tensor: row 1: expected an array of length 1, as row 0, got the bigint 2n/,
    ],
    [
      'a hole',
      [
        [1, 2],
        [3, undefined],
      ],
      /^tensor: \[1\]\[1\]: expected a number, got undefined/,
    ],
    ['deeper nesting', [[1], [[2]]], /^tensor: \[1\]\[0\]: expected a number, got a deeper array/],
    ['no number at all', null, /^tensor: expected a number, got null/],
    ['a tensor', tensor(1), /the value is a tensor already/],
    ['another kind of array', new Uint16Array(2), /expected a Float32Array, .* got Uint16Array/],
  ])('refuses %s', (_case, value, message) => {
    expect(() => tensor(value as unknown as number[])).toThrow(message)
  })

  it.each([[1n], ['1'], [[1, undefined]], [{}]])('refuses %o as an operand', (value) => {
    const operand = value as unknown as number
    const refusal = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('expected a number, got') }
    expect(() => add(tensor(1), operand)).toThrow(expect.objectContaining(refusal))
    expect(() => add(operand, operand)).toThrow(expect.objectContaining(refusal))
  })

  it.each([[[2.5]], [[-1]], [[Number.NaN]]])('refuses the shape %o', (shape) => {
    expect(() => Tensor.fromData(new Float32Array(2), shape)).toThrow(/expected whole numbers of at least 0/)
  })

  it('prints what it is', () => {
    expect(String(tensor([[1, 2]]))).toBe('Tensor(f32, [1, 2])')
  })

  it('gives its one element', () => {
    expect(tensor([[7]]).item()).toBe(7)
    expect(() => tensor([1, 2]).item()).toThrow(/expected one element, got shape \[2\]/)
  })
})

describe('dtypes of operands', () => {
  const i32 = tensor(new Int32Array([1, 2]))
  const f64 = tensor(new Float64Array([1, 2]))

  it('promote bool < i32 < f32 < f64 between tensors', () => {
    expect(commonDtype(tensor([true]), i32)).toBe('i32')
    expect(commonDtype(i32, tensor([1]))).toBe('f32')
    expect(commonDtype(tensor([1]), f64)).toBe('f64')
  })

  it('let plain numbers adopt the others’', () => {
    expect(add(f64, 0.1).data[0]).toBe(1.1)
    expect(add(i32, 1).dtype).toBe('i32')
    expect(add(i32, 0.5).dtype).toBe('f32')
    expect(mul(tensor([true, true]), 3).data).toEqual(new Int32Array([3, 3]))
    expect(commonDtype(1, [2])).toBe('f32')
    expect(commonDtype(true, [false])).toBe('bool')
    expect(commonDtype([])).toBe('f32')
  })

  it('divide integers as real numbers', () => {
    expect(div(i32, 2).toArray()).toEqual([0.5, 1])
  })

  it('see any number that is not 0 as true', () => {
    expect(any([-1, 1]).toArray()).toBe(true)
    expect(any([0, 0]).toArray()).toBe(false)
    expect(any([]).toArray()).toBe(false)
    expect(asTensor(true).dtype).toBe('bool')
  })
})

it('says how much memory was asked for when there is not so much', () => {
  expect(() => broadcastTo(0, [2 ** 20, 2 ** 24])).toThrow(
    expect.objectContaining({
      code: 'OUT_OF_MEMORY',
      message: 'a tensor of 17592186044416 elements of f32 (65536.0 GiB) does not fit into memory',
    }),
  )
})
