import { availableParallelism } from 'node:os'
import type { Page } from 'playwright-core'
import { expectedValues, firstValues, relativeDifference } from '../agreement.ts'
import { withData } from '../case-bench.ts'
import type { BenchCase } from '../cases.ts'
import { backendCommands, startPeer } from '../peer-process.ts'
import { ratioOf, type Spread, summarize } from '../statistics.ts'
import { type Contender, type Effort, timeInTurns } from '../turns.ts'
import type { BrowserContender } from './contenders.ts'
import type { PageBench } from './page/main.ts'

/** One library on one backend, in one case. */
export interface BrowserTimes {
  readonly bench: string
  readonly contender: string
  readonly description?: string
  /** Of a step, over the rounds. */
  readonly milliseconds?: Spread
  /** Largest relative difference from the numbers of prefkit's native backend in Node. */
  readonly difference?: number
  /** Why it was not timed. */
  readonly skipped?: string
}

/** prefkit in one mode against one peer. */
export interface BrowserRatio {
  readonly bench: string
  readonly prefkit: string
  readonly peer: string
  /** Time of the peer's step ÷ time of prefkit's. */
  readonly ratio: Spread
}

export interface BrowserResults {
  readonly times: readonly BrowserTimes[]
  readonly ratios: readonly BrowserRatio[]
}

/**
 * Largest relative difference allowed. Exponentials and roots of GPUs are rounded more coarsely than a processor's:
 * WebGPU allows an exponential 3 + 2·|x| units in the last place.
 */
const tolerance = 1e-4

type Ready = Contender & { readonly difference: number }

const inPage = ({ library, mode }: BrowserContender, page: Page) => ({
  prepare: (spec: BenchCase): Promise<string> =>
    page.evaluate(([name, on, what]) => window.bench.prepare(name, on, what), [library, mode, spec] as const),
  steps: (count: number) =>
    page.evaluate(([name, on, many]) => window.bench.steps(name, on, many), [library, mode, count] as const),
})

/** The numbers that all must come to, from the backend that the tests check most. */
const expectedOf = (spec: BenchCase): Promise<readonly number[]> =>
  withData(spec, async (folder) => {
    const threads = availableParallelism()
    const native = await startPeer(backendCommands()[0]!, { ...spec, folder, threads })
    try {
      return await expectedValues(spec, native)
    } finally {
      await native.stop()
    }
  })

/** Prepares the case and takes the first steps. @throws Error when it does not run here. */
async function makeReady(
  contender: BrowserContender,
  page: Page,
  spec: BenchCase,
  expected: readonly number[],
): Promise<Ready> {
  const { prepare, steps } = inPage(contender, page)
  const ready = { name: contender.name, description: await prepare(spec), steps }
  const values = await firstValues(spec, ready, expected.length)
  return { ...ready, difference: relativeDifference(expected, values) }
}

const reasonOf = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .split('\n')[0]!
    .replace(/^page\.evaluate: (Error: )?/, '')

/** Times the case with all contenders in one page, in turns; those that cannot run are reported with the reason. */
export async function compareInBrowser(
  spec: BenchCase,
  contenders: readonly BrowserContender[],
  page: Page,
  effort: Effort,
  note: (text: string) => void,
): Promise<BrowserResults> {
  const expected = await expectedOf(spec)
  const ready: Ready[] = []
  const skipped: BrowserTimes[] = []
  for (const contender of contenders) {
    const base = { bench: spec.name, contender: contender.name }
    try {
      note(`${spec.name}: ${contender.name} …`)
      const one = await makeReady(contender, page, spec, expected)
      const { difference } = one
      if (difference <= tolerance) ready.push(one)
      else skipped.push({ ...base, difference, skipped: `its numbers differ by ${difference}` })
    } catch (error) {
      skipped.push({ ...base, skipped: reasonOf(error) })
    }
  }
  note(`${spec.name}: ${effort.rounds} rounds …`)
  const seconds = await timeInTurns(ready, effort)
  const times = ready.map(
    ({ name, description, difference }, i): BrowserTimes => ({
      bench: spec.name,
      contender: name,
      description,
      milliseconds: summarize(seconds[i]!.map((each) => 1000 * each)),
      difference,
    }),
  )
  return { times: [...times, ...skipped], ratios: ratiosOf(spec.name, ready, seconds) }
}

function ratiosOf(bench: string, ready: readonly Ready[], seconds: readonly number[][]): BrowserRatio[] {
  const all = ready.map(({ name }, i) => ({ name, taken: seconds[i]! }))
  const ours = all.filter(({ name }) => name.startsWith('prefkit-'))
  const peers = all.filter((each) => !ours.includes(each))
  return peers.flatMap((peer) =>
    ours.map((our) => ({
      bench,
      prefkit: our.name,
      peer: peer.name,
      ratio: ratioOf(peer.taken, our.taken),
    })),
  )
}

declare global {
  /** The page's. */
  interface Window {
    readonly bench: PageBench
  }
}
