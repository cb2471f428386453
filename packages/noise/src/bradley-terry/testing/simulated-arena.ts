import { sigmoid } from '@prefkit/expressions'
import { uniformsFrom } from '../../random/streams'
import type { PairedComparisons } from '../paired-comparisons'

/**
 * Every pair of players `rounds` times, decided by Bradley–Terry. Each outcome is there as often as `copies` says: a cluster
 * of rows of which one says all.
 */
export function simulatedArena(
  strengths: readonly number[],
  { rounds, copies = 1, seed }: { rounds: number; copies?: number; seed: number },
): { comparisons: PairedComparisons; clusters: number[] } {
  const uniform = uniformsFrom([0x6172656e61, seed])
  const columns = { first: [] as number[], second: [] as number[], outcomes: [] as number[] }
  const clusters: number[] = []
  const meet = (i: number, j: number): void => {
    const outcome = Number(uniform() < sigmoid(strengths[i]! - strengths[j]!))
    const cluster = clusters.length
    for (let copy = 0; copy < copies; copy++) {
      columns.first.push(i)
      columns.second.push(j)
      columns.outcomes.push(outcome)
      clusters.push(cluster)
    }
  }
  for (let i = 0; i < strengths.length; i++) {
    for (let j = 0; j < i; j++) for (let round = 0; round < rounds; round++) meet(i, j)
  }
  return { comparisons: columns, clusters }
}
