import { expect, it } from 'vitest'
import type { PreferencePair } from '../../prompts/preference-pair'
import { hardLabels } from './hard-labels'

const [a, b] = ['a', 'b'].map((text) => ({ text, tokens: [1] }))
const pair = (id: string, preference?: number): PreferencePair => ({
  prompt: { id, text: id, tokens: [1] },
  ...{ chosen: a!, rejected: b! },
  ...(preference !== undefined && { preference }),
})
const pairs = [pair('none'), pair('sure', 1), pair('soft', 0.8), pair('turned', 0.3), pair('tie', 0.5)]
const shown = (some: readonly PreferencePair[]) => some.map(({ prompt, chosen }) => [prompt.id, chosen.text])

it('puts the response first that is more probably better, and leaves out what says nothing', () => {
  const hard = hardLabels(pairs, 0.5)
  expect(shown(hard.pairs)).toEqual([
    ...[
      ['none', 'a'],
      ['sure', 'a'],
      ['soft', 'a'],
      ['turned', 'b'],
    ],
  ])
  expect(hard.pairs.every((each) => !('preference' in each))).toBe(true)
  expect(hard).toMatchObject({ hardened: 2, unsure: 1 })
})

it('leaves out and counts those that are less sure than is asked for', () => {
  const hard = hardLabels(pairs, 0.75)
  expect(shown(hard.pairs).map(([id]) => id)).toEqual(['none', 'sure', 'soft'])
  expect(hard).toMatchObject({ hardened: 1, unsure: 2 })
})
