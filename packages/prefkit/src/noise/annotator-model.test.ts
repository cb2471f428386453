import { annotationErrorRate, comparisonsOf } from '@prefkit/noise'
import { describe, expect, it } from 'vitest'
import { type AnnotatorConfig, annotatorModel } from './annotator-model'

const scores = Array.from({ length: 400 }, (_, i) => 2 * Math.sin(i * i))
const pairs = { first: scores.map((_, i) => i), second: scores.map((_, i) => (i * 7 + 1) % 400) }
const lengths = scores.map((_, i) => 1 + (i % 9))
const comparisons = comparisonsOf({ scores, lengths }, pairs)

describe('annotatorModel', () => {
  it.each([
    ['logistic', { annotator: 'logistic' }],
    ['probit', { annotator: 'probit' }],
    ['a formula', { annotator: 'expression', quality: '1 - 0.5*exp(-k*beta*delta)', parameters: { k: 2 } }],
    ['perfect, with flips', { annotator: 'perfect' }],
    [
      'biases, ties and flips',
      { annotator: 'logistic', positionBias: 0.4, lengthBias: 0.2, ties: 0.1, flip: 0.05 },
    ],
    [
      'abilities and fatigue',
      { annotator: 'logistic', ability: [0.5], fatigue: 300, personalBias: 0.1, cycles: 0.1 },
    ],
  ] as [string, AnnotatorConfig][])('errs as often as asked: %s', (_, config) => {
    const { annotator, calibrated } = annotatorModel(config, comparisons, { errorRate: 0.2, seed: 0 })
    expect(annotationErrorRate(comparisons, annotator)).toBeCloseTo(0.2, 9)
    expect(calibrated?.parameter).toBe(config.annotator === 'perfect' ? 'flip' : 'beta')
  })

  it('makes the share asked for always wrong in the worst case', () => {
    const config: AnnotatorConfig = { annotator: 'perfect', worstCase: 0.1 }
    const { annotator } = annotatorModel(config, comparisons, { seed: 0 })
    expect(annotationErrorRate(comparisons, annotator)).toBeCloseTo(0.1, 9)
  })

  it.each([
    [{ annotator: 'expression' }, undefined, /expected --quality/],
    [{ annotator: 'logistic', quality: 'delta' }, undefined, /expected --annotator-model expression/],
    [{ annotator: 'perfect', beta: 1 }, undefined, /a perfect annotator has none/],
    [{ annotator: 'logistic', beta: 1 }, 0.2, /either it or --beta, got both/],
    [{ annotator: 'expression', quality: '0.5 + 0.4*tanh(delta)' }, 0.2, /expected --quality to have beta/],
    [{ annotator: 'logistic', selfPreference: 1 }, undefined, /--self-preference: expected a column author/],
    [{ annotator: 'logistic' }, 0.7, /^an error rate of 0\.7: /],
    [{ annotator: 'expression', quality: '0.5 + beta' }, undefined, /1\.5/],
    [{ annotator: 'expression', quality: '0.5 + tan(delta)' }, undefined, /character 7/],
  ] as [AnnotatorConfig, number | undefined, RegExp][])(
    'refuses %j at error rate %s',
    (config, errorRate, message) => {
      expect(() => annotatorModel(config, comparisons, { errorRate, seed: 0 })).toThrowError(message)
    },
  )
})
