import { describe, expect, it } from 'vitest'
import { defaultRewardModelOptions, resolveOptions } from './options'
import { rewardModelPresets } from './presets'

describe('resolveOptions', () => {
  it('fills in the defaults, also for what is undefined', () => {
    expect(resolveOptions()).toEqual(defaultRewardModelOptions)
    expect(resolveOptions({ seed: undefined, hidden: [] })).toEqual({
      ...defaultRewardModelOptions,
      hidden: [],
    })
  })

  it('accepts every preset, with the settings of 2411.04991', () => {
    for (const preset of Object.values(rewardModelPresets)) expect(() => resolveOptions(preset)).not.toThrow()
    expect(resolveOptions(rewardModelPresets['clf-mlp'])).toMatchObject({
      objective: 'clf',
      hidden: [1024, 512],
      learningRate: 1e-3,
      batchSize: 5120,
      epochs: 30,
      patience: 3,
      mirror: false,
      keep: 'best',
    })
    const authors = { sampling: 'random', keep: 'last', stopping: 'worseThanEach' }
    expect(resolveOptions(rewardModelPresets['bt-mlp-authors'])).toMatchObject({ ...authors, mirror: true })
    expect(resolveOptions(rewardModelPresets['clf-mlp-authors'])).toMatchObject({ ...authors, mirror: false })
  })

  it('draws 10,240 of the rows of 2411.04991 a step: pairs in both orders, or single responses', () => {
    for (const name of ['bt-mlp', 'clf-mlp', 'bt-mlp-authors', 'clf-mlp-authors'] as const) {
      const { batchSize, mirror } = resolveOptions(rewardModelPresets[name])
      expect(batchSize * (mirror ? 1 : 2)).toBe(10_240)
    }
  })

  it.each([
    [{ objective: 'dpo' }, 'objective: expected one of bt, clf, got "dpo"'],
    [{ hidden: [64, 0] }, 'hidden: expected a list of whole numbers ≥ 1, got [64,0]'],
    [{ hidden: 64 }, 'hidden: expected a list of whole numbers ≥ 1, got 64'],
    [{ dropout: 1 }, 'dropout: expected a number in [0, 1), got 1'],
    [{ learningRate: 0 }, 'learningRate: expected a number > 0, got 0'],
    [{ learningRate: Number.NaN }, 'learningRate: expected a number > 0, got NaN'],
    [{ weightDecay: '0.1' }, 'weightDecay: expected a number ≥ 0, got "0.1"'],
    [{ batchSize: 1.5 }, 'batchSize: expected a whole number ≥ 1, got 1.5'],
    [{ members: 0 }, 'members: expected a whole number ≥ 1, got 0'],
    [{ seed: -1 }, 'seed: expected a whole number in [0, 2³²), got -1'],
    [{ seed: 2 ** 32 }, 'seed: expected a whole number in [0, 2³²), got 4294967296'],
    [{ labelSmoothing: 0.5 }, 'labelSmoothing: expected a number in [0, 0.5), got 0.5'],
    [{ mirror: 1 }, 'mirror: expected one of true, false, got 1'],
  ])('refuses %j', (given, message) => {
    expect(() => resolveOptions(given as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message }),
    )
  })

  it('names an option that does not exist', () => {
    expect(() => resolveOptions({ lr: 0.1 } as never)).toThrow(/^no option lr; expected one of objective, /)
    expect(() => resolveOptions({ toString: 1 } as never)).toThrow(/^no option toString; /)
    expect(() => resolveOptions(0.1 as never)).toThrow(/^expected an object of the options .*, got 0\.1$/)
  })
})
