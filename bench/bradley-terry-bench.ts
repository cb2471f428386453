// Bradley–Terry strengths of 200 players from 100,000 comparisons, prefkit against each algorithm of choix:
// node bradley-terry-bench.ts --python PATH, a Python that has choix 0.4.1. Numbers agree before anything is timed. Who takes
// more than five seconds a fit has three rounds.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { bradleyTerryIntervals, fitBradleyTerry } from '../packages/noise/dist/index.js'
import { ratioOf } from './statistics.ts'
import { printTable, range, times } from './table.ts'
import { type Contender, type Effort, type StepTimes, timeInTurns } from './turns.ts'

const algorithms = ['ilsr_pairwise', 'ilsr_pairwise_dense', 'mm_pairwise', 'opt_pairwise'] as const

/** Largest difference between two strengths, whose standard errors are 0.07: `opt_pairwise` stops at 4e-5 by default. */
const tolerance = 1e-4

const target = 5

const playerCount = 200

/** Winners and losers of comparisons between players drawn at random, with strengths of standard deviation 0.6. */
function makeComparisons(players: number, count: number) {
  let state = 20_241_104
  // Numerical Recipes' linear congruential generator: the same numbers everywhere, and good enough for a benchmark.
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const strengths = Array.from({ length: players }, () => 1.2 * (uniform() + uniform() + uniform() - 1.5))
  const first = new Int32Array(count)
  const second = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const i = Math.floor(uniform() * players)
    const j = (i + 1 + Math.floor(uniform() * (players - 1))) % players
    const won = uniform() < 1 / (1 + Math.exp(strengths[j]! - strengths[i]!))
    first[row] = won ? i : j
    second[row] = won ? j : i
  }
  return { first, second }
}

type Data = ReturnType<typeof makeComparisons>

/** In the order of the players' numbers: a fit has them as they come. */
function ordered({ players, strengths }: { players: readonly unknown[]; strengths: Float64Array }): number[] {
  const values: number[] = []
  players.forEach((player, i) => {
    values[player as number] = strengths[i]!
  })
  return values
}

function prefkit(data: Data, withErrors: boolean): Contender {
  return {
    name: withErrors ? 'prefkit with standard errors' : 'prefkit',
    description: 'fitBradleyTerry',
    steps: async (count) => {
      const start = performance.now()
      let values: number[] = []
      for (let step = 0; step < count; step++) {
        const fit = fitBradleyTerry(data)
        if (withErrors) bradleyTerryIntervals(fit)
        values = ordered(fit)
      }
      return { values, seconds: (performance.now() - start) / 1000 }
    },
  }
}

/** One answer, a line of JSON, for each question. */
function asker(child: ChildProcess): (question: object) => Promise<unknown> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return async (question) => {
    child.stdin!.write(`${JSON.stringify(question)}\n`)
    const { value, done } = await lines.next()
    if (done) throw new Error('choix_fits.py ended; its last words are above')
    return JSON.parse(value)
  }
}

async function startChoix(python: string, algorithm: string, players: number, { first, second }: Data) {
  const script = join(import.meta.dirname, 'peers', 'choix_fits.py')
  const child = spawn(python, [script, algorithm], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  const ask = asker(child)
  const pairs = Array.from(first, (winner, row) => [winner, second[row]!])
  const { description } = (await ask({ players, pairs })) as { description: string }
  const contender: Contender = {
    name: algorithm,
    description,
    steps: async (steps) => (await ask({ steps })) as StepTimes,
  }
  return { contender, stop: () => child.stdin!.end() }
}

/** @throws Error where strengths differ. */
async function checkAgreement(ours: Contender, theirs: Contender): Promise<number> {
  const [expected, values] = [(await ours.steps(1)).values, (await theirs.steps(1)).values]
  const difference = Math.max(...values.map((value, k) => Math.abs(value - expected[k]!)))
  if (difference <= tolerance) return difference
  throw new Error(`${theirs.name} differs by ${difference}, more than ${tolerance}`)
}

/** The same, saying on stderr who is being timed and how long that took: some fits of choix take many seconds. */
const announced = (contender: Contender, heading: string): Contender => ({
  ...contender,
  steps: async (count) => {
    process.stderr.write(`${heading}: ${count} × ${contender.name} …`)
    const taken = await contender.steps(count)
    process.stderr.write(` ${(taken.seconds / count).toPrecision(3)} s each\n`)
    return taken
  },
})

/** Rows of the table: prefkit without and with standard errors, in turns with one algorithm of choix. */
async function compare(python: string, algorithm: string, data: Data, effort: Effort): Promise<string[][]> {
  const { contender, stop } = await startChoix(python, algorithm, playerCount, data)
  try {
    const heading = `${algorithms.indexOf(algorithm as (typeof algorithms)[number]) + 1} of ${algorithms.length}`
    const theirs = announced(contender, heading)
    const ours = [prefkit(data, false), prefkit(data, true)].map((one) => announced(one, heading))
    const difference = await checkAgreement(ours[0]!, theirs)
    const [their, ...our] = await timeInTurns([theirs, ...ours], effort)
    return ours.map(({ name }, k) => {
      const ratio = ratioOf(their!, our[k]!)
      const met = ratio.median >= target ? 'met' : 'missed'
      const numbers = [times(ratio.median), range(ratio), `${target}× ${met}`, difference.toExponential(1)]
      return [algorithm, name, ...numbers]
    })
  } finally {
    stop()
  }
}

async function main() {
  const { values } = parseArgs({
    options: {
      python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '1' },
    },
  })
  const data = makeComparisons(playerCount, 100_000)
  const effort = { rounds: Number(values.rounds), turnSeconds: Number(values.seconds) }
  const rows = [['choix', 'prefkit', 'choix ÷ prefkit', 'range', 'target', 'difference']]
  for (const algorithm of algorithms) rows.push(...(await compare(values.python, algorithm, data, effort)))
  printTable(rows)
}

await main()
