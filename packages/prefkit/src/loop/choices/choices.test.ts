import { groupRelativeAdvantages, rlooAdvantages } from '@prefkit/advantages'
import { describe, expect, it } from 'vitest'
import type { ScoredRollout } from '../rewards/reward-function'
import { advantageEstimatorOf, advantageEstimators } from './advantage-estimators'
import { policyGradientOptions, policyGradientPreset, policyGradientPresets } from './policy-gradient-presets'
import { policyLosses, policyLossOf } from './policy-losses'

/** Two prompts, three responses of different lengths to each. */
const rewards = [1, 0, 0.5, 2, 4, 3]
const rollouts: ScoredRollout[] = rewards.map((reward, i) => ({
  prompt: { id: String(Math.floor(i / 3)), text: '', tokens: [1] },
  ...{ sample: i % 3, text: '', tokens: Array(i + 1).fill(7), finishReason: 'stop' },
  ...{ logProbs: new Float32Array(i + 1).fill(-1), samplingLogProbs: new Float32Array(i + 1).fill(-1) },
  ...{ rewards: { one: reward, other: -reward, unweighted: 100 * i }, reward },
}))
const functionOf = (name: string, weight: number) => ({ name, weight, score: async () => ({ scores: [] }) })
const inputs = {
  rollouts,
  groups: [0, 0, 0, 1, 1, 1],
  rewards: [functionOf('one', 1), functionOf('other', 0.25), functionOf('unweighted', 0)],
}
/** β and log-probabilities whose k1 estimates are 0.1 a token. */
const penalty = {
  klWeight: 0.5,
  oldLogProbs: rollouts.map(({ logProbs }) => logProbs),
  refLogProbs: rollouts.map(({ logProbs }) => logProbs.map((each) => each - 0.1)),
}

describe('estimators of advantages', () => {
  it.each(Object.keys(advantageEstimators))('%s gives a number for each token', (name) => {
    const rows = advantageEstimatorOf({ name })(inputs)
    expect(rows.map(({ length }) => length)).toEqual([1, 2, 3, 4, 5, 6])
    expect(rows.flatMap((row) => Array.from(row)).every(Number.isFinite)).toBe(true)
    expect(new Set(rows.flatMap((row) => Array.from(row))).size).toBeGreaterThan(1)
  })

  it('compares the rewards of each prompt, less the penalty of the whole response', () => {
    const penalised = Float64Array.from(rewards, (reward, i) => reward - 0.5 * 0.1 * (i + 1))
    const rows = advantageEstimatorOf({ name: 'rlooAdvantages' })({ ...inputs, ...penalty })
    const expected = rlooAdvantages(penalised, { groups: 3 })
    // Log-probabilities and advantages are in single precision.
    rows.forEach((row, i) => {
      expect(Array.from(row).every((each) => Math.abs(each - expected[i]!) < 1e-6)).toBe(true)
    })
  })

  it('takes the penalty off each token where returns are of tokens', () => {
    const returns = advantageEstimatorOf({ name: 'discountedReturns' })({ ...inputs, ...penalty })
    returns.forEach((row, i) => {
      Array.from(row).forEach((each, t) => {
        expect(Math.abs(each - (rewards[i]! - 0.05 * (i + 1 - t)))).toBeLessThan(1e-6)
      })
    })
  })

  it('makes each reward with a weight group-relative on its own for GDPO', () => {
    const alone = groupRelativeAdvantages(Float64Array.from(rewards), { groups: 3 })
    const rows = advantageEstimatorOf({ name: 'gdpoAdvantages' })(inputs)
    // 1 − ¼ of the same numbers, over their deviation in the batch.
    const sums = Array.from(alone, (each) => 0.75 * each)
    const deviation = Math.sqrt(sums.reduce((sum, each) => sum + each * each, 0) / 5)
    rows.forEach((row, i) => {
      expect(Math.abs(row[0]! - sums[i]! / (deviation + 1e-4))).toBeLessThan(1e-6)
    })
    expect(() => advantageEstimatorOf({ name: 'gdpoAdvantages' })({ ...inputs, ...penalty })).toThrow(
      /gdpoAdvantages: klIn: expected 'loss'/,
    )
  })

  it.each([
    ['rlooAdvantage', {}, /expected one of .*, got "rlooAdvantage"; did you mean rlooAdvantages\?/],
    [
      'remaxAdvantages',
      {},
      /remaxAdvantages is not among the choices: it needs the reward of a greedy response/,
    ],
    ['rlooAdvantages', { normalise: true }, /normalise/],
    ['none', { scale: 'none' }, /none: expected no options, got scale/],
    ['groupRelativeAdvantages', { scale: 'grup' }, /scale/],
    ['groupRelativeAdvantages', { groups: 2 }, /groups: expected none/],
  ])('refuse %s with %j', (name, options, message) => {
    expect(() => advantageEstimatorOf({ name, options })).toThrow(message)
  })
})

