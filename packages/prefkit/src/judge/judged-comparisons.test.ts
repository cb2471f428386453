import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadComparisons, type WritableDialect, writeComparisons } from '@prefkit/datasets'
import type { PairJudgement } from '@prefkit/judges'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type IdentifiedPair, judgedComparisons } from './judged-comparisons'

const usage = { calls: 2, cachedCalls: 0, promptTokens: 0, completionTokens: 0 }

const judgement = (verdict: PairJudgement['verdict'], ...readings: number[]): PairJudgement => ({
  verdict,
  ...(readings.length > 0 && { winProbability: readings.reduce((sum, p) => sum + p, 0) / readings.length }),
  provenance: 'top-k',
  readings: readings.map((winProbability) => ({ provenance: 'top-k', winProbability })),
  usage,
})

const pair = (id: string, a = `A of ${id}`, b = `B of ${id}`): IdentifiedPair => ({
  id,
  item: { prompt: `Question ${id}?`, a, b },
  source: 'unit',
})

describe('judgedComparisons', () => {
  it('has the preferred response as chosen, with its win probability and the votes of both orders', () => {
    const judgements = [judgement('a', 0.75, 0.5), judgement('b', 0.375, 0.5), judgement('b', 0.625, 0.125)]
    const { comparisons, left } = judgedComparisons([pair('1'), pair('2'), pair('3')], judgements, {
      annotator: 'judge',
    })
    const vote = (verdict: string) => ({ verdict, annotator: 'judge' })
    const shared = { annotator: 'judge', source: 'unit', tags: { provenance: 'top-k' } }
    expect(comparisons).toEqual([
      {
        ...{ id: '1', prompt: 'Question 1?', chosen: 'A of 1', rejected: 'B of 1', preference: 0.625 },
        ...{ ...shared, votes: [vote('chosen'), vote('tie')] },
      },
      {
        ...{ id: '2', prompt: 'Question 2?', chosen: 'B of 2', rejected: 'A of 2', preference: 0.5625 },
        ...{ ...shared, votes: [vote('chosen'), vote('tie')] },
      },
      {
        ...{ id: '3', prompt: 'Question 3?', chosen: 'B of 3', rejected: 'A of 3', preference: 0.625 },
        ...{ ...shared, votes: [vote('rejected'), vote('chosen')] },
      },
    ])
    expect(left).toEqual({ abstained: 0, ties: 0, belowMargin: 0 })
  })

  it('leaves out and counts what has no preference, or less than was asked for', () => {
    const judgements = [
      judgement('abstained', 0.9),
      judgement('tie', 0.5, 0.5),
      judgement('a', 0.7),
      judgement('b', 0.3),
      judgement('a', 0.75),
      judgement('b', 0.1),
      judgement('a'),
    ]
    const pairs = judgements.map((_, index) => pair(`${index}`))
    const { comparisons, left } = judgedComparisons(pairs, judgements, { minMargin: 0.5 })
    expect(comparisons.map(({ id }) => id)).toEqual(['4', '5', '6'])
    expect(left).toEqual({ abstained: 1, ties: 1, belowMargin: 2 })
    expect(comparisons[2]).not.toHaveProperty('preference')
    expect(comparisons[2]).not.toHaveProperty('votes')
    expect(comparisons[2]).not.toHaveProperty('annotator')
  })

  it('keeps ties when asked, whatever the margin', () => {
    const { comparisons } = judgedComparisons([pair('1')], [judgement('tie', 0.5)], {
      ties: 'keep',
      minMargin: 0.9,
    })
    expect(comparisons).toMatchObject([{ chosen: 'A of 1', preference: 0.5, votes: [{ verdict: 'tie' }] }])
  })

  it('says the same of a pair whose responses change places', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true }).filter((p) => p !== 0.5)
    fc.assert(
      fc.property(probability, (p) => {
        const verdict = p > 0.5 ? 'a' : 'b'
        const other = p > 0.5 ? 'b' : 'a'
        const [one] = judgedComparisons([pair('1', 'x', 'y')], [judgement(verdict, p)]).comparisons
        const [two] = judgedComparisons([pair('1', 'y', 'x')], [judgement(other, 1 - p)]).comparisons
        expect(two).toMatchObject({ chosen: one?.chosen, rejected: one?.rejected })
        expect(two?.preference).toBeCloseTo(one?.preference as number, 12)
        expect(one?.preference).toBeGreaterThanOrEqual(0.5)
      }),
    )
  })

  it('refuses lists of different lengths, and options that are none', () => {
    expect(() => judgedComparisons([pair('1')], [])).toThrow(/1 pairs and 0 judgements/)
    const refused = (options: object) => () => judgedComparisons([], [], options)
    expect(refused({ minMargin: 2 })).toThrow(/judgedComparisons: minMargin/)
    expect(refused({ ties: 'half' })).toThrow(/judgedComparisons: ties/)
    expect(refused({ margin: 0.1 })).toThrow(/margin/)
    expect(refused({ margin: 0.1 })).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG' }))
  })
})

