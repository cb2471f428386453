import { createHash } from 'node:crypto'
import type { RunConfig } from './config/run-config'

/** What a run draws: stages by their names, what judges say, and which comparisons are held out. */
export type Stream =
  | 'comparisons'
  | 'held-out comparisons'
  | 'anchors'
  | 'distilled_responses'
  | 'judge'
  | 'judgements'
  | 'policy'
  | 'evaluation'

/**
 * The seed of what is drawn there: a number below 2³² that tells nothing of the others', so that a stage does not draw again what another
 * has drawn. What stages have in common, such as the prompts that are held out, goes by the run's own seed.
 */
export const streamSeed = ({ seed }: Pick<RunConfig, 'seed'>, stream: Stream): number =>
  createHash('sha256').update(`${seed} ${stream}`).digest().readUInt32BE()
