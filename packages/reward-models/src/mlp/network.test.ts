import { flattenParams } from '@prefkit/nn'
import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../options'
import { blankOptimization, createNetwork } from './network'

describe('blankOptimization', () => {
  it.each([[[]], [[4]], [[4, 3]]])(
    'has the names, shapes and types of what is drawn, hidden %j',
    async (hidden) => {
      const options = resolveOptions({ hidden, weightDecay: 0.1, dropout: 0.5 })
      const describeAll = (tree: object) =>
        Object.entries(flattenParams(tree)).map(([name, { shape, dtype }]) => [name, shape, dtype])
      const blank = blankOptimization(options, 5)
      expect(describeAll(blank)).toEqual(describeAll(await createNetwork(options).begin(5, 0)))
      const weights = Object.values(flattenParams(blank.params)).flatMap(({ data }) => [...data])
      expect(new Set(weights)).toEqual(new Set([0]))
    },
  )
})
