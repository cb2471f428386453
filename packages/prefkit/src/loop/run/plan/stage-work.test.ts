import { expect, it } from 'vitest'
import { storyConfig } from '../testing/make-stage'
import type { RunFacts } from './run-facts'
import { stageWork } from './stage-work'

const [prompt, response] = [10, 32]
const rows = { rows: 100, tokens: prompt, longest: 20 }

/** Of the facts work depends on those of the prompts alone, where nothing else is asked for. */
const facts = { prompts: { train: rows, heldOut: { ...rows, rows: 0 }, tooLong: 0 } } as unknown as RunFacts

const workOf = (policy: object) =>
  stageWork(
    'policy',
    storyConfig({
      prompts: { files: 'prompts.jsonl' },
      sampling: { maxNewTokens: response },
      evaluation: { everySteps: 0 },
      policy: { steps: 5, promptsPerStep: 4, rewards: [{ type: 'lexicon', plus: ['a'] }], ...policy },
    }),
    facts,
  )

const prompts = 5 * 4
const row = prompt + response

it('counts what is drawn from a reference, and from the two models of a mixture', () => {
  expect(workOf({ algorithm: 'online-preferences', samplesPerPrompt: 2 })).toMatchObject({
    ...{ steps: 5, responses: 2 * prompts, drawn: 2 * prompts * response, learnt: 2 * prompts * row },
    scored: prompts * (prompt + 2 * row),
  })
  // The reference reads the prompt, too.
  expect(workOf({ algorithm: 'xpo' })).toMatchObject({
    ...{ steps: 5, responses: 2 * prompts, drawn: 2 * prompts * response, learnt: 2 * prompts * row },
    scored: prompts * (2 * prompt + 2 * row),
  })
  // What the mixture draws is not learnt from.
  expect(workOf({ algorithm: 'nash-md' })).toMatchObject({
    ...{ steps: 5, responses: 2 * prompts, drawn: 3 * prompts * response, learnt: prompts * row },
    scored: prompts * (3 * prompt + row),
  })
  for (const mixture of [0, 1]) {
    expect(workOf({ algorithm: 'nash-md', mixture })).toMatchObject({
      ...{ responses: 2 * prompts, drawn: 2 * prompts * response, scored: prompts * (2 * prompt + row) },
    })
  }
})

it('counts the prompts of all rounds of a step that draws again', () => {
  const drawnBefore = (policy: object) =>
    stageWork(
      'distilled_responses',
      storyConfig({
        prompts: { files: 'prompts.jsonl' },
        rewardModel: { kind: 'saved', path: 'reward_model' },
        policy: { algorithm: 'grpo', steps: 1, promptsPerStep: 3, rewards: [{ type: 'lexicon' }], ...policy },
      }),
      facts,
    )
  expect(drawnBefore({})).toMatchObject({ steps: 1, responses: 4 * 3 })
  expect(drawnBefore({ dynamicSampling: { rounds: 5 } })).toMatchObject({ steps: 2, responses: 4 * 3 * 5 })
})

it('counts the steps of comparisons as they are drawn, each prompt with all of its pairs', () => {
  const comparisons = (sizes: object) =>
    stageWork(
      'comparisons',
      storyConfig({
        prompts: { files: 'prompts.jsonl' },
        sampling: { maxNewTokens: response },
        comparisons: { source: 'simulated', golden: { type: 'lexicon' }, ...sizes },
      }),
      facts,
    )
  // Of 8 responses 28 pairs, of which 2 prompts have about 64.
  expect(comparisons({ pairs: 200, pairsPerStep: 64, responsesPerPrompt: 8 })).toMatchObject({
    ...{ steps: 4, responses: 8 * 8, drawn: 8 * 8 * response, scored: 8 * prompt },
  })
})
