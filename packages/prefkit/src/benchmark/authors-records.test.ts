import { describe, expect, it } from 'vitest'
import { authorsVerdicts, hasAuthorsRecords } from './authors-records'
import type { BenchmarkName } from './benchmark-names'

const read = (benchmark: BenchmarkName, value: object) =>
  authorsVerdicts(benchmark, {
    value: { ...value },
    refuse: (field, problem) => {
      throw new Error(`${field}: ${problem}`)
    },
  })

describe('authorsVerdicts', () => {
  it("reads JudgeBench's decisions however they are spaced; null and nothing are no answer", () => {
    const of = (...decisions: unknown[]) => read('judgebench', { decisions })
    expect(of('A>B', 'B>A')).toEqual(['a', 'b'])
    expect(of('A > B', ' b>a ')).toEqual(['a', 'b'])
    expect(of('[[A>>B]]', '[[B > A]]')).toEqual(['a', 'b'])
    expect(of('A=B', null)).toEqual(['tie', null])
    expect(read('judgebench', { judgments: [{ decision: 'B>A' }, { decision: '' }] })).toEqual(['b', null])
    expect(read('judgebench', { judgments: [{}, { decision: 'A=B' }] })).toEqual([null, 'tie'])
  })

  it.each([
    [
      'judgebench',
      { decisions: ['A>B', 'A is better'] },
      'decisions: expected A>B, B>A, A=B or null, is "A is',
    ],
    [
      'judgebench',
      { judgments: [{ decision: 'C>A' }, {}] },
      'judgments: expected A>B, B>A, A=B or null, is "C>A"',
    ],
    ['judgebench', { decisions: ['A>B'] }, 'decisions: expected two'],
    ['judgebench', { decisions: 'A>B' }, 'decisions: expected two'],
    ['llmbar', { results: [] }, 'results: expected one result with "swap = False" and "swap = True"'],
    ['llmbar', { results: [{ 'swap = False': { winner: 1 } }] }, 'results: expected one result'],
  ] as const)('of %s refuses %j', (benchmark, value, message) => {
    expect(() => read(benchmark, value)).toThrow(message)
  })

  it("reads LLMBar's winners by the output that is shown; what is no number is no answer", () => {
    expect(read('llmbar', { winner: '1', winner_swapped: 1 })).toEqual(['a', 'b'])
    expect(read('llmbar', { winner: 2, winner_swapped: 'neither' })).toEqual(['b', null])
    const results = [{ 'swap = False': { winner: '2' }, 'swap = True': { winner: '2' } }]
    expect(read('llmbar', { results })).toEqual(['b', 'a'])
  })

  it('is nothing of rows in no such layout', () => {
    expect(read('llmbar', { id: '0:ab', verdict: 'a' })).toBeUndefined()
    expect(read('judgebench', { id: '0:ab', verdict: 'a' })).toBeUndefined()
    expect(read('pandalm', { winner: 1 })).toBeUndefined()
    expect(hasAuthorsRecords('pandalm')).toBe(false)
  })
})
