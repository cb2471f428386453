import { expect, it } from 'vitest'
import { storyConfig } from '../testing/make-stage'
import { fewHeldOut, nothingHeldOut } from './nothing-held-out'

const promptsOf = (...texts: readonly string[]) => texts.map((text) => ({ id: text, text, tokens: [1] }))
const said = (prompts: object, train: readonly string[], heldOut: readonly string[] = []) =>
  nothingHeldOut(storyConfig({ sft: { files: 'rows' }, prompts: { files: 'p', ...prompts } }), {
    ...{ train: promptsOf(...train), heldOut: promptsOf(...heldOut) },
  })

it('says why nothing can be evaluated, where that was asked for', () => {
  expect(said({}, ['a', 'a'])).toMatch(
    /all 2 are the same text.*; give others to evaluate on as prompts\.heldOutFiles/,
  )
  expect(said({ heldOut: 0.01 }, ['a', 'b', 'c'])).toMatch(/prompts\.heldOut 0\.01 of 3 came to none/)
  expect(said({ heldOutFiles: 'q' }, ['a'])).toMatch(
    /those of prompts\.heldOutFiles are too long; give shorter ones/,
  )
  expect(said({}, ['a'], ['b'])).toBeUndefined()
  expect(said({ heldOut: 0 }, ['a'])).toBeUndefined()
  expect(nothingHeldOut(storyConfig({ sft: { files: 'rows' } }), { train: [], heldOut: [] })).toBeUndefined()
})

it('says what to do where few prompts are held out', () => {
  const config = (prompts: object) =>
    storyConfig({
      sft: { files: 'rows' },
      prompts: { files: 'p', ...prompts },
      evaluation: { samplesPerPrompt: 2 },
    })
  expect(fewHeldOut(config({ heldOut: 0.25 }), 7)).toMatch(
    /^prompts: 7 to evaluate on, fewer than 8.*\(prompts\.heldOut 0\.25\), or .*prompts\.heldOutFiles.*evaluation\.samplesPerPrompt 2\)$/,
  )
  expect(fewHeldOut(config({ heldOutFiles: 'q' }), 1)).toContain('give more in prompts.heldOutFiles')
  expect(fewHeldOut(config({}), 8)).toBeUndefined()
  expect(fewHeldOut(config({}), 0)).toBeUndefined()
})
