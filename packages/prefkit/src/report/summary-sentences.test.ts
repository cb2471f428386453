import { expect, test } from 'vitest'
import { summarySentences } from './summary-sentences'

const bt = { name: 'BT', accuracy: 0.81, interval: { low: 0.79, high: 0.83 }, pairs: 1200 }
const longer = { name: 'longer wins', kind: 'baseline' as const, accuracy: 0.77, pairs: 1200 }
const words = (text: string | undefined) => text?.replace(/[\u00a0\u202f]/g, ' ')

test('who wins, by how much, and whether the interval excludes the best baseline', () => {
  const [text] = summarySentences([{ ...longer, name: 'shorter wins', accuracy: 0.2 }, longer, bt])
  expect(words(text)).toBe(
    'BT agrees with people on 81.0 % of 1,200 unseen comparisons (95 % interval 79.0 – 83.0 %). That is 4.0 points ' +
      'above the best baseline, “longer wins” (77.0 %), and the interval excludes it, so chance alone hardly explains the gain.',
  )
})

test('says so when the baseline cannot be told apart, or wins', () => {
  expect(summarySentences([bt, { ...longer, accuracy: 0.8 }])[0]).toContain('1.0 point above')
  expect(summarySentences([bt, { ...longer, accuracy: 0.8 }])[0]).toContain('but the interval includes it')
  expect(summarySentences([bt, { ...longer, accuracy: 0.9 }])[0]).toMatch(
    /9\.0 points below .* explains the loss/,
  )
  expect(summarySentences([bt, { ...longer, accuracy: 0.81 }])[0]).toContain(
    'no better than the best baseline',
  )
})

test('says whether the second model is too close to call', () => {
  const clf = { ...bt, name: 'CLF', accuracy: 0.8 }
  expect(summarySentences([clf, bt])[0]).toContain('within the interval: too close to call.')
  expect(summarySentences([bt, { ...clf, accuracy: 0.7 }])[0]).toContain('below the interval.')
  expect(summarySentences([bt, { ...clf, accuracy: 0.81 }])[0]).toContain('CLF does exactly as well.')
})

test('one sentence group a dataset; what cannot be used is passed over', () => {
  const texts = summarySentences([
    { ...bt, dataset: 'A' },
    { ...bt, dataset: 'B', accuracy: 0.6, interval: undefined },
    { ...longer, dataset: 'B' },
    { ...bt, dataset: 'C', accuracy: Number.NaN },
  ])
  expect(texts).toHaveLength(2)
  expect(words(texts[0])).toMatch(/^On A, BT agrees/)
  expect(words(texts[1])).toMatch(
    /^On B, BT agrees .* comparisons\. That is 17\.0 points below the best baseline, “longer wins” \(77\.0 %\)\.$/,
  )
  expect(summarySentences([])).toEqual([])
  expect(summarySentences([longer])).toEqual([])
})
