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
