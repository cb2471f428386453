import { expect, it } from 'vitest'
import { formatReward, parseTaggedScore, RubricError } from '../index'

const parse = (text: string) => parseTaggedScore(text, { tag: 'answer', scale: { min: 1, max: 10 } })
const texts = {
  exact: 'Good. <answer>8</answer>',
  recovered: '<answer>8/10</answer>',
  lacking: 'Good. Score: 8/10.',
  ambiguous: '<answer>8</answer> or <answer>7</answer>',
  invalid: '<answer>11</answer>',
  absent: 'Good.',
  'cut-off': '<think>Let me see whether',
}

it.each<[name: keyof typeof texts, paper: number, strict: number]>([
  ['exact', 0, 0],
  ['recovered', -0.5, 0],
  ['lacking', -0.5, -1.5],
  ['ambiguous', -1, -1],
  ['invalid', -1, -1],
  ['absent', -1, -1.5],
  ['cut-off', -1, -1.5],
])('an output that is %s is rewarded', (name, paper, strict) => {
  const rewards = { lacking: -1.5, absent: -1.5, invalid: -1, ambiguous: -1, recovered: 0 }
  expect(formatReward(parse(texts[name]))).toBe(paper)
  expect(formatReward(parse(texts[name]), rewards)).toBe(strict)
})

it('refuses rewards that are no numbers, and other names', () => {
  const refused = (code: string, message: string) => expect.objectContaining({ code, message })
  expect(() => formatReward(parse(''), { exact: Number.NaN })).toThrow(
    refused('NOT_FINITE', 'exact is NaN; expected a finite number'),
  )
  let error: unknown
  try {
    formatReward(parse(''), { missing: -1 } as never)
  } catch (caught) {
    error = caught
  }
  expect(RubricError.isInstance(error) && error.code).toBe('INVALID_OPTION')
})
