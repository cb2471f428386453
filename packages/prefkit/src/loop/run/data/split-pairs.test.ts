import { expect, it } from 'vitest'
import type { PreferencePair } from '../../prompts/preference-pair'
import type { LoopPrompt } from '../../prompts/prompt'
import { splitByText } from './split-by-text'
import { isTestPrompt, splitPairs } from './split-pairs'

const prompt = (i: number): LoopPrompt => ({ id: `${i}`, text: `prompt ${i}`, tokens: [i] })
const response = { text: 'yes', tokens: [1] }
const pairs = Array.from(
  { length: 200 },
  (_, i): PreferencePair => ({ prompt: prompt(i), chosen: response, rejected: response }),
)
const ids = (some: readonly PreferencePair[]) => some.map(({ prompt: { id } }) => Number(id))

it('never learns from a prompt that the policy is evaluated on, whatever else is held out', () => {
  const tests = [3, 50, 51, 199].map(prompt)
  const { train, heldOut } = splitPairs(pairs, isTestPrompt({ tests, share: 0.1, seed: 0 }))
  expect(ids(train).filter((id) => [3, 50, 51, 199].includes(id))).toEqual([])
  expect(ids(heldOut)).toEqual(expect.arrayContaining([3, 50, 51, 199]))
  expect([...ids(train), ...ids(heldOut)].toSorted((a, b) => a - b)).toEqual(pairs.map((_, i) => i))
  // A tenth of 196, within four deviations of a binomial.
  expect(Math.abs(heldOut.length - 4 - 19.6)).toBeLessThan(4 * Math.sqrt(196 * 0.1 * 0.9))
})

it('holds out a share of the comparisons whose prompts the split of prompts has left to learn on', () => {
  const [share, seed] = [0.1, 0]
  const { train: left, heldOut: tests } = splitByText(pairs, ({ prompt: { text } }) => text, { share, seed })
  const split = isTestPrompt({ tests: tests.map(({ prompt: own }) => own), share, seed })
  const held = splitPairs(left, split).heldOut.length
  expect(Math.abs(held - left.length * share)).toBeLessThan(4 * Math.sqrt(left.length * share * (1 - share)))
})

it('holds out what it is told alone where the share is 0', () => {
  const split = isTestPrompt({ tests: [prompt(7)], share: 0, seed: 0 })
  expect(ids(splitPairs(pairs, split).heldOut)).toEqual([7])
})
