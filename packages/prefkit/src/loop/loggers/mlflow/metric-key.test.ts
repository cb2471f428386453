import { posix } from 'node:path'
import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { metricKey, mlflowName } from './metric-key'

describe('metricKey', () => {
  it.each([
    ['rewards/helpful reward/mean', 'grpo/rewards/helpful reward/mean'],
    ['frac_reward_zero_std', 'grpo/frac_reward_zero_std'],
    ['eval_loss-1.5', 'grpo/eval_loss-1.5'],
  ])('keeps %s', (key, expected) => {
    expect(metricKey('grpo', key)).toBe(expected)
  })
})

describe('mlflowName', () => {
  it('is the example of its docstring', () => {
    expect(mlflowName('rewards/½ as long/mean')).toBe('rewards/_ as long/mean_935d72')
  })

  it('tells names apart that differ in what is replaced', () => {
    const names = ['a%b', 'a_b', 'a#b', 'a//b', 'a/_/b', './a', '../a', 'a'.repeat(251), 'a'.repeat(252)]
    expect(new Set(names.map(mlflowName)).size).toBe(names.length)
  })

  it('is always a name that MLflow takes', () => {
    assert(
      property(string({ unit: 'binary' }), string({ maxLength: 400 }), (a, b) => {
        const name = mlflowName(`${a}/${b}`)
        expect(name).toMatch(/^[A-Za-z0-9_\-. /]{1,250}$/)
        // MLflow's check of paths: normpath(name) is the name, and it does not climb.
        expect(posix.normalize(name).replace(/\/$/, '')).toBe(name)
        expect(name).not.toMatch(/^(\.\.|\/)/)
      }),
    )
  })
})
