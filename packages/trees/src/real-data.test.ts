import { describe, expect, it } from 'vitest'
import { realGoldens } from './goldens/load-goldens'
import { trainBoostedTrees } from './train-boosted-trees'

/** What the package promises of validation metrics. */
const PROMISED = 1e-3

describe('metrics of held-out rows after 100 iterations', () => {
  it.each(realGoldens.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const part = (held: boolean) => {
      const isIn = (_row: unknown, i: number) => (i % 3 === 2) === held
      return { features: golden.features.filter(isIn), label: golden.label.filter(isIn) }
    }
    let last: Readonly<Record<string, number>> = {}
    await trainBoostedTrees(part(false), golden.parameters, {
      validation: { valid: part(true) },
      onIteration: ({ metrics }) => {
        last = metrics.valid!
      },
    })
    expect(Object.keys(last)).toEqual(Object.keys(golden.metrics))
    for (const [metric, value] of Object.entries(golden.metrics)) {
      expect(
        Math.abs(last[metric]! - value) / value,
        `${metric} ${last[metric]}, LightGBM ${value}`,
      ).toBeLessThan(PROMISED)
    }
  })
})
