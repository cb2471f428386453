import { expect, it } from 'vitest'
import { addBias, constantTree, shrinkTree } from './change-tree'

/** Above 1e-35, and below the float next to it, which is what LightGBM compares with. */
const between = 1.00000001e-35

it('values within a float of 1e-35 become 0, and those beyond stay', () => {
  const tree = (value: number) => constantTree(value, 3)
  expect(shrinkTree(tree(between * 4), 0.25).leafValue[0]).toBe(0)
  expect(shrinkTree(tree(-between * 4), 0.25).leafValue[0]).toBe(0)
  expect(shrinkTree(tree(1.0000001e-35 * 4), 0.25).leafValue[0]).toBe(1.0000001e-35)
  expect(addBias(tree(0), between).leafValue[0]).toBe(0)
  expect(addBias(tree(0), 2e-35).leafValue[0]).toBe(2e-35)
})
