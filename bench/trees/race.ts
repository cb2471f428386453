import { ratioOf, type Spread } from '../statistics.ts'
import { type Effort, timeInTurns } from '../turns.ts'
import type { TreesRequest } from './cases.ts'
import { partOf, startTimed, type TimedPeer, type TreesPeer } from './timed-peer.ts'

/** What one did. */
export interface Measured {
  readonly description: string
  /** Of each part of a step, the median of the rounds. */
  readonly seconds: readonly number[]
  /** Bytes resident at most after the first step, what was loaded included; undefined where the system does not say. */
  readonly firstPeak: number | undefined
  /** The same after all steps. */
  readonly lastPeak: number | undefined
}

/** prefkit against LightGBM. */
export interface Race {
  /** LightGBM's time ÷ prefkit's. */
  readonly ratio: Spread
  readonly ours: Measured
  readonly theirs: Measured
}

/** Who races, prefkit first, and what each is asked to do. */
export type Sides = readonly [ours: [TreesPeer, TreesRequest], theirs: [TreesPeer, TreesRequest]]

function measured(peer: TimedPeer, rounds: number): Measured {
  const seconds = peer.parts[0]!.map((_, part) => partOf(peer, part, rounds).median)
  const { description, firstPeak } = peer
  return { description, seconds, firstPeak, lastPeak: peer.peakMemory() }
}

/** Lets both take turns, each in a process of its own that has taken one step before. */
export async function race([ours, theirs]: Sides, effort: Effort): Promise<Race> {
  const running: TimedPeer[] = []
  try {
    for (const [peer, request] of [ours, theirs]) running.push(await startTimed(peer, request))
    const taken = await timeInTurns(running, effort)
    const [own, other] = running.map((peer, i) => measured(peer, taken[i]!.length))
    return { ratio: ratioOf(taken[1]!, taken[0]!), ours: own!, theirs: other! }
  } finally {
    await Promise.all(running.map((peer) => peer.stop()))
  }
}
