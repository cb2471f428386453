import { expect, it } from 'vitest'
import { withoutLines } from '../../config/located-by'
import { parseRunConfig } from '../../config/run-config'
import { type GroupSettings, groupChoices } from './groups'

function choices(settings: object) {
  const policy = { rewards: [{ type: 'lexicon' }], ...settings }
  const whole = { model: { path: 'm' }, prompts: { files: 'p' }, policy }
  const config = parseRunConfig(whole, withoutLines(whole, ''))
  // Of an algorithm of groups.
  return groupChoices(config.policy as GroupSettings)
}

it('leaves to the method what is not said', () => {
  expect(choices({ algorithm: 'grpo' })).toMatchObject({ klWeight: 0.04, reduction: 'seq-mean-token-mean' })
  expect(choices({ algorithm: 'dapo' })).toMatchObject({ klWeight: 0, dynamicSampling: { rounds: 3 } })
  expect(choices({ algorithm: 'grpo' }).klCorrection).toBe(false)
  expect(choices({ algorithm: 'grpo', klCorrection: true }).klCorrection).toBe(true)
})

it('takes what is said in its place', () => {
  const changed = choices({ algorithm: 'dapo', klWeight: 0.1, dynamicSampling: { rounds: 5 } })
  expect(changed).toMatchObject({ klWeight: 0.1, dynamicSampling: { rounds: 5 }, reduction: 'token-mean' })
})

it("begins a method of one's own without a penalty", () => {
  expect(choices({ algorithm: 'custom' })).toMatchObject({ klWeight: 0, reduction: 'seq-mean-token-mean' })
  expect(choices({ algorithm: 'custom', klWeight: 0.02 })).toMatchObject({ klWeight: 0.02 })
})
