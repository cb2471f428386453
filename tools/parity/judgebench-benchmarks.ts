// Scores the outputs that JudgeBench publishes of its judges, and compares with what its own program says of them.
//
//     git clone https://github.com/ScalerLab/JudgeBench REPOSITORY
//     node --import ./tools/on-sources.mjs tools/parity/judgebench-benchmarks.ts REPOSITORY
//
// The repository has no licence file, so none of its data are here; the numbers that this prints are in docs/benchmarks.md.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgebench, type PairOutcome } from '@prefkit/evals/benchmarks'

interface Judgment {
  decision: 'A>B' | 'B>A' | 'A=B' | null
  judgment?: { scores?: [number, number] }
}

interface Output {
  judge_name: string
  judgments: (Judgment | null)[]
}

const verdicts: Readonly<Record<string, PairOutcome>> = {
  'A>B': { verdict: 'a' },
  'B>A': { verdict: 'b' },
  'A=B': { verdict: 'tie' },
}

/** One order: by the reward model's scores where the file has them; both: by decisions. */
function score(outputs: readonly Output[]) {
  const rows = judgebench.rows(outputs)
  const scores = outputs.flatMap(({ judgments: [first] }) => first?.judgment?.scores ?? [])
  if (scores.length === 2 * rows.length) return judgebench.tasks.scores.plan(rows).score(scores)
  if (outputs.some(({ judgments }) => judgments.length !== 2)) return undefined
  const said = outputs.flatMap(({ judgments }) => judgments.map((one) => verdicts[one?.decision ?? ''] ?? null))
  return judgebench.tasks.pairs.plan(rows).score(said)
}

const folder = join(process.argv[2] ?? '.', 'outputs')
const percent = (value: number | null) => (value === null ? '-' : (100 * value).toFixed(2)).padStart(6)

for (const file of readdirSync(folder).sort()) {
  const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')
  const report = score(lines.map((line) => JSON.parse(line)))
  const name = file.replace(/^dataset=judgebench,|\.jsonl$/g, '').replaceAll(/\w+=/g, '')
  const values = report ? [report.overall, ...report.sections].map(({ value }) => percent(value)) : ['no both orders']
  console.log(values.join(' '), name)
}
