import { describe, expect, it } from 'vitest'
import { drawPairs } from '../testing/draw-pairs'
import { epochBatches } from './epoch-batches'

const data = drawPairs({ pairs: 150, columns: 1, seed: 1 })
const pairsOf = (options: Parameters<typeof epochBatches>[1], seed = 0, epoch = 0) =>
  epochBatches(data, options, seed, epoch).map(({ groups }) => [...groups!])
const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b)
const all = Array.from({ length: 150 }, (_, i) => i)

describe('epochBatches', () => {
  it.each(['shuffle', 'random'] as const)('%s: depends on seed and epoch alone', (sampling) => {
    const options = { batchSize: 64, sampling }
    const first = pairsOf(options)
    expect(pairsOf(options)).toEqual(first)
    expect(pairsOf(options, 1)).not.toEqual(first)
    expect(pairsOf(options, 0, 1)).not.toEqual(first)
  })

  it('shuffle: takes each pair once, the last batch being what is left', () => {
    const batches = pairsOf({ batchSize: 64, sampling: 'shuffle' })
    expect(batches.map(({ length }) => length)).toEqual([64, 64, 22])
    expect(sorted(batches.flat())).toEqual(all)
  })

  it('random: draws as many whole batches anew from all pairs, none twice in one', () => {
    const options = { batchSize: 64, sampling: 'random' } as const
    const batches = [0, 1, 2].flatMap((epoch) => pairsOf(options, 0, epoch))
    expect(batches.map(({ length }) => length)).toEqual(Array(9).fill(64))
    for (const batch of batches) expect(new Set(batch).size).toBe(64)
    expect(new Set(batches.map((batch) => batch.join())).size).toBe(9)
    // A pass without overlap would hold all 150.
    expect(new Set(batches.slice(0, 3).flat()).size).toBeLessThan(150)
  })

  it.each(['shuffle', 'random'] as const)('%s: takes all pairs where a batch would hold more', (sampling) => {
    const [batch, ...more] = pairsOf({ batchSize: 1000, sampling })
    expect(sorted(batch!)).toEqual(all)
    expect(more).toEqual([])
  })
})
