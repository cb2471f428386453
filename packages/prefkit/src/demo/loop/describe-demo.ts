import { formatTable, percent } from '../../cli/format-table'
import type { SampleRow } from '../../loop/run/driver/run-event'
import { readRunRows } from '../../loop/run/driver/run-journal'
import type { LoopRun } from '../../loop/run/run-loop'

/** A number of an evaluation, and what it is of. */
interface Measure {
  readonly name: string
  readonly key: string
  readonly shown: (value: number) => string
  readonly of: string
}

/** Without a sign before 0. */
const decimals = (value: number): string => (Math.round(100 * value) / 100 + 0).toFixed(2)

/** What the policy came to, in the order of how much it says. */
const measures: readonly Measure[] = [
  {
    name: 'win probability',
    key: 'rewards/winProbability/mean',
    shown: percent,
    of: 'against the best of 4, by the judge: what the policy learns from',
  },
  {
    name: 'golden reward',
    key: 'rewards/golden/mean',
    shown: decimals,
    of: "the simulated readers' own taste, which the policy never sees",
  },
  { name: 'KL', key: 'kl', shown: decimals, of: 'from the model that it began as, in nats a story' },
]

/** Stories that are shown, the first of each of so many prompts. */
const shownPrompts = 2

const firsts = (rows: readonly SampleRow[]): SampleRow[] =>
  rows.filter(({ promptId }, i) => rows.findIndex((row) => row.promptId === promptId) === i)

/** Stories to the same prompts, before and after. */
async function storiesText(path: string): Promise<string> {
  const rows = (await readRunRows(path, 'samples')).filter(({ stage }) => stage === 'evaluation')
  const at = (step: number) => firsts(rows.filter((row) => row.step === step))
  const [before, after] = [at(1), at(2)]
  const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
  return before
    .slice(0, shownPrompts)
    .map(({ prompt, response }, i) =>
      [prompt, `  before: ${oneLine(response)}`, `  after:  ${oneLine(after[i]!.response)}`].join('\n'),
    )
    .join('\n\n')
}

/** What the demo came to: numbers before and after on prompts that nothing was learned from, stories, and where the rest is. */
export async function describeDemo({ run, results }: LoopRun): Promise<string> {
  const { summary } = results.find(({ stage }) => stage === 'evaluation')!
  // What the stage says of an evaluation is numbers.
  const valueOf = (when: string, key: string): number => summary[`${when}/eval_${key}`] as number
  const rows = measures.map(({ name, key, shown }) => [
    name,
    shown(valueOf('before', key)),
    shown(valueOf('after', key)),
  ])
  const table = formatTable([['on held-out prompts', 'before', 'after'], ...rows])
  const [head, ...lines] = table.split('\n')
  const told = lines.map((line, i) => `${line}   ${measures[i]!.of}`)
  return [head, ...told, '', await storiesText(run.path), '', `run:    ${run.path}`].join('\n')
}
