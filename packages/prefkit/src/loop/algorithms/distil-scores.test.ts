import { loadLanguageModel } from '@prefkit/lm/files'
import { afterAll, describe, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import type { PairwiseScorer } from '../rewards/scorers'
import { pairwiseFromPointwise } from '../rewards/scorers'
import { symmetricWins } from '../rewards/symmetric-wins'
import { scalarScorer } from '../scorers/scalar-scorer'
import type { StepMetrics } from '../step-record'
import { kindStories } from '../testing/kind-stories'
import { storyPolicy } from '../testing/story-policy'
import type { AlgorithmState } from './algorithm'
import { type DistilScoresOptions, distilScores } from './distil-scores'

const model = await loadLanguageModel(storiesPath)
afterAll(() => model.release())
const { pairs, heldOut } = kindStories(model.tokenizer!)
const anchored = (all: typeof pairs) =>
  all.flatMap(({ prompt, chosen, rejected }) => [
    { ...chosen, prompt: { ...prompt, anchors: [rejected] } },
    { ...rejected, prompt: { ...prompt, anchors: [chosen, rejected] } },
  ])

/** Kinder is better with probability 0.8, equal ones are alike; what is shown first is liked by 0.1 more. */
function kindJudge() {
  const calls: number[] = []
  const isKind = (text: string) => /happy|kind|nice|good/.test(text)
  const judge: PairwiseScorer = {
    async firstWins(asked) {
      calls.push(asked.length)
      return asked.map(
        ({ first, second }) => 0.6 + 0.3 * (Number(isKind(first.text)) - Number(isKind(second.text))),
      )
    },
  }
  return { judge, calls }
}

async function distilled(options: Partial<DistilScoresOptions> = {}) {
  const { policy } = await storyPolicy({ head: 'reward' })
  const { judge, calls } = kindJudge()
  const records: StepMetrics[] = []
  const states: AlgorithmState[] = []
  const steps = distilScores({
    ...{ model: policy, judge, responses: anchored(pairs), evaluation: anchored(heldOut) },
    ...{ epochs: 2, batchSize: 8, learningRate: 1e-3, ...options },
  })
  for await (const step of steps) {
    records.push(step.metrics)
    states.push(await step.state())
  }
  return { policy, records, states, calls }
}

describe('distilScores', () => {
  it('learns scores whose differences are what the judge says, asks once of each pair, and goes on exactly', async () => {
    const { policy, records, states, calls } = await distilled()
    expect(records).toHaveLength(12)
    const pinned = [
      [0.6828345, 0.5157379],
      [0.6376231, 0.9583371],
      [0.5949179, 0.9993938],
      [0.5660949, 1.1679959],
    ]
    for (const [i, [loss, gradNorm]] of pinned.entries()) {
      // Sums in f32 over some hundred tokens, in an order that differs between processors.
      expect(Math.abs(records[i]!.loss! - loss!)).toBeLessThan(1e-4 * (1 + loss!))
      expect(Math.abs(records[i]!.grad_norm! - gradNorm!)).toBeLessThan(1e-4 * (1 + gradNorm!))
    }
    // 48 pairs to learn from and 24 held out, both orders of each, in both epochs.
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(2 * (48 + 24))
    const last = records.at(-1)!
    expect(records[0]!.information_lost!).toBeGreaterThan(0.05)
    expect(last.eval_information_lost!).toBeLessThan(0.005)
    // With the judge, not with labels, which are what an accuracy is of.
    expect([records[0]!.agreement, last.eval_agreement]).toEqual([expect.any(Number), expect.any(Number)])
    expect(Object.keys(last).filter((name) => name.includes('accuracy'))).toEqual([])
    // H(0.8) and H(0.2) of two pairs of three, H(½) of the third.
    const entropy = (2 * -(0.8 * Math.log(0.8) + 0.2 * Math.log(0.2)) + Math.LN2) / 3
    expect(last.eval_loss! - last.eval_information_lost!).toBeCloseTo(entropy, 5)

    const scores = pairwiseFromPointwise(scalarScorer(policy))
    const wins = await symmetricWins(
      scores,
      heldOut.map(({ prompt, chosen, rejected }) => ({ prompt, first: chosen, second: rejected })),
    )
    for (const win of wins) expect(Math.abs(win - 0.8)).toBeLessThan(0.15)
    await policy.release()
    // All answers go on with a state, as a file would hold them.
    const data = JSON.parse(JSON.stringify(states[8]!.data))
    const resumed = await distilled({ resume: { ...states[8]!, data } })
    await resumed.policy.release()
    expect(resumed.records).toEqual(records.slice(9))
    expect(resumed.calls.reduce((sum, count) => sum + count, 0)).toBe(0)
  })

  it('leaves out pairs that the judge has no answer for, and refuses where that is all of a step', async () => {
    const { judge } = kindJudge()
    const responses = anchored(pairs).slice(0, 2)
    const silentOn = (isSilent: (i: number) => boolean): PairwiseScorer => ({
      async firstWins(asked) {
        const wins = await judge.firstWins(asked)
        return asked.map((_, i) => (isSilent(i) ? Number.NaN : wins[i]!))
      },
    })
    const one = { responses, evaluation: [], steps: 1, batchSize: 3 }
    const { policy, records } = await distilled({ ...one, judge: silentOn((i) => i < 2) })
    expect(records[0]!.loss).toBeGreaterThan(0)
    await policy.release()
    await expect(distilled({ ...one, judge: silentOn(() => true) })).rejects.toThrow(
      'distilScores: judge: expected an answer to one of 3 pairs at least, got none',
    )
  })

  it('names what is wrong', async () => {
    const refused = (options: Partial<DistilScoresOptions>) => expect(distilled(options)).rejects
    const [{ prompt, chosen }] = pairs as [(typeof pairs)[0]]
    await refused({ responses: [{ ...chosen, prompt }] }).toThrow(
      'distilScores: responses[0]: expected a prompt with anchors, got prompt',
    )
    const lossy: PairwiseScorer = { firstWins: async () => [0.5] }
    await refused({ judge: lossy }).toThrow('scorer: expected 16 probabilities, one for each pair, got 1')
    const { policy: headless } = await storyPolicy()
    await refused({ model: headless }).toThrow("distilScores: model: expected one with head: 'reward'")
    await headless.release()
  })
})
