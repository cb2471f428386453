import { describe, expect, it } from 'vitest'
import { type PpoTargetOptions, ppoTargets } from './ppo-targets'

const plain: PpoTargetOptions = {
  ...{ klWeight: 0.5, klEstimator: 'k1', gamma: 1, lambda: 0.5 },
  ...{ whitenAdvantages: false, whitenRewards: false },
}
/** Two responses, of two tokens and of one; numbers that f32 holds exactly. */
const inputs = {
  scores: [2, -1],
  logProbs: [Float32Array.of(-1, -2), Float32Array.of(-0.5)],
  refLogProbs: [Float32Array.of(-1.5, -2), Float32Array.of(-0.25)],
  values: [Float32Array.of(0.5, 1), Float32Array.of(0.25)],
}

describe('ppoTargets', () => {
  it('puts the score on the last token, and the penalty on each', () => {
    const { advantages, returns, kl, metrics } = ppoTargets(inputs, plain)
    // Rewards −0.25 and 2; errors 2 − 1 = 1 and −0.25 + 1 − 0.5 = 0.25, the first of which comes half. The other: −1 + 0.125 − 0.25.
    expect(advantages.map((row) => [...row])).toEqual([[0.75, 1], [-1.125]])
    expect(returns.map((row) => [...row])).toEqual([[1.25, 2], [-0.875]])
    // (0.5 − 0.25) / 2.
    expect(kl).toBe(0.125)
    expect(metrics).toMatchObject({
      'objective/kl': 0.125,
      'objective/non_score_reward': -0.0625,
      'objective/rlhf_reward': 0.4375,
      'objective/scores': 0.5,
    })
  })

  it('gives the critic returns of its own scores, and leaves the advantages', () => {
    const both = ppoTargets({ ...inputs, valueScores: [4, 0] }, plain)
    expect(both.advantages).toEqual(ppoTargets(inputs, plain).advantages)
    expect(both.returns).toEqual(ppoTargets({ ...inputs, scores: [4, 0] }, plain).returns)
  })

  it('whitens advantages to mean 0, and rewards around their mean', () => {
    const { advantages, returns } = ppoTargets(inputs, { ...plain, whitenAdvantages: 'trl' })
    const all = advantages.flatMap((row) => [...row])
    expect(all.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0, 12)
    expect(all.reduce((sum, each) => sum + each ** 2, 0) / 2).toBeCloseTo(1, 7)
    expect(returns).toEqual(ppoTargets(inputs, plain).returns)
    // λ = 1 makes returns sums of rewards: −0.25, 2 and −0.875 have the mean 0.2917 and, over n − 1, the variance 2.2865.
    const whitened = ppoTargets(inputs, { ...plain, lambda: 1, whitenRewards: 'trl' })
    const [mean, deviation] = [0.875 / 3, Math.sqrt(2.286458333333333)]
    const scaled = (reward: number) => (reward - mean) / deviation + mean
    expect(whitened.returns[0]![1]).toBeCloseTo(scaled(2), 7)
    expect(whitened.returns[0]![0]).toBeCloseTo(scaled(2) + scaled(-0.25), 7)
    expect(whitened.returns[1]![0]).toBeCloseTo(scaled(-0.875), 7)
  })

  it('goes on where a step has one token, whose deviation is none', () => {
    const [logProbs, refLogProbs] = [[Float32Array.of(-1)], [Float32Array.of(-1.5)]]
    const alone = { scores: [2], logProbs, refLogProbs, values: [Float32Array.of(0.5)] }
    const { returns } = ppoTargets(alone, plain)
    const both = { ...plain, whitenAdvantages: 'trl', whitenRewards: 'trl' } as const
    const targets = ppoTargets(alone, both)
    expect(targets).toMatchObject({ advantages: [Float64Array.of(0)], returns })
  })

  it('takes nothing off where no reference was asked, and tells no divergence', () => {
    const { refLogProbs: _, ...unasked } = inputs
    const { metrics, ...own } = ppoTargets(unasked, { ...plain, klWeight: 0 })
    const { metrics: told, ...asked } = ppoTargets(inputs, { ...plain, klWeight: 0 })
    expect(own).toEqual({ ...asked, kl: 0 })
    expect(told).toHaveProperty(['objective/kl'])
    expect(metrics).not.toHaveProperty(['objective/kl'])
  })

  it('says how much of the returns the values told', () => {
    const told = { ...inputs, klEstimator: 'k1', values: [Float32Array.of(1.75, 2), Float32Array.of(-0.875)] }
    const right = ppoTargets(told, { ...plain, lambda: 1 })
    expect(right.metrics['value/explained_variance']).toBeCloseTo(1, 12)
    const constant = { ...inputs, values: [Float32Array.of(0, 0), Float32Array.of(0)] }
    expect(ppoTargets(constant, plain).metrics['value/explained_variance']).toBeCloseTo(0, 12)
    const equal = { ...constant, scores: [2, 2], refLogProbs: inputs.logProbs }
    expect(ppoTargets(equal, { ...plain, lambda: 1 }).metrics).not.toHaveProperty([
      'value/explained_variance',
    ])
  })
})
