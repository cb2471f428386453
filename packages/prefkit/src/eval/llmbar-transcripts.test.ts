import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { llmbar, type PairOutcome } from '@prefkit/evals/benchmarks'
import { type ChatModel, generativeJudge, noUsage, type Reading } from '@prefkit/judges'
import { type PairFormat, parseLlmbarVerdict } from '@prefkit/rubrics'
import { expect, test } from 'vitest'

interface Transcript {
  /** Such as `LLMBar/Adversarial/GPTInst/0`. */
  id: string
  judge: 'GPT-4' | 'ChatGPT'
  strategy: 'CoT' | 'Vanilla_NoRules'
  text: string
  text_swapped: string
  /** What the authors' program read, as numbers of outputs, whatever the order. */
  winner: 1 | 2 | null
  winner_swapped: 1 | 2 | null
}

const unzip = (path: string) =>
  gunzipSync(readFileSync(new URL(`../../../${path}`, import.meta.url))).toString('utf8')

// Data of the tests of these packages, each with its licence beside it.
const { labels }: { labels: Record<string, string> } = JSON.parse(
  unzip('evals/src/goldens/llmbar-decisions.json.gz'),
)
const transcripts: Transcript[] = unzip('rubrics/src/parsing/goldens/llmbar-transcripts.jsonl.gz')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))

/** The prompt is which pair is shown and how: the model below looks up what was said about it. */
const formatOf = (strategy: Transcript['strategy']): PairFormat => ({
  name: `LLMBar ${strategy}`,
  render: ({ prompt, a }) => [{ role: 'user', content: JSON.stringify([prompt, a]) }],
  parse: (text) => {
    const value = parseLlmbarVerdict(text, strategy === 'CoT' ? 'cot' : 'vanilla')
    return value ? { status: 'exact', value } : { status: 'missing', reason: 'no verdict' }
  },
})

function recorded(runs: readonly Transcript[]): ChatModel {
  const byId = new Map(runs.map((run) => [run.id, run]))
  return {
    name: 'recorded',
    identity: { model: 'recorded' },
    complete: async ({ messages }) => {
      const [id, first] = JSON.parse(messages[0]!.content) as [string, string]
      const { text, text_swapped } = byId.get(id)!
      return { text: first === 'output 1' ? text : text_swapped, finishReason: 'stop', usage: noUsage }
    },
  }
}

/** A reading says P(output 1 wins); an item of the benchmark wants a verdict on what it shows first. */
function outcomeOf({ first, winProbability }: Reading): PairOutcome {
  if (winProbability === undefined) return null
  return { verdict: (winProbability === 1) === (first === 'a') ? 'a' : 'b' }
}

const winnerOf = ({ winProbability }: Reading) => {
  if (winProbability === undefined) return null
  return winProbability === 1 ? 1 : 2
}

test.each([
  ['GPT-4', 'CoT', 0.8126, 0.8926],
  ['GPT-4', 'Vanilla_NoRules', 0.7649, 0.9117],
  ['ChatGPT', 'CoT', 0.4033, 0.5823],
  ['ChatGPT', 'Vanilla_NoRules', 0.3998, 0.611],
] as const)(
  '%s, %s: transcripts through a judge that swaps give the recorded verdicts, accuracy and consistency',
  async (judgeName, strategy, accuracy, consistency) => {
    const runs = transcripts.filter((run) => run.judge === judgeName && run.strategy === strategy)
    expect(runs).toHaveLength(419)
    const judge = generativeJudge(recorded(runs), formatOf(strategy))
    const judgements = await Promise.all(
      runs.map(({ id }) => judge.compare({ prompt: id, a: 'output 1', b: 'output 2' })),
    )
    expect(judgements.map(({ readings }) => readings.map(winnerOf))).toEqual(
      runs.map(({ winner, winner_swapped }) => [winner, winner_swapped]),
    )
    const rows = llmbar.rows(
      runs.map(({ id }) => {
        const [subset, number] = [id.slice(0, id.lastIndexOf('/')), id.slice(id.lastIndexOf('/') + 1)]
        const label = Number(labels[subset]![Number(number)])
        return { subset, instruction: id, output_1: 'output 1', output_2: 'output 2', label }
      }),
    )
    const { items, score } = llmbar.tasks.pairs.plan(rows, { resamples: 10 })
    expect(items).toHaveLength(838)
    const report = score(judgements.flatMap(({ readings }) => readings.map(outcomeOf)))
    expect(Math.round(1e4 * report.accuracy.value!) / 1e4).toBe(accuracy)
    expect(Math.round(1e4 * report.consistency.value!) / 1e4).toBe(consistency)
  },
)
