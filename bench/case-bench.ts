import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectedValues, firstValues, relativeDifference } from './agreement.ts'
import type { BenchCase } from './cases.ts'
import { makeArrays } from './data.ts'
import type { PeerRequest } from './peer.ts'
import { type PeerCommand, type RunningPeer, startPeer } from './peer-process.ts'
import { ratioOf, type Spread } from './statistics.ts'
import { type Effort, timeInTurns } from './turns.ts'

/** prefkit against one peer. */
export interface Comparison {
  readonly bench: string
  readonly threads: number
  /** prefkit's backend. */
  readonly backend: string
  readonly peer: string
  readonly description?: string
  /** Time of the peer's step ÷ time of prefkit's. */
  readonly ratio?: Spread
  readonly target?: number
  /** Largest relative difference from prefkit's numbers, over the first steps. */
  readonly difference?: number
  /** Why there is no ratio. */
  readonly skipped?: string
}

/**
 * Largest relative difference allowed between the numbers of two peers. f32 sums in another order differ by 1e-6 after
 * five steps; jax-js, whose exponential is a shorter polynomial, by 1e-5.
 */
const tolerance = 2e-5

/** Lets `use` have a folder with the arrays that all peers start from, little-endian. */
export async function withData<Result>(
  spec: BenchCase,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'prefkit-bench-'))
  try {
    for (const [name, array] of Object.entries(makeArrays(spec)))
      writeFileSync(join(folder, `${name}.f32`), array)
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Times the case with prefkit and each peer in turns; peers that cannot run are reported with the reason. */
export function benchCase(
  spec: BenchCase,
  threads: number,
  [prefkit, ...peers]: readonly PeerCommand[],
  effort: Effort,
): Promise<Comparison[]> {
  return withData(spec, async (folder) => {
    const comparisons: Comparison[] = []
    for (const peer of peers) {
      const base = {
        bench: spec.name,
        threads,
        backend: prefkit!.name,
        peer: peer.name,
        target: spec.targets[peer.name],
      }
      const skipped = prefkit!.missing ?? peer.missing
      comparisons.push(
        skipped
          ? { ...base, skipped }
          : { ...base, ...(await compare(prefkit!, peer, { ...spec, folder, threads }, effort)) },
      )
    }
    return comparisons
  })
}

async function compare(prefkit: PeerCommand, peer: PeerCommand, request: PeerRequest, effort: Effort) {
  const running: RunningPeer[] = []
  try {
    for (const command of [prefkit, peer]) running.push(await startPeer(command, request))
    const [ours, theirs] = running as [RunningPeer, RunningPeer]
    const difference = await checkAgreement(request, ours, theirs)
    const units = [request.kind === 'training' ? (request.stepsPerCall ?? 1) : 1, 1]
    const [our, their] = await timeInTurns(running, effort, units)
    return { description: theirs.description, ratio: ratioOf(their!, our!), difference }
  } finally {
    await Promise.all(running.map((one) => one.stop()))
  }
}

/** @throws Error when the two do not compute the same thing. */
async function checkAgreement(spec: BenchCase, ours: RunningPeer, theirs: RunningPeer): Promise<number> {
  const expected = await expectedValues(spec, ours)
  const values = await firstValues(spec, theirs, expected.length)
  const difference = relativeDifference(expected, values)
  if (difference <= tolerance) return difference
  throw new Error(
    `${spec.name}: the numbers of ${theirs.name} differ by ${difference}, more than ${tolerance}:\n` +
      `${ours.description}: ${expected.join(' ')}\n${theirs.description}: ${values.join(' ')}`,
  )
}
