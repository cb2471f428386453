import { completionDatum, type PolicyBackend } from '@prefkit/lm'
import { describe, expect, it } from 'vitest'
import { type ParTrainingOptions, par } from '../algorithms/par'
import { type JudgeForm, shortScoreFormat } from '../algorithms/par-form'
import { groupRelative } from '../choices/advantage-estimators'
import type { PreferencePair } from '../prompts/preference-pair'
import { banditPolicy } from './testing/bandit-policy'
import { normalised, optima, totalVariation } from './testing/optimum'

/** A response a row; of each two the first is preferred. An arm a column: no score, then the scores 1 to 4. */
const logits = [
  [-0.4, -0.1, -0.5, 0.5, 0.1],
  [0.2, -0.3, -0.2, 0.5, 0.3],
  [0.5, 0.1, -0.4, 0, 0.6],
  [0.4, 0.5, 0.3, -0.4, 0.2],
]
const scores = [Number.NaN, 1, 2, 3, 4]

const form: JudgeForm = {
  format: shortScoreFormat({ scale: { min: 1, max: 4 }, tags: false }),
  // A response is the number of its row.
  encode: ([message]) => [Number.parseInt(message!.content, 10)],
  encodeAnswer: (text) => [Number(text)],
}
const response = (row: number) => ({ text: String(row), tokens: [row] })
const pairs = [0, 2].map(
  (row): PreferencePair => ({
    prompt: { id: String(row), text: '', tokens: [] },
    ...{ chosen: response(row), rejected: response(row + 1) },
  }),
)

async function judgements(policy: PolicyBackend): Promise<number[][]> {
  const data = logits.flatMap((row, context) => row.map((_, arm) => completionDatum([context], [arm])))
  const said = await policy.forward(data)
  return logits.map((row, i) => row.map((_, arm) => Math.exp(said[i * row.length + arm]!.logProbs[0]!)))
}

/** The mean of the scores, among what is a score. */
const meanScore = ([, ...p]: readonly number[]): number =>
  p.reduce((sum, each, i) => sum + each * scores[i + 1]!, 0) / p.reduce((sum, each) => sum + each, 0)

type Reward = (margin: number) => number

/** R = 1[δ > 0]·f(δ) by the other response's mean score, and −1 for what is no score. */
const rewardsOf = (row: number, otherMean: number, f: Reward): number[] =>
  scores.map((score) => {
    const margin = row % 2 === 0 ? score - otherMean : otherMean - score
    return Number.isNaN(score) ? -1 : margin > 0 ? f(margin) : 0
  })

/** What is best for each response while the other is judged so. */
const bestReplies = (all: readonly (readonly number[])[], f: Reward, beta: number): number[][] =>
  logits.map((own, row) => {
    const rewards = rewardsOf(row, meanScore(all[row % 2 === 0 ? row + 1 : row - 1]!), f)
    return optima.reverse(normalised(own), rewards, beta)
  })

/** The judge that is its own best reply, approached by halves; there may be none, as f has steps. */
function equilibrium(f: Reward, beta: number): number[][] {
  let all = logits.map(normalised)
  for (let i = 0; i < 200; i++) {
    const replies = bestReplies(all, f, beta)
    all = all.map((row, r) => row.map((p, arm) => (p + replies[r]![arm]!) / 2))
  }
  return all
}

const [steps, klWeight] = [100, 0.5]

/** f of the paper, that of its ablation, and one that goes up evenly. */
const kinds: readonly (readonly [string, Reward, Partial<ParTrainingOptions>])[] = [
  ['grades', (margin) => (margin > 2 ? 1.4 : 1.2), {}],
  ['a constant', () => 1.3, { grades: [{ above: 0, reward: 1.3 }] }],
  ['a slope', (margin) => 0.6 + 0.4 * margin, { f: (margin) => 0.6 + 0.4 * margin }],
]

describe('PAR comes to the judge whose every score is the best reply to those of the other response', () => {
  it.each(kinds)('f is %s', async (_, f, options) => {
    const policy = banditPolicy(logits)
    const training = par({
      ...{
        policy,
        form,
        pairs,
        pairsPerStep: pairs.length,
        samplesPerPrompt: 64,
        sampling: { maxNewTokens: 1 },
      },
      ...{ steps, learningRate: (step: number) => 0.2 * (1 - step / steps), klWeight },
      advantages: groupRelative({ scale: 'none' }),
      ...options,
    })
    for await (const _ of training);
    const best = equilibrium(f, klWeight)
    const replies = bestReplies(best, f, klWeight)
    const learnt = await judgements(policy)
    for (const [row, own] of best.entries()) {
      expect(totalVariation(replies[row]!, own)).toBeLessThan(1e-12)
      // Nor does a mean that was drawn fall on another step, which are at whole scores.
      expect(Math.abs(meanScore(own) - Math.round(meanScore(own)))).toBeGreaterThan(0.1)
      expect(totalVariation(normalised(logits[row]!), own)).toBeGreaterThan(0.1)
      // What 64 judgements leave of the error of sampling, as the step size goes to 0.
      expect(totalVariation(learnt[row]!, own)).toBeLessThan(0.01)
    }
  })
})
