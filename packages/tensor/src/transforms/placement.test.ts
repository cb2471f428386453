import { describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../core/tensor'
import { add } from '../primitives/add'
import { type JitOptions, jit } from './jit'

const pair = (x: Tensor) => ({ a: add(x, 1), b: [add(x, 2)] })

describe('resident and donate', () => {
  it.each([
    [{ resident: 'a' }, 'jit: resident: expected true, or a list of keys or positions of the result, got'],
    [{ resident: [-1] }, 'jit: resident: expected true, or a list of keys or positions of the result, got'],
    [{ donate: 0 }, 'jit: donate: expected a list of positions of arguments, got 0'],
    [{ donate: ['0'] }, 'jit: donate: expected a list of positions of arguments, got'],
    [{ donate: [0.5] }, 'jit: donate: expected a list of positions of arguments, got'],
  ])('are refused as %j', (options, message) => {
    expect(() => jit(pair, options as JitOptions)).toThrow(message)
  })

  it('name what there is', async () => {
    const run = (options: JitOptions) => jit(pair, { backend: 'reference', ...options })(tensor([1]))
    await expect(run({ donate: [1] })).rejects.toThrow(
      'jit: donate: expected positions below 1, the number of arguments, got 1',
    )
    await expect(run({ resident: ['c'] })).rejects.toThrow(
      'jit: resident: the result has no part "c"; it has a, b',
    )
    const one = jit((x: Tensor) => add(x, 1), { backend: 'reference', resident: ['a'] })
    await expect(one(tensor([1]))).rejects.toThrow(
      'jit: resident: the result has no part "a"; it is one tensor, which `true` names',
    )
    const { a, b } = await run({ resident: ['b'], donate: [0] })
    expect([a.item(), b[0]!.item()]).toEqual([2, 3])
  })
})
