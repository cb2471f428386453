import { describe, expect, test } from 'vitest'
import { RubricError } from '../rubric-error'
import type { Rubric } from './rubric'
import { type ResponseCheck, runChecks } from './run-checks'

const scale = { min: 1, max: 10 }
const rubrics: Rubric[] = [
  { name: 'Helpfulness', description: 'Does it help?', scale },
  { name: 'JSON', description: 'Is it JSON?', scale: { min: 0, max: 1 }, check: 'is valid JSON' },
  { name: 'Words', description: 'How much of the word limit is kept?', scale, check: 'within limit' },
]
const checks: Record<string, ResponseCheck> = {
  'is valid JSON': ({ response }) => {
    try {
      JSON.parse(response)
      return true
    } catch {
      return false
    }
  },
  'within limit': ({ response }) => Math.min(1, 4 / response.split(' ').length),
}
const item = (response: string) => ({ prompt: 'Four words of JSON.', response })

describe('runChecks', () => {
  test('scores what functions verify, and leaves the rest to judges', () => {
    expect(runChecks(rubrics, item('"these are four words"'), checks)).toEqual([
      { name: 'JSON', score: 1 },
      { name: 'Words', score: 10 },
    ])
    expect(runChecks(rubrics, item('these are no less than eight words here'), checks)).toEqual([
      { name: 'JSON', score: 0 },
      { name: 'Words', score: 5.5 },
    ])
  })

  test('names a function that is missing, also by a name that every object has', () => {
    const lacking = () => runChecks(rubrics, item('1'), { 'is valid JSON': () => true })
    expect(lacking).toThrow(
      'checks has no function "within limit"; expected one of those given: is valid JSON',
    )
    const inherited = [{ ...rubrics[1]!, check: 'toString' }]
    expect(() => runChecks(inherited, item('1'), checks)).toThrow('checks has no function "toString"')
  })

  test('refuses answers that are no shares, and passes on what a check throws', () => {
    const answering = (answer: number) => () =>
      runChecks(rubrics.slice(1, 2), item('1'), { 'is valid JSON': () => answer })
    expect(answering(Number.NaN)).toThrow(RubricError)
    expect(answering(1.1)).toThrow('answered 1.1; expected true, false or a number from 0 to 1')
    const failing = {
      'is valid JSON': () => {
        throw new RangeError('too deep')
      },
    }
    expect(() => runChecks(rubrics.slice(1, 2), item('1'), failing)).toThrow(RangeError)
  })
})
