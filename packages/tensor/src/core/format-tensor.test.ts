import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { jit } from '../index'
import { type Tensor, tensor } from './tensor'

test.each([
  [tensor(0.1), 'Tensor(f32, []) 0.1'],
  [tensor([1, 2.5, Number.NaN]), 'Tensor(f32, [3]) [1, 2.5, NaN]'],
  [tensor([true, false]), 'Tensor(bool, [2]) [true, false]'],
  [
    tensor([
      [[1], [2]],
      [[3], [4]],
    ]),
    'Tensor(f32, [2, 2, 1]) [[[1],\n  [2]],\n [[3],\n  [4]]]',
  ],
  [tensor([[], []]), 'Tensor(f32, [2, 0]) [[],\n []]'],
])('console.log shows dtype, shape and elements: %s', (value, shown) => {
  expect(inspect(value)).toBe(shown)
})

test('the middle of many elements is left out', () => {
  const many = tensor(
    Int32Array.from({ length: 2000 }, (_, i) => i),
    { shape: [2, 1000] },
  )
  expect(inspect(many)).toBe(
    'Tensor(i32, [2, 1000]) [[0, 1, 2, …, 997, 998, 999],\n [1000, 1001, 1002, …, 1997, 1998, 1999]]',
  )
})

test('a traced tensor has no elements to show', async () => {
  let shown = ''
  const look = (x: Tensor) => {
    shown = inspect(x)
    return x
  }
  await jit(look)(tensor([1, 2]))
  expect(shown).toMatch(/^Tensor\(f32, \[.*\], traced\)$/)
})
