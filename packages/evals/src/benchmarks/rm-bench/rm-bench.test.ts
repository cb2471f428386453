import { expect, test } from 'vitest'
import { benchmarkGoldens } from '../../goldens/load-benchmarks'
import { rmBench } from './rm-bench'

const styles = (prefix: string) => ['concise', 'plain', 'markdown'].map((style) => `${prefix} ${style}`)
const rowsOf = (domains: readonly string[]) =>
  rmBench.rows(
    domains.map((domain, id) => ({
      id: `${domain}/${id}`,
      domain,
      prompt: 'p',
      chosen: styles('right'),
      rejected: styles('wrong'),
    })),
  )
const some = { resamples: 50 }

test.each(benchmarkGoldens.rmBench.map((golden, i) => [i, golden] as const))(
  'equals RM-Bench: golden %i',
  (_, { domains, scores, total, chat }) => {
    const report = rmBench.tasks.scores.plan(rowsOf(domains), some).score(scores)
    expect(report.overall.value).toBeCloseTo(total.total_avg_acc!, 12)
    for (const level of ['hard', 'normal', 'easy'] as const) {
      expect(report[level].value).toBeCloseTo(total[`${level}_acc`]!, 12)
      const ofChat = report.subsets.find(({ name }) => name === `chat ${level}`)
      expect(ofChat!.value).toBeCloseTo(chat[`${level}_acc`]!, 12)
    }
    expect(report.sections.map(({ name }) => name)).toEqual(['chat', 'math', 'code', 'safety'])
    for (const { name, value } of report.sections) expect(value).toBeCloseTo(total[name]!, 12)
  },
)

test('a judge that sees only style is wrong where style misleads, and ties lose', () => {
  const rows = rowsOf(['chat', 'chat', 'code'])
  const style = (text: string) => ['concise', 'plain', 'markdown'].indexOf(text.split(' ')[1]!)
  const { items, score } = rmBench.tasks.pairs.plan(rows, { ...some, seed: 5 })
  expect(items).toHaveLength(27)
  const report = score(
    items.map(({ a, b }) => {
      const gap = style(a) - style(b)
      return { verdict: gap === 0 ? 'tie' : gap > 0 ? 'a' : 'b' }
    }),
  )
  expect([report.easy.value, report.normal.value, report.hard.value]).toEqual([1, 0, 0])
  expect(report.matrices.chat).toEqual([
    [0, 0, 0],
    [1, 0, 0],
    [1, 1, 0],
  ])
  expect(report.counts).toMatchObject({ rows: 3, ties: 9 })
})

test('a judge that knows what is right scores 1 in any order', () => {
  const { items, score } = rmBench.tasks.pairs.plan(rowsOf(['math', 'safety-refuse']), some)
  const report = score(items.map(({ a }) => ({ verdict: a.startsWith('right') ? 'a' : 'b' })))
  expect(report.overall.value).toBe(1)
})

test('refuses rows by row and field', () => {
  const row = { id: 1, domain: 'chat', prompt: 'p', chosen: styles('a'), rejected: styles('b') }
  expect(() => rmBench.rows([row, { ...row, domain: 'poetry' }])).toThrow('row 2: domain is "poetry"')
  expect(() => rmBench.rows([{ ...row, chosen: ['one'] }])).toThrow('chosen is a list; expected a list of 3')
})
