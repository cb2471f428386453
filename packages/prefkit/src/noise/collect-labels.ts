import { setImmediate } from 'node:timers/promises'
import {
  type Annotator,
  type AnnotatorAssignment,
  assignAnnotators,
  comparisonsOf,
  createPairingSession,
  pairColumns,
  type Responses,
  simulateAnnotations,
} from '@prefkit/noise'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import type { PairingDesign } from './designs'
import type { ScoreTable } from './score-table'

/** Pairs of responses, by their place in the table. */
export interface PairList {
  readonly first: ArrayLike<number>
  readonly second: ArrayLike<number>
}

/** Pairs with the labels that annotators gave them; the labels of one pair stand together. */
export interface LabelledPairs {
  readonly pairs: PairList
  /** Which pair each label is of. */
  readonly comparisons: Int32Array
  /** Who gave it. */
  readonly annotators: Int32Array
  /** How many pairs who gave it had answered before. */
  readonly times: Int32Array
  /** 1 for the first, −1 for the second, 0 for a tie. */
  readonly labels: Int8Array
}

/** Who labels what is asked. */
export interface LabellingOptions extends WorkOptions {
  readonly annotator: Annotator
  /** How many annotators there are. */
  readonly annotators: number
  /** How many of them answer each pair. */
  readonly votes: number
  readonly seed: number
  /** Pairs that a design which goes by labels asks for at a time. */
  readonly batch: number
}

/** What annotators are shown of a table's responses. */
export const responsesOf = ({ scores, lengths, authors }: ScoreTable): Responses => ({
  scores,
  ...(lengths && { lengths }),
  ...(authors && { authors }),
})

/** Who answers so many pairs, and as their how manieth: the same for the same options. */
export const assignmentOf = (
  comparisons: number,
  { annotators, votes, seed }: Pick<LabellingOptions, 'annotators' | 'votes' | 'seed'>,
): AnnotatorAssignment => assignAnnotators({ comparisons, annotators, perComparison: votes, seed })

function labelsOf(table: ScoreTable, pairs: PairList, options: LabellingOptions): LabelledPairs {
  const { annotator, seed } = options
  const assignment = assignmentOf(pairs.first.length, options)
  const asked = comparisonsOf(responsesOf(table), pairs, assignment)
  return { pairs, ...assignment, labels: simulateAnnotations(asked, annotator, { seed }) }
}

/** Asks in batches, and goes by what was answered. */
async function adaptively(
  table: ScoreTable,
  design: (PairingDesign & { kind: 'adaptive' })['design'],
  budget: number,
  options: LabellingOptions,
): Promise<LabelledPairs> {
  const { annotator, votes, seed, batch, onProgress, signal } = options
  if (votes > 1)
    throw new PrefkitError('INVALID_CONFIG', '--votes: a design that goes by labels takes one for each pair')
  const session = createPairingSession(design, { budget })
  const assignment = assignmentOf(budget, options)
  const labels = new Int8Array(budget)
  let done = 0
  for (;;) {
    await setImmediate()
    signal?.throwIfAborted()
    onProgress?.({ phase: 'label', done, total: budget })
    const pairs = session.propose(Math.min(batch, budget - done))
    if (pairs.length === 0) break
    const end = done + pairs.length
    const part = {
      annotators: assignment.annotators.subarray(done, end),
      times: assignment.times.subarray(done, end),
    }
    const asked = comparisonsOf(responsesOf(table), pairColumns(pairs), part)
    const answers = simulateAnnotations(asked, annotator, { seed, offset: done })
    session.record(answers)
    labels.set(answers, done)
    done = end
  }
  return {
    pairs: { first: session.history.first, second: session.history.second },
    comparisons: Int32Array.from({ length: done }, (_, i) => i),
    annotators: assignment.annotators.slice(0, done),
    times: assignment.times.slice(0, done),
    labels: labels.slice(0, done),
  }
}

/** Pairs that a design chooses, labelled: fewer than the budget where the design has no more. */
export async function collectLabels(
  table: ScoreTable,
  design: PairingDesign,
  budget: number,
  options: LabellingOptions,
): Promise<LabelledPairs> {
  if (design.kind === 'adaptive') return adaptively(table, design.design, budget, options)
  return labelsOf(table, pairColumns(design.pairs), options)
}

/** Pairs that are there already, labelled. */
export const labelPairs = (table: ScoreTable, pairs: PairList, options: LabellingOptions): LabelledPairs =>
  labelsOf(table, pairs, options)
