import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { TrainingCase } from './cases.ts'
import { writeData } from './data.ts'
import { type PeerCommand, type RunningPeer, type StepTimes, startPeer } from './peer-process.ts'
import { type Ratio, summarize } from './statistics.ts'

/** How long to measure. */
export interface Effort {
  readonly rounds: number
  /** Seconds that a turn of a peer should take; a turn is at least one step. */
  readonly turnSeconds: number
}

/** prefkit against one peer. */
export interface Comparison {
  readonly bench: string
  readonly threads: number
  readonly peer: string
  readonly description?: string
  /** Time of the peer's step ÷ time of prefkit's. */
  readonly ratio?: Ratio
  readonly target?: number
  /** Largest relative difference of a loss from prefkit's, over the first steps. */
  readonly lossDifference?: number
  /** Why there is no ratio. */
  readonly skipped?: string
}

/**
 * Largest relative difference allowed between the losses of two peers. f32 sums in another order differ by 1e-6 after
 * five steps; jax-js, whose exponential is a shorter polynomial, by 1e-5.
 */
const lossTolerance = 2e-5

/** Steps whose losses are compared, or as many as a call takes; a peer that is slower than `patience` shows two. */
const comparedSteps = 5
/** Seconds. */
const patience = 30

/** Rounds against a peer whose step takes many turns. */
const fewestRounds = 3

/** Threads that wait for work spin for a while: they must not take cores from the next peer. */
const settleMilliseconds = 100

/** Times the case with prefkit and each peer in turns; peers that cannot run are reported with the reason. */
export async function benchTraining(
  spec: TrainingCase,
  threads: number,
  [prefkit, ...peers]: readonly PeerCommand[],
  effort: Effort,
): Promise<Comparison[]> {
  const { stepsPerCall = 1 } = spec
  const folder = mkdtempSync(join(tmpdir(), 'prefkit-bench-'))
  try {
    writeData(folder, spec)
    const comparisons: Comparison[] = []
    for (const peer of peers) {
      const base = { bench: spec.name, threads, peer: peer.name, target: spec.targets[peer.name] }
      if (peer.missing) {
        comparisons.push({ ...base, skipped: peer.missing })
        continue
      }
      const request = { ...spec, folder, threads }
      const ours = await startPeer(prefkit!, request)
      const theirs = await startPeer(peer, request)
      const count = Math.max(comparedSteps, stepsPerCall)
      const ourLosses = (await ours.steps(count)).losses
      const lossDifference = compareLosses(
        spec.name,
        ours,
        ourLosses,
        theirs,
        await firstLosses(theirs, count),
      )
      const ratio = await compareTimes(ours, theirs, stepsPerCall, effort)
      comparisons.push({ ...base, description: theirs.description, ratio, lossDifference })
      await Promise.all([ours.stop(), theirs.stop()])
    }
    return comparisons
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The first losses, which are also the warm-up; fewer of a peer that takes minutes. */
async function firstLosses(peer: RunningPeer, count: number): Promise<number[]> {
  const losses: number[] = []
  const start = performance.now()
  while (losses.length < count && (losses.length < 2 || performance.now() - start < patience * 1000))
    losses.push(...(await peer.steps(1)).losses)
  return losses
}

/** @throws Error when the two do not compute the same thing. */
function compareLosses(
  bench: string,
  ours: RunningPeer,
  ourLosses: readonly number[],
  theirs: RunningPeer,
  theirLosses: readonly number[],
): number {
  const shared = ourLosses.slice(0, theirLosses.length)
  const difference = Math.max(...shared.map((loss, i) => Math.abs(theirLosses[i]! / loss - 1)))
  if (difference <= lossTolerance) return difference
  throw new Error(
    `${bench}: losses of ${theirs.name} differ by ${difference}, more than ${lossTolerance}:\n` +
      `${ours.description}: ${ourLosses.join(' ')}\n${theirs.description}: ${theirLosses.join(' ')}`,
  )
}

/** Each round is a turn of both, in alternating order; what disturbs the machine for longer disturbs both. */
async function compareTimes(
  ours: RunningPeer,
  theirs: RunningPeer,
  stepsPerCall: number,
  effort: Effort,
): Promise<Ratio> {
  const counts = [await stepsPerTurn(ours, stepsPerCall, effort), await stepsPerTurn(theirs, 1, effort)]
  const ratios: number[] = []
  let slowest = 0
  for (let round = 0; round < effort.rounds; round++) {
    // A step of many turns' length averages out by itself what rounds are for.
    if (round >= fewestRounds && slowest > 5 * effort.turnSeconds) break
    const order = round % 2 === 0 ? [0, 1] : [1, 0]
    const seconds = [0, 0]
    for (const i of order) {
      await pause(settleMilliseconds)
      seconds[i] = secondsPerStep(await [ours, theirs][i]!.steps(counts[i]!))
    }
    ratios.push(seconds[1]! / seconds[0]!)
    slowest = Math.max(...seconds)
  }
  return summarize(ratios)
}

/** The second estimate counts: by then what a runtime compiles as it goes has been compiled. */
async function stepsPerTurn(peer: RunningPeer, unit: number, { turnSeconds }: Effort): Promise<number> {
  const count = (times: StepTimes) =>
    unit * Math.max(1, Math.round(turnSeconds / secondsPerStep(times) / unit))
  const rough = count(await peer.steps(1))
  return rough === 1 ? 1 : count(await peer.steps(rough))
}

const secondsPerStep = ({ losses, seconds }: StepTimes): number => seconds / losses.length
