import { expect, it } from 'vitest'
import type { Rollout } from '../rollouts/rollout'
import { functionReward } from './function-reward'

const logProbs = Float32Array.of(-1)
const rollout: Rollout = {
  prompt: { id: 'p7', text: 'Tom', tokens: [1] },
  ...{ sample: 0, text: 'ran', tokens: [2], finishReason: 'stop', logProbs, samplingLogProbs: logProbs },
}

it.each([
  [2, 2],
  [true, 1],
  [false, 0],
  [null, Number.NaN],
  [undefined, Number.NaN],
])('takes %s', async (value, score) => {
  expect((await functionReward('own', () => value).score([rollout])).scores).toEqual([score])
})

// What JavaScript gives, whatever the types say.
it.each([[[1]], ['good'], [{ score: 1 }], [Number.NaN], [Infinity]])(
  'refuses %j, naming the response',
  async (value) => {
    const reward = functionReward('own', () => value as never)
    await expect(reward.score([rollout])).rejects.toThrow(
      expect.objectContaining({
        code: 'BAD_REWARD',
        message: expect.stringMatching(
          /got (a (list|string|object)|NaN|Infinity) for the response "ran" to prompt p7, "Tom"/,
        ),
      }),
    )
  },
)

it('says what a function was given that fails, and keeps its error', async () => {
  const cause = new TypeError('answer is undefined')
  const fails = functionReward('own', () => {
    throw cause
  })
  const long = { ...rollout, text: 'no '.repeat(100) }
  await expect(fails.score([long])).rejects.toMatchObject({
    ...{ code: 'BAD_REWARD', cause },
    message: expect.stringMatching(
      /^answer is undefined; it was given the response "(no ){26}n?…" to prompt p7, "Tom"$/,
    ),
  })
})
