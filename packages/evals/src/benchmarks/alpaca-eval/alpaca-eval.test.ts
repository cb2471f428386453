import { describe, expect, test } from 'vitest'
import { benchmarkGoldens } from '../../goldens/load-benchmarks'
import { alpacaEval, alpacaEvalWinRates, readGamedRows } from './alpaca-eval'

const glms = ['length_controlled_v1', 'length_controlled_noreg', 'length_controlled_minimal'] as const
const cases = benchmarkGoldens.alpacaEval.map((golden, i) => [i, golden] as const)
const some = { resamples: 20 }

const rowsOf = ({ annotations }: (typeof benchmarkGoldens.alpacaEval)[number]) =>
  alpacaEval.rows(
    annotations.map(({ preference, lengths }) => ({
      instruction: 'i',
      output_1: 'x'.repeat(lengths[0]),
      output_2: 'x'.repeat(lengths[1]),
      preference,
    })),
  )

describe('equals alpaca_eval', () => {
  test.each(cases)('win rate: golden %i', (_, golden) => {
    const report = alpacaEvalWinRates(rowsOf(golden), some)
    const { common } = golden
    expect(100 * report.winRate.value!).toBeCloseTo(common.win_rate, 10)
    expect(100 * report.standardError!).toBeCloseTo(common.standard_error, 10)
    expect(100 * report.discreteWinRate!).toBeCloseTo(common.discrete_win_rate, 10)
    expect([report.wins, report.winsOfBaseline, report.draws]).toEqual([
      common.n_wins,
      common.n_wins_base,
      common.n_draws,
    ])
    expect(report.counts.rows - report.counts.failed).toBe(common.n_total)
  })

  test.each(cases)('length-controlled win rate: golden %i', (_, golden) => {
    const gamed = readGamedRows(golden.gamed)
    for (const glm of glms) {
      const { lengthControlled } = alpacaEvalWinRates(rowsOf(golden), { ...some, glm, gamed })
      const percent = 100 * lengthControlled!.winRate
      const { published, publishedError, converged } = golden.rates[glm]!
      // Both solve the same problem; liblinear stops at 1e-12 of its own measure of optimality.
      expect(Math.abs(percent - converged)).toBeLessThan(1e-8)
      // As published, liblinear stops at 1e-4, which moves win rates in the fourth decimal of a percentage.
      expect(Math.abs(percent - published)).toBeLessThan(1e-3)
      expect(Math.abs(100 * lengthControlled!.standardError - publishedError)).toBeLessThan(1e-3)
    }
  })
})

test('the model of length is the best that the data allow, and what they lack is named', () => {
  const [golden] = benchmarkGoldens.alpacaEval
  const rows = rowsOf(golden!)
  const glmOf = (options: object) => alpacaEvalWinRates(rows, { ...some, ...options }).lengthControlled!.glm
  expect(glmOf({})).toBe('length_controlled_minimal')
  expect(glmOf({ gamed: readGamedRows(golden!.gamed) })).toBe('length_controlled_v1')
  expect(() => glmOf({ glm: 'length_controlled_v1' })).toThrow('gamed is missing')
  expect(() => glmOf({ glm: 'length_controlled_noreg' })).toThrow('an instructionDifficulty of every row')
  expect(() => glmOf({ glms: 1 })).toThrow('no option glms')
})

test('a judge that likes length wins with length, and less where length is controlled', () => {
  const rows = alpacaEval.rows(
    Array.from({ length: 200 }, (_, i) => ({
      instruction: `i ${i}`,
      output_1: 'b'.repeat(100 + ((i * 37) % 90)),
      output_2: 'm'.repeat(130 + ((i * 53) % 90)),
    })),
  )
  const { items, score } = alpacaEval.tasks.pairs.plan(rows, some)
  expect(new Set(items.map(({ a }) => a[0]))).toEqual(new Set(['b', 'm']))
  const likesLength = ({ a, b }: { a: string; b: string }) => 1 / (1 + Math.exp((b.length - a.length) / 20))
  const report = score(items.map((item) => ({ verdict: 'tie', winProbability: likesLength(item) })))
  expect(report.winRate.value).toBeGreaterThan(0.65)
  expect(Math.abs(report.lengthControlled!.winRate - 0.5)).toBeLessThan(0.04)
  expect(report.overall.value).toBe(report.lengthControlled!.winRate)
})

test('verdicts count 1, ½ and 0; what was not judged does not count', () => {
  const rows = alpacaEval.rows(
    Array.from({ length: 4 }, () => ({ instruction: 'i', output_1: 'b', output_2: 'm' })),
  )
  const { items, score } = alpacaEval.tasks.pairs.plan(rows, some)
  const model = (i: number) => (items[i]!.a === 'm' ? 'a' : 'b')
  const report = score([{ verdict: model(0) }, { verdict: 'tie' }, { verdict: 'abstained' }, null])
  expect(report).toMatchObject({ winRate: { value: 0.75 }, wins: 1, draws: 1, lengthControlled: null })
  expect(report.counts).toMatchObject({ abstained: 1, failed: 1 })
  expect(report.overall.value).toBe(0.75)
  expect(() => score([{ verdict: 'a', winProbability: 2 }, null, null, null])).toThrow('outcomes[0]')
})

test('refuses rows by row and field', () => {
  const row = { instruction: 'i', output_1: 'b', output_2: 'm' }
  expect(() => alpacaEval.rows([row, { ...row, preference: 3 }])).toThrow('row 2: preference is 3')
})
