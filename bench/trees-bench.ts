// Gradient-boosted trees: prefkit against LightGBM. See README.md.
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { printTable, range, times } from './table.ts'
import { smallCases, treesCases } from './trees/cases.ts'
import type { Measured, Race } from './trees/race.ts'
import { type Agreement, type CaseResult, runCase, type Setting } from './trees/run-case.ts'

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON },
    threads: { type: 'string', default: String(cpus().length) },
    bench: { type: 'string' },
    data: { type: 'string', default: join(import.meta.dirname, '.data') },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    small: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const list = (text: string | undefined): string[] | undefined => text?.split(',')
const path = (file: string) => join(import.meta.dirname, 'peers', file)

/** Scores may be apart by this part of theirs, predictions with one model by rounding. */
const tolerance = { scores: 1e-3, predictions: 1e-12 }

/** What is not the same that should be. */
function disagreements({ scores, trees, predictions, sameWhateverThreads }: Agreement): string[] {
  const apart = (score: 'auc' | 'logLoss') => Math.abs(scores.ours[score] / scores.theirs[score] - 1)
  const all: readonly (readonly [agrees: boolean, text: string])[] = [
    [trees.equal > 0, 'the first tree has other splits'],
    [apart('auc') <= tolerance.scores, `AUC is ${scores.ours.auc}, not ${scores.theirs.auc}`],
    [
      apart('logLoss') <= tolerance.scores,
      `log-loss is ${scores.ours.logLoss}, not ${scores.theirs.logLoss}`,
    ],
    [predictions <= tolerance.predictions, `predictions of LightGBM's model are ${predictions} apart`],
    [sameWhateverThreads, 'the model is another with 1 thread than with 2'],
  ]
  return all.flatMap(([agrees, text]) => (agrees ? [] : [text]))
}

const memory = (bytes: number | undefined): string =>
  bytes === undefined ? '' : (bytes / 2 ** 20).toFixed(0)

function raceRow(what: string, threads: number, { ratio, ours, theirs }: Race): string[] {
  const both = (tell: (one: Measured) => string) => `${tell(ours)}, ${tell(theirs)}`
  const total = ({ seconds }: Measured) => seconds.reduce((sum, part) => sum + part, 0)
  const before = ({ seconds }: Measured) => (seconds.length > 1 ? seconds[0]!.toPrecision(3) : '')
  return [
    ...[what, String(threads), times(ratio.median), range(ratio), ratio.median >= 1 ? 'met' : 'missed'],
    ...[both((one) => total(one).toPrecision(3)), ours.seconds.length > 1 ? both(before) : ''],
    ...[both(({ firstPeak }) => memory(firstPeak)), both(({ lastPeak }) => memory(lastPeak))],
    ours.firstPeak && theirs.firstPeak ? times(ours.firstPeak / theirs.firstPeak) : '',
  ]
}

function agreementRow({ name, agreement }: CaseResult): string[] {
  const { scores, trees, predictions, sameWhateverThreads } = agreement
  const both = (score: 'auc' | 'logLoss') =>
    `${scores.ours[score].toFixed(6)}, ${scores.theirs[score].toFixed(6)}`
  return [
    ...[name, both('auc'), both('logLoss'), `${trees.equal} of ${trees.all}`],
    ...[predictions.toExponential(0), sameWhateverThreads ? 'the same' : 'not the same'],
  ]
}

function print(results: readonly CaseResult[]): void {
  const peaks = ['peak of one, MiB', 'of all, MiB', "of LightGBM's"]
  printTable([
    ['bench', 'threads', 'prefkit is', 'rounds', '1×', 's', 'before iteration 1', ...peaks],
    ...results.flatMap(({ name, threads, races }) =>
      Object.entries(races).map(([what, one]) => raceRow(`${name}, ${what}`, threads, one)),
    ),
  ])
  console.log()
  printTable([
    ['held out', 'AUC', 'log-loss', 'first trees equal', 'one model, apart', '1 and 2 threads'],
    ...results.map(agreementRow),
  ])
  console.log(
    "\nN×: LightGBM's time ÷ prefkit's, median of the rounds, and all rounds; then prefkit's and LightGBM's.",
  )
}

const { python } = options
if (!python) throw new Error('--python: expected a Python that has requirements-trees.txt; see README.md')
const effort = { rounds: Number(options.rounds), turnSeconds: Number(options.seconds) }
const before = loadavg()[0]!
const results: CaseResult[] = []
for (const spec of options.small ? smallCases : treesCases) {
  if (list(options.bench)?.includes(spec.name) === false) continue
  for (const threads of list(options.threads)!.map(Number)) {
    console.error(`${spec.name}, ${threads} thread(s), load ${loadavg()[0]!.toFixed(1)} …`)
    const setting: Setting = {
      ours: { name: 'prefkit', command: process.execPath, args: [path('prefkit-trees.ts')] },
      theirs: { name: 'lightgbm', command: python, args: [path('lightgbm_trees.py')] },
      ...{ threads, effort, data: options.data },
    }
    results.push(await runCase(spec, setting))
  }
}
const load = [before, loadavg()[0]!]
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, load }
if (options.json) console.log(JSON.stringify({ machine, effort, results }, null, 2))
else {
  print(results)
  console.log(
    `${machine.cpu}, ${machine.cores} cores, load ${load.map((l) => l.toFixed(1)).join(' before, ')} after.`,
  )
}
const wrong = results.flatMap(({ name, agreement }) =>
  disagreements(agreement).map((text) => `${name}: ${text}`),
)
if (wrong.length > 0) throw new Error(`the work is not the same: ${wrong.join('; ')}`)
