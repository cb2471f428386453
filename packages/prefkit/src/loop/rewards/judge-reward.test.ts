import { functionJudge, type Judge, noUsage } from '@prefkit/judges'
import { describe, expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { judgeReward } from './judge-reward'

const prompt = {
  ...{ id: 'q', text: 'Why?', tokens: [1] },
  anchors: [
    { text: 'bbbb', tokens: [1] },
    { text: 'b', tokens: [2] },
  ],
}
const rollouts = ['a', 'aaa', 'aaaaaa'].map((text, sample) => rolloutOf(text, { prompt, sample }))

const longer = functionJudge(
  ({ a, b }) => (a.length === b.length ? 'tie' : a.length > b.length ? 'a' : 'b'),
  {
    name: 'longer',
  },
)

describe('judgeReward', () => {
  it('is how probably a response beats the anchors', async () => {
    const { scores, metrics } = await judgeReward({ judge: longer }).score(rollouts)
    expect(scores).toEqual([0.25, 0.5, 1])
    expect(metrics).toMatchObject({ failed: 0, abstained: 0, consistent: 1, calls: 0 })
    const least = judgeReward({ judge: longer, anchors: 'min' })
    expect((await least.score(rollouts)).scores).toEqual([0, 0, 1])
  })

  it('leaves out what fails and what the judge does not answer, and says how much that was', async () => {
    const judge: Pick<Judge, 'compare'> = {
      compare: async (pair) => {
        if (pair.a === 'aaa') throw new Error('out of reach')
        if (pair.b === 'bbbb')
          return { verdict: 'abstained', readings: [], provenance: 'parsed', usage: noUsage }
        const usage = { calls: 2, cachedCalls: 0, promptTokens: 10, completionTokens: 3, cost: 0.5 }
        return { verdict: 'a', winProbability: 0.75, readings: [], provenance: 'parsed', usage }
      },
    }
    const { scores, metrics } = await judgeReward({ judge, concurrency: 2 }).score(rollouts)
    expect(scores).toEqual([0.75, Number.NaN, 0.75])
    expect(metrics).toEqual({
      ...{ failed: 2 / 6, abstained: 2 / 6, calls: 4, prompt_tokens: 20, completion_tokens: 6, cost: 1 },
    })
  })

  it('is an error where every question fails, as then the judge is at fault', async () => {
    const judge = { compare: () => Promise.reject(new Error('no such server')) }
    await expect(judgeReward({ judge }).score(rollouts)).rejects.toMatchObject({
      code: 'BAD_REWARD',
      message: 'judge: none of 6 questions was answered, the first failed with: no such server',
    })
  })

  it('asks only so much at once, and stops where it is told to', async () => {
    let [running, most] = [0, 0]
    const judge: Pick<Judge, 'compare'> = {
      compare: async (pair, call) => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        return longer.compare(pair, call)
      },
    }
    await judgeReward({ judge, concurrency: 2 }).score(rollouts)
    expect(most).toBe(2)
    const reason = new Error('enough')
    await expect(judgeReward({ judge }).score(rollouts, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
  })
})
