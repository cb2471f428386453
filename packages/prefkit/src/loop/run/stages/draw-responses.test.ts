import { expect, it } from 'vitest'
import type { AlgorithmState } from '../../algorithms/algorithm'
import type { RolloutSource } from '../../rollouts/rollout'
import { rolloutOf } from '../../testing/rollout-of'
import type { DrawnResponse } from '../data/response-file'
import { drawResponses } from './draw-responses'

const prompts = ['a', 'b', 'c'].map((id) => ({ id, text: id, tokens: [1] }))

async function drawn(from = 0) {
  const asked: string[] = []
  let texts: readonly string[] = []
  const source: RolloutSource = {
    isPolicy: true,
    draw: async ({ prompts: some, n, seed }) => {
      asked.push(some.map(({ id }) => id).join(''))
      return some.flatMap((prompt) =>
        Array.from({ length: n }, (_, sample) => ({
          ...rolloutOf(`${prompt.id}${sample} of ${seed}`),
          ...{ prompt, sample },
        })),
      )
    },
  }
  const options = {
    ...{ source, prompts, promptsPerStep: 2, responsesPerPrompt: 2, sampling: {}, seed: 3 },
    onResponses: (all: readonly DrawnResponse[]) => {
      texts = all.map(({ promptId, text }) => `${promptId}: ${text}`)
    },
  }
  let resume: AlgorithmState | undefined
  for await (const step of drawResponses(options)) {
    expect(step.totalSteps).toBe(2)
    // What is kept is JSON.
    if (step.step === from) resume = JSON.parse(JSON.stringify(await step.state()))
  }
  if (from > 0) for await (const _ of drawResponses({ ...options, resume }));
  return { asked, texts }
}

it('draws for some prompts a step, other responses each, and goes on from a state', async () => {
  const { asked, texts } = await drawn()
  expect(asked).toEqual(['ab', 'c'])
  expect(texts.map((text) => text.slice(0, 5))).toEqual([
    'a: a0',
    'a: a1',
    'b: b0',
    'b: b1',
    'c: c0',
    'c: c1',
  ])
  expect(new Set(texts.map((text) => text.split(' of ')[1])).size).toBe(2)
  const resumed = await drawn(1)
  expect(resumed.asked).toEqual(['ab', 'c', 'c'])
  expect(resumed.texts).toEqual(texts)
})
