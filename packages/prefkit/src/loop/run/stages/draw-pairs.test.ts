import { expect, it } from 'vitest'
import type { AlgorithmState } from '../../algorithms/algorithm'
import type { LoopPrompt } from '../../prompts/prompt'
import type { Rollout, RolloutSource } from '../../rollouts/rollout'
import { drawPairs } from './draw-pairs'
import { pairOf } from './label-pairs'

const prompts = ['a', 'b', 'c'].map((id): LoopPrompt => ({ id, text: id, tokens: [1] }))

/** Responses that say what they were drawn as. */
const source: RolloutSource = {
  isPolicy: true,
  draw: async ({ prompts: asked, n, seed }) =>
    asked.flatMap((prompt) =>
      Array.from({ length: n }, (_, sample): Rollout => {
        const logProbs = Float32Array.of(-1)
        const text = `${prompt.id}${sample} of ${seed}`
        return {
          prompt,
          sample,
          text,
          tokens: [2],
          finishReason: 'length',
          logProbs,
          samplingLogProbs: logProbs,
        }
      }),
    ),
}

async function drawn(sizes: { pairs: number; pairsPerStep: number; responsesPerPrompt: number }, from = 0) {
  const offsets: number[] = []
  const lists: unknown[] = []
  let texts: string[] = []
  const options = {
    ...{ source, prompts, sampling: {}, seed: 3, ...sizes },
    label: async (rollouts: readonly Rollout[], offset: number) => {
      offsets.push(offset)
      const pairs = rollouts.flatMap((one, i) => (i % 2 === 0 ? [pairOf(one, rollouts[i + 1]!)] : []))
      return { pairs, metrics: {} }
    },
    onPairs: (pairs: readonly { chosen: { text: string }; rejected: { text: string } }[]) => {
      lists.push(pairs)
      texts = pairs.map(({ chosen, rejected }) => `${chosen.text} | ${rejected.text}`)
    },
  }
  let resume: AlgorithmState | undefined
  for await (const step of drawPairs(options)) {
    if (step.step === from) resume = await step.state()
  }
  if (from > 0) for await (const _ of drawPairs({ ...options, resume }));
  return { offsets, texts, lists }
}

it('pairs each two of the responses to a prompt, those of other prompts never, and no more than are asked for', async () => {
  const { offsets, texts } = await drawn({ pairs: 8, pairsPerStep: 6, responsesPerPrompt: 3 })
  // Two prompts with three pairs each are a step.
  expect(offsets).toEqual([0, 6])
  expect(texts).toHaveLength(8)
  const sides = texts.map((text) => text.split(' | '))
  for (const [one, other] of sides) {
    expect(one![0]).toBe(other![0])
    expect(one!.slice(2)).toBe(other!.slice(2))
    expect(one).not.toBe(other)
  }
  expect(new Set(texts).size).toBe(8)
  expect(sides.slice(0, 3).map(([one, other]) => `${one![1]}${other![1]}`)).toEqual(['01', '02', '12'])
})

it('draws two responses for each pair where it is not told otherwise, into one list, and goes on from a state', async () => {
  const whole = await drawn({ pairs: 5, pairsPerStep: 2, responsesPerPrompt: 2 })
  expect(whole.offsets).toEqual([0, 2, 4])
  expect(whole.texts).toHaveLength(5)
  expect(new Set(whole.lists).size).toBe(1)
  const resumed = await drawn({ pairs: 5, pairsPerStep: 2, responsesPerPrompt: 2 }, 1)
  expect(resumed.offsets).toEqual([0, 2, 4, 2, 4])
  expect(resumed.texts).toEqual(whole.texts)
})
