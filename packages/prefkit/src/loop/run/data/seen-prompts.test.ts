import { expect, it } from 'vitest'
import { itemsOfStep } from '../../prompts/items-of-step'
import type { LoopPrompt } from '../../prompts/prompt'
import { withoutLines } from '../config/located-by'
import { parseRunConfig } from '../config/run-config'
import { streamSeed } from '../stream-seed'
import { seenPrompts } from './seen-prompts'

const prompts = Array.from({ length: 40 }, (_, i): LoopPrompt => ({ id: `${i}`, text: `${i}`, tokens: [i] }))

const seen = (policy: object) => {
  const settings = { model: { path: 'm' }, seed: 5, prompts: { files: 'p' }, policy }
  return seenPrompts(parseRunConfig(settings, withoutLines(settings, '')), prompts)
}
const order = { count: 3, seed: streamSeed({ seed: 5 }, 'policy') }
const learns = { algorithm: 'grpo', promptsPerStep: 3, rewards: [{ type: 'lexicon' }] }

it('is what the steps of the policy draw, and no more', () => {
  const drawn = [0, 1, 2, 3].flatMap((step) => itemsOfStep(prompts, step, order))
  const ids = seen({ ...learns, steps: 4 }).map(({ id }) => Number(id))
  expect(ids).toEqual(drawn.map(({ id }) => Number(id)).toSorted((a, b) => a - b))
  expect(ids).toHaveLength(12)
})

it('is all of them after an epoch, and where several rounds are drawn the more', () => {
  expect(seen({ ...learns, steps: 14 })).toHaveLength(40)
  const rounds = Array.from({ length: 12 }, (_, i) => itemsOfStep(prompts, i, order)).flat()
  const dapo = seen({ ...learns, algorithm: 'dapo', steps: 4 })
  expect(new Set(dapo)).toEqual(new Set(rounds))
})
