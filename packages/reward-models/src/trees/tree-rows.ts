import type { TrainingData } from '@prefkit/trees'
import type { Objective } from '../common-options'
import type { Matrix } from '../matrix'
import { type PairData, takePairs } from '../pair-data'
import { type ScoredPairs, smoothed } from './pair-figures'

/** A matrix without what else is known of it. */
type Table = Pick<Matrix, 'data' | 'rows' | 'columns'>

/** What trees are grown on, and where in it the responses of each pair are. */
export interface TreeRows {
  readonly data: Omit<TrainingData, 'features'> & { readonly features: Table }
  readonly pairs: ScoredPairs
}

/** How pairs become rows. */
export interface RowSettings {
  readonly labelSmoothing: number
  /** How often each pair counts. Default: once. */
  readonly counts?: ArrayLike<number> | undefined
}

/**
 * Rows of single responses, each with its label: once as chosen, weighing as much as the pairs that prefer it, and once as
 * rejected, weighing as much as those that do not. Where every response is in one pair, that is chosen = 1, rejected = 0
 * and no weights.
 */
function labelledRows(pairs: PairData, { labelSmoothing, counts }: RowSettings): TreeRows {
  const { features, chosen, rejected, preference } = pairs
  const weights = { 1: new Float64Array(features.rows), 0: new Float64Array(features.rows) }
  for (let i = 0; i < chosen.length; i++) {
    const p = smoothed(preference?.[i] ?? 1, labelSmoothing)
    const count = counts?.[i] ?? 1
    for (const [row, share] of [
      [chosen[i]!, p],
      [rejected[i]!, 1 - p],
    ] as const) {
      weights[1][row]! += count * share
      weights[0][row]! += count * (1 - share)
    }
  }
  const rows: number[] = []
  const label: number[] = []
  const weight: number[] = []
  for (let row = 0; row < features.rows; row++) {
    for (const own of [1, 0] as const) {
      const w = weights[own][row]!
      if (w === 0) continue
      rows.push(row)
      label.push(own)
      weight.push(w)
    }
  }
  const data = { features: takeRows(features, rows), label: Float32Array.from(label) }
  const plain = weight.every((w) => w === 1)
  return {
    data: plain ? data : { ...data, weight: Float32Array.from(weight) },
    pairs: placePairs(pairs, rows),
  }
}

/** Rows of the responses, each once, and pairs of them; a response that is compared with itself says nothing. */
function pairedRows(pairs: PairData, { labelSmoothing, counts }: RowSettings): TreeRows {
  const { features, chosen, rejected, preference } = pairs
  const rows = [...new Set([...chosen, ...rejected])].sort((a, b) => a - b)
  const placed = placePairs(pairs, rows)
  const told = Array.from(chosen.keys()).filter((i) => chosen[i] !== rejected[i])
  const pick = (column: ArrayLike<number>): number[] => told.map((i) => column[i]!)
  const soft = preference !== undefined || labelSmoothing > 0
  return {
    data: {
      features: takeRows(features, rows),
      pairs: {
        chosen: pick(placed.chosen),
        rejected: pick(placed.rejected),
        ...(soft && { preference: told.map((i) => smoothed(preference?.[i] ?? 1, labelSmoothing)) }),
        ...(counts && { weight: pick(counts) }),
      },
    },
    pairs: placed,
  }
}

const rowsByObjective: Readonly<Record<Objective, (pairs: PairData, settings: RowSettings) => TreeRows>> = {
  bt: pairedRows,
  clf: labelledRows,
}

/** Rows for trees of pairs: responses with labels (`clf`), or responses and pairs of them (`bt`). */
export function treeRows(pairs: PairData, objective: Objective, settings: RowSettings): TreeRows {
  const { counts } = settings
  if (!counts) return rowsByObjective[objective](pairs, settings)
  const drawn = Array.from(pairs.chosen.keys()).filter((i) => counts[i]! > 0)
  const own = { ...settings, counts: drawn.map((i) => counts[i]!) }
  return rowsByObjective[objective](takePairs(pairs, drawn), own)
}

/** Pairs whose responses are rows of these; where a response has two rows, both have one score. */
function placePairs({ chosen, rejected, preference }: PairData, rows: readonly number[]): ScoredPairs {
  const places = new Map(rows.map((row, at) => [row, at]))
  const placed = (column: Int32Array) => column.map((row) => places.get(row)!)
  return { chosen: placed(chosen), rejected: placed(rejected), ...(preference && { preference }) }
}

/** The rows of a table; the table itself where they are all of it, which may be too large to be copied. */
export function takeRows(table: Matrix, rows: readonly number[]): Table {
  const { data, columns } = table
  if (rows.length === table.rows && rows.every((row, i) => row === i))
    return { data, rows: table.rows, columns }
  const taken = new Float32Array(rows.length * columns)
  for (const [i, row] of rows.entries()) {
    taken.set(data.subarray(row * columns, (row + 1) * columns), i * columns)
  }
  return { data: taken, rows: rows.length, columns }
}
