import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type PairAnswer, type Parsed, parseLlmbarVerdict, parsePreference } from '../index'

/** One pair, judged in both orders; winners are 1 or 2, the item's outputs, or null where LLMBar's program read none. */
interface Row {
  readonly id: string
  readonly judge: 'GPT-4' | 'ChatGPT'
  readonly strategy: 'CoT' | 'Vanilla_NoRules'
  readonly text: string
  readonly text_swapped: string
  readonly winner: string | null
  readonly winner_swapped: string | null
}

interface Transcript {
  readonly id: string
  readonly kind: string
  readonly cot: boolean
  readonly text: string
  /** The output that won as it was shown. */
  readonly winner: PairAnswer['preferred'] | undefined
}

/** A winner among the item's outputs as the one shown first or second. */
function shown(winner: string | null, swapped: boolean): Transcript['winner'] {
  if (winner === null) return undefined
  return (Number(winner) === 1) === swapped ? 'b' : 'a'
}

const file = gunzipSync(readFileSync(new URL('goldens/llmbar-transcripts.jsonl.gz', import.meta.url)))
const rows = file
  .toString('utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row)
const transcripts: readonly Transcript[] = rows.flatMap((row) => {
  const { id, judge, strategy } = row
  const common = { id, kind: `${judge} ${strategy}`, cot: strategy === 'CoT' }
  return [
    { ...common, text: row.text, winner: shown(row.winner, false) },
    { ...common, text: row.text_swapped, winner: shown(row.winner_swapped, true) },
  ]
})

function countBy<T>(values: readonly T[], key: (value: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[key(value)] = (counts[key(value)] ?? 0) + 1
  return counts
}

const valueOf = (parsed: Parsed<PairAnswer>) =>
  parsed.status === 'exact' || parsed.status === 'recovered' ? parsed.value.preferred : undefined

describe("LLMBar's transcripts of GPT-4 and ChatGPT", () => {
  it('are all there', () => {
    expect([rows.length, transcripts.length]).toEqual([1676, 3352])
    expect(transcripts.filter(({ winner }) => winner === undefined)).toHaveLength(5)
  })

  it('have the winners that its own rule reads, every one', () => {
    const other = transcripts.filter(
      ({ text, cot, winner }) => parseLlmbarVerdict(text, cot ? 'cot' : 'vanilla')?.preferred !== winner,
    )
    expect(other).toEqual([])
  })

  it('have the same winners by the stricter parser, which has an answer for all that have one', () => {
    const read = transcripts.map((transcript) => {
      const labels = { a: 'Output (a)', b: 'Output (b)' }
      const parsed = parsePreference(
        transcript.text,
        transcript.cot ? { labels, sentence: '{label} is better.' } : { labels },
      )
      return { ...transcript, parsed }
    })
    expect(countBy(read, ({ kind, parsed }) => `${kind} ${parsed.status}`)).toEqual({
      'GPT-4 CoT exact': 838,
      'GPT-4 Vanilla_NoRules exact': 838,
      'ChatGPT CoT exact': 776,
      'ChatGPT CoT recovered': 57,
      'ChatGPT CoT missing': 5,
      'ChatGPT Vanilla_NoRules exact': 838,
    })
    expect(read.filter(({ parsed, winner }) => valueOf(parsed) !== winner)).toEqual([])
  })

  it('have the same winners when other labels, and a tag that nobody wrote, were asked for; one text is cut off before', () => {
    const read = transcripts.map((transcript) => ({
      ...transcript,
      parsed: parsePreference(transcript.text, { labels: { a: 'A', b: 'B' }, tag: 'answer' }),
    }))
    expect(countBy(read, ({ parsed }) => parsed.status)).toEqual({ recovered: 3347, missing: 5 })
    expect(read.filter(({ parsed, winner }) => valueOf(parsed) !== winner)).toEqual([])
  })
})
