import { expect, it } from 'vitest'
import { sampleRows } from './sample-rows'
import type { HeldOutRollout } from './stage'

const rollout = (reward: number, more: Partial<HeldOutRollout> = {}): HeldOutRollout => ({
  ...{ prompt: { id: 'p', text: 'Once', tokens: [1] }, text: ' upon', tokens: [2], sample: 0 },
  ...{ finishReason: 'length', logProbs: new Float32Array(1), samplingLogProbs: new Float32Array(1) },
  ...{ reward, rewards: { own: reward }, ...more },
})

it('keeps a score that is none as null, and the divergence of what is evaluated', () => {
  const place = { stage: 'policy', step: 1 }
  const [train, heldOut] = sampleRows(place, [rollout(Number.NaN)], [rollout(0.5, { kl: 3 })])
  expect(train).toMatchObject({ split: 'train', reward: null, rewards: { own: null } })
  expect(train).not.toHaveProperty('kl')
  expect(heldOut).toMatchObject({ split: 'held-out', reward: 0.5, rewards: { own: 0.5 }, kl: 3 })
})