describe('judged pairs written for trainers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prefkit-judged-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const conversation: IdentifiedPair = {
    id: 'chat',
    item: {
      prompt: [
        { role: 'user', content: 'Hello.' },
        { role: 'assistant', content: 'Hi!' },
        { role: 'user', content: 'A word?\nOr two?' },
      ],
      a: 'One “word”.',
      b: 'Two\n\nparagraphs.',
    },
  }
  const pairs = [pair('1'), conversation, pair('3')]
  const judgements = [judgement('a', 0.75), judgement('b', 0.25), judgement('tie', 0.5)]
  const { comparisons } = judgedComparisons(pairs, judgements, { annotator: 'judge' })

  const write = async (dialect: WritableDialect) => {
    const file = join(folder, `${dialect}.jsonl`)
    const report = await writeComparisons(file, comparisons, { dialect })
    expect(report).toMatchObject({ written: 2, skipped: 0 })
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    const { comparisons: read } = await loadComparisons(file)
    return { rows: lines.map((line) => JSON.parse(line)), read }
  }
  const user = (content: string) => ({ role: 'user', content })
  const messagesOf = ({ prompt }: { prompt: unknown }) =>
    typeof prompt === 'string' ? [user(prompt)] : prompt

  it.each(['trl', 'trl-conversational', 'openai-dpo', 'hh'] as const)(
    'comes back from %s',
    async (dialect) => {
      const { read } = await write(dialect)
      const texts = read.map(({ chosen, rejected }) => ({ chosen, rejected }))
      expect(texts).toEqual([
        { chosen: 'A of 1', rejected: 'B of 1' },
        { chosen: 'Two\n\nparagraphs.', rejected: 'One “word”.' },
      ])
      expect(messagesOf(read[0]!)).toEqual([user('Question 1?')])
    },
  )

  it.each(['trl-conversational', 'openai-dpo', 'hh'] as const)('keeps the turns in %s', async (dialect) => {
    const { read } = await write(dialect)
    expect(messagesOf(read[1]!)).toEqual(conversation.item.prompt)
  })

  it.each(['trl', 'trl-conversational', 'hh'] as const)('keeps who judged in %s', async (dialect) => {
    const { read } = await write(dialect)
    expect(read).toMatchObject([
      { id: '1', annotator: 'judge', source: 'unit' },
      { id: 'chat', annotator: 'judge' },
    ])
  })

  it('has the fields that OpenAI, TRL and HH have', async () => {
    expect((await write('openai-dpo')).rows[0]).toEqual({
      input: { messages: [user('Question 1?')] },
      preferred_output: [{ role: 'assistant', content: 'A of 1' }],
      non_preferred_output: [{ role: 'assistant', content: 'B of 1' }],
    })
    expect((await write('trl')).rows[0]).toMatchObject({
      prompt: 'Question 1?',
      chosen: 'A of 1',
      rejected: 'B of 1',
    })
    expect((await write('hh')).rows[0]).toMatchObject({
      chosen: '\n\nHuman: Question 1?\n\nAssistant: A of 1',
      rejected: '\n\nHuman: Question 1?\n\nAssistant: B of 1',
    })
  })
})
