import type { Labelled } from './checks'
import { percentile, type WeightedPercentile, weightedPercentile } from './percentile'

/** The starting score and the leaves' values of a loss that is least at a quantile. */
export interface Renewal {
  boostFromScore(): number
  renewLeaf(rows: Int32Array, scores: Float64Array): number
}

function unweightedRenewal(label: Float32Array, alpha: number): Renewal {
  let buffer: Float64Array | undefined
  const values = () => {
    buffer ??= new Float64Array(label.length)
    return buffer
  }
  return {
    boostFromScore() {
      values().set(label)
      return percentile(values(), label.length, alpha, Math.fround)
    },
    renewLeaf(rows, scores) {
      const residuals = values()
      for (let i = 0; i < rows.length; i++) residuals[i] = label[rows[i]!]! - scores[rows[i]!]!
      return percentile(residuals, rows.length, alpha)
    },
  }
}

function weightedRenewal(label: Float32Array, weight: Float32Array, alpha: number): Renewal {
  let buffer: WeightedPercentile | undefined
  const buffers = () => {
    buffer ??= weightedPercentile(label.length)
    return buffer
  }
  return {
    boostFromScore() {
      buffers().values.set(label)
      buffers().weights.set(weight)
      return buffers().percentile(label.length, alpha, Math.fround)
    },
    renewLeaf(rows, scores) {
      const { values, weights } = buffers()
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!
        values[i] = label[row]! - scores[row]!
        weights[i] = weight[row]!
      }
      return buffers().percentile(rows.length, alpha)
    },
  }
}

/** Leaves take the `alpha` quantile of what is left of their rows' labels. Buffers are made at the first call, once. */
export function renewal({ label, weight }: Labelled, alpha: number): Renewal {
  return weight === undefined ? unweightedRenewal(label, alpha) : weightedRenewal(label, weight, alpha)
}