describe('losses of policies', () => {
  const batch = {
    logprobs: [
      [-1, -2],
      [-0.5, -3],
    ],
    oldLogprobs: [
      [-1.1, -1.5],
      [-0.4, -3],
    ],
    advantages: [1, -1],
    mask: [
      [1, 1],
      [1, 0],
    ],
  }

  it.each(Object.keys(policyLosses))('%s gives a loss of each token', (name) => {
    const options = name === 'droLoss' ? { klWeight: 1 } : {}
    const { loss, draws } = policyLossOf({ name, options })
    const given = draws ? { ...batch, draws: batch.logprobs.map((row) => row.map(() => 0.5)) } : batch
    const { losses } = loss(given)
    expect(losses.shape).toEqual([2, 2])
    expect(Math.abs(losses.data[3]!)).toBe(0)
    expect(Math.max(...Array.from(losses.data, Math.abs))).toBeGreaterThan(0)
  })

  it('count metrics over sequences where these have one ratio', () => {
    const over = (name: string, options = {}) => policyLossOf({ name, options }).metricsOver ?? 'token'
    expect(over('gspoLoss')).toBe('sequence')
    expect(over('grpoLoss')).toBe('token')
    expect(over('grpoLoss', { importance: 'sequence-mean' })).toBe('sequence')
  })

  it.each([
    ['grpoLos', {}, /got "grpoLos"; did you mean grpoLoss\?/],
    ['grpoLoss', { clipEpsilon: 2 }, /clipEpsilon/],
    ['grpoLoss', { epsilon: 0.2 }, /epsilon/],
    ['grpoLoss', { klWeight: 0.1 }, /the algorithm has its own option klWeight/],
    ['droLoss', {}, /klWeight/],
  ])('refuse %s with %j', (name, options, message) => {
    expect(() => policyLossOf({ name, options })).toThrow(message)
  })
})

describe('presets', () => {
  it.each(Object.keys(policyGradientPresets))('%s is made of what there is', (name) => {
    const { advantages, loss } = policyGradientOptions(policyGradientPreset(name))
    expect(advantages!(inputs)).toHaveLength(6)
    expect(typeof loss!.loss).toBe('function')
  })

  it('have the divergence of GRPO as its paper does, and of the others as TRL does', () => {
    const correction = (name: string, changes = {}) =>
      policyGradientOptions(policyGradientPreset(name, changes)).klCorrection
    expect([correction('grpo'), correction('grpo', { klCorrection: true }), correction('dapo')]).toEqual([
      ...[false, true, true],
    ])
  })

  it('take changes, and say what was probably meant', () => {
    const changed = policyGradientPreset('grpo', { klWeight: 0, loss: { name: 'sapoLoss' } })
    expect(policyGradientOptions(changed)).toMatchObject({ klWeight: 0, reduction: 'seq-mean-token-mean' })
    expect(() => policyGradientPreset('reinforce+')).toThrow(/did you mean reinforce/)
    expect(() => policyGradientPreset('drgrpo')).toThrow(/did you mean dr_grpo\?/)
  })
})
