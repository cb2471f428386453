import { randomKey, type Tensor, tensor, treeEntries } from '@prefkit/tensor'
import {
  anything,
  array,
  assert,
  constantFrom,
  dictionary,
  integer,
  letrec,
  oneof,
  property,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mlp } from '../layers/mlp'
import { NnError } from '../nn-error'
import { adamW } from '../optimizers/adam-w'
import { flattenParams } from './flatten-params'
import { unflattenParams } from './unflatten-params'

const entries = (tree: unknown) =>
  treeEntries(tree).map(([path, { shape, dtype, data }]) => [path, shape, dtype, [...data]])
const mismatch = (message: string) => expect.objectContaining({ code: 'TREE_MISMATCH', message })

describe('flattenParams', () => {
  it('names tensors by their place', () => {
    const params = mlp({ inputs: 2, hidden: [3], norm: 'layerNorm' }).init(randomKey(0))
    expect(Object.keys(flattenParams(params))).toEqual([
      'layers.0.weight',
      'layers.0.bias',
      'layers.0.norm.scale',
      'layers.0.norm.shift',
      'layers.1.weight',
      'layers.1.bias',
    ])
  })

  it('leaves out what is null', () => {
    expect(flattenParams([null, { a: undefined }])).toEqual({})
  })

  it.each([
    [tensor(1), 'params: expected an object or an array, got a single tensor'],
    [{ a: { 'b.c': tensor(1) } }, 'a: a key may not be empty or have a dot, got "b.c"'],
    [{ '': tensor(1) }, 'params: a key may not be empty or have a dot, got ""'],
    [{ a: [1] }, 'a.0: expected a tensor, a plain object or an array, got 1'],
    [{ a: new Map() }, 'a: expected a tensor, a plain object or an array, got [object Map]'],
  ])('refuses what has no name of its own', (tree, message) => {
    expect(() => flattenParams(tree)).toThrow(mismatch(message))
  })
})

describe('unflattenParams', () => {
  it('undoes flattenParams', () => {
    const params = mlp({ inputs: 2, hidden: [3, 4], norm: 'rmsNorm' }).init(randomKey(0))
    expect(entries(unflattenParams(flattenParams(params)))).toEqual(entries(params))
    const state = adamW({ learningRate: 1 }).init(params)
    expect(entries(unflattenParams(flattenParams(state), state))).toEqual(entries(state))
  })

  it('undoes it for any tree, with the tree at hand', () => {
    const leaf = integer().map((x) => tensor(x, { dtype: 'i32' }))
    const key = oneof(
      constantFrom('a', '0', '__proto__', 'toString'),
      integer({ min: 0, max: 3 }).map(String),
    )
    const { tree } = letrec((tie) => ({
      tree: oneof({ maxDepth: 3 }, leaf, constantFrom(null, undefined), tie('list'), tie('object')),
      list: array(tie('tree'), { maxLength: 3 }),
      object: dictionary(key, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
    }))
    assert(
      property(array(tree, { maxLength: 3 }), (params) => {
        const back = unflattenParams(flattenParams(params), params)
        expect(entries(back)).toEqual(entries(params))
        expect(JSON.stringify(back)).toBe(JSON.stringify(params))
      }),
    )
  })

  it('makes lists of 0 to n − 1 only', () => {
    const one = tensor(1)
    expect(unflattenParams({ 'a.0': one, 'a.2': one })).toEqual({ a: { 0: one, 2: one } })
    expect(unflattenParams({ 'a.1': one, 'a.0': one })).toEqual({ a: [one, one] })
    expect(unflattenParams({})).toEqual({})
  })

  const weight = tensor([[1, 2]])
  it.each<[Record<string, Tensor>, string]>([
    [{}, 'a.weight: expected f32 [1, 2], got nothing'],
    [{ 'a.weight': tensor([1, 2]) }, 'a.weight: expected f32 [1, 2], got f32 [2]'],
    [{ 'a.weight': tensor([[1, 2]], { dtype: 'i32' }) }, 'a.weight: expected f32 [1, 2], got i32 [1, 2]'],
    [{ 'a.weight': weight, 'a.bias': weight }, 'a.bias: there is no such parameter'],
    [{ 'a.weight': weight, toString: weight }, 'toString: there is no such parameter'],
  ])('names what does not fit', (flat, message) => {
    expect(() => unflattenParams(flat, { a: { weight } })).toThrow(mismatch(message))
  })

  it.each([[{ a: weight, 'a.b': weight }], [{ 'a.b': weight, a: weight }]])(
    'refuses a name within a tensor',
    (flat) => {
      expect(() => unflattenParams(flat)).toThrow(expect.objectContaining({ code: 'TREE_MISMATCH' }))
    },
  )
})

describe('NnError', () => {
  it('is known across copies of the package, and nothing else is', () => {
    const copy = Object.defineProperty(new Error('x'), Symbol.for('prefkit.nn.error'), { value: true })
    expect([new NnError('READ_FAILED', 'x'), copy].map(NnError.isInstance)).toEqual([true, true])
    assert(property(anything(), (value) => !NnError.isInstance(value)))
    expect(new NnError('READ_FAILED', 'x')).toMatchObject({
      name: 'NnError',
      code: 'READ_FAILED',
      message: 'x',
    })
  })
})
