import { type RunningPeer, startPeer } from '../peer-process.ts'
import { type Spread, summarize } from '../statistics.ts'
import type { Contender, StepTimes } from '../turns.ts'
import type { TreesRequest } from './cases.ts'

/** Who trains and predicts, and how it is started. */
export interface TreesPeer {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

/** A peer that times its steps itself, and has taken one. */
export interface TimedPeer extends Contender {
  /** Bytes resident at most after the first step, what was loaded included; undefined where the system does not say. */
  readonly firstPeak: number | undefined
  /** The same, until now. */
  peakMemory(): number | undefined
  /** Seconds of each part of a step, by turn. */
  readonly parts: readonly (readonly number[])[]
  stop(): Promise<void>
}

/** Starts a peer, and lets it take a step, which is not among those that count. */
export async function startTimed(peer: TreesPeer, request: TreesRequest): Promise<TimedPeer> {
  const running = await startPeer(peer, request)
  let first: StepTimes | undefined
  try {
    first = await running.steps(1)
  } catch (error) {
    await running.stop()
    throw error
  }
  const { name, description, peakMemory, stop } = running
  const parts: (readonly number[])[] = []
  return {
    ...{ name, description, peakMemory, stop, parts, firstPeak: peakMemory() },
    async steps(count) {
      // The first is how long a step takes, as the turns ask to know.
      const known = count === 1 ? first : undefined
      first = undefined
      const { values } = known ?? (await running.steps(count))
      parts.push(values.map((seconds) => seconds / count))
      return { values, seconds: values.reduce((sum, seconds) => sum + seconds, 0) }
    },
  }
}

/** The seconds of one of the parts, of the last turns: estimates come before them. */
export const partOf = ({ parts }: TimedPeer, part: number, rounds: number): Spread =>
  summarize(parts.slice(-rounds).map((seconds) => seconds[part]!))

/** Lets a peer take one step, and end. */
export async function once(peer: TreesPeer, request: TreesRequest): Promise<void> {
  const running: RunningPeer = await startPeer(peer, request)
  try {
    await running.steps(1)
  } finally {
    await running.stop()
  }
}
