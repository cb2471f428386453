import type { Datum, DatumOutputs } from '@prefkit/lm'
import { expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import type { Sampling } from './rollout'
import { trustRollouts } from './trust-rollouts'

/** What one gets of a response of two tokens whose filter has doubled their probabilities, and how often the policy was asked. */
async function trusted(sampling: Sampling, isPolicy = true) {
  let asked = 0
  const logProbs = Float32Array.of(-1, -2)
  const samplingLogProbs = logProbs.map((value) => value + Math.LN2)
  const policy = {
    async forward(data: readonly Datum[]): Promise<DatumOutputs[]> {
      asked++
      return data.map(() => ({ logProbs: Float32Array.of(-1.5, -2.5) }))
    },
  }
  const rollouts = [rolloutOf('a b', { logProbs, samplingLogProbs })]
  // Nobody looks into them here.
  const data = [{ tokens: [1, 2, 3], targets: [2, 3] }] as unknown as readonly Datum[]
  const more = { data, changes: true, correction: {} }
  const trust = await trustRollouts({ policy, source: { isPolicy }, sampling, rollouts, ...more })
  return { ...trust, asked }
}

it('does not ask the policy again what it said when it drew, and corrects what a filter changed', async () => {
  const { oldLogProbs, weights, asked } = await trusted({ topP: 0.9 })
  expect(asked).toBe(0)
  expect(oldLogProbs).toEqual([Float32Array.of(-1, -2)])
  for (const weight of weights![0]!) expect(weight).toBeCloseTo(0.5, 6)
  const plain = await trusted({})
  expect([plain.asked, plain.weights, plain.oldLogProbs]).toEqual([0, undefined, oldLogProbs])
})

it('asks it where it has not said so', async () => {
  for (const [sampling, isPolicy] of [
    [{ topP: 0.9, temperature: 0.7 }, true],
    [{ topK: 4 }, false],
    [{}, false],
  ] as const) {
    const { oldLogProbs, asked } = await trusted(sampling, isPolicy)
    expect([asked, oldLogProbs]).toEqual([1, [Float32Array.of(-1.5, -2.5)]])
  }
})
