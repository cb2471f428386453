import { EPSILON } from '../epsilon'
import { formatGeneral } from '../model/format-number'
import { type Labelled, labelled } from './checks'
import { exponential } from './exponential'
import type { Objective, ObjectiveData } from './objective'

/** Parameters that {@link binary} reads. */
export interface BinaryParameters {
  readonly sigmoid: number
  readonly is_unbalance: boolean
  readonly scale_pos_weight: number
}

/** One class against the rest: what `binary` is, and each class of `multiclassova`. */
export interface BinaryLoss {
  /** Rows of both classes. */
  readonly needsTraining: boolean
  readonly boostFromScore: number
  /** Fills `gradients` and `hessians` from `offset` on. */
  computeGradients(
    scores: Float64Array,
    gradients: Float32Array,
    hessians: Float32Array,
    offset: number,
  ): void
}

/** Weights of negative and of positive rows. */
function classWeights(positives: number, negatives: number, p: BinaryParameters): [number, number] {
  let [negative, positive] = [1, 1]
  if (p.is_unbalance && positives > 0 && negatives > 0) {
    if (positives > negatives) negative = positives / negatives
    else positive = negatives / positives
  }
  return [negative, positive * p.scale_pos_weight]
}

function startingScore(positive: Uint8Array, weight: Float32Array | undefined, sigmoid: number): number {
  let sum = 0
  let weights = 0
  for (let i = 0; i < positive.length; i++) {
    const w = weight === undefined ? 1 : weight[i]!
    sum += positive[i]! * w
    weights += w
  }
  const share = Math.max(Math.min(sum / weights, 1 - EPSILON), EPSILON)
  return Math.log(share / (1 - share)) / sigmoid
}

/** The loss of a class; `positive` has 1 for its rows. */
export function binaryLoss(
  positive: Uint8Array,
  weight: Float32Array | undefined,
  parameters: BinaryParameters,
): BinaryLoss {
  const rows = positive.length
  const { sigmoid } = parameters
  const exp = exponential()
  const positives = positive.reduce((sum, one) => sum + one, 0)
  // Looked up by class, which costs less than a branch that cannot be foretold.
  const slopes = Float64Array.of(-sigmoid, sigmoid)
  const labelWeights = Float64Array.from(classWeights(positives, rows - positives, parameters))
  return {
    needsTraining: positives > 0 && positives < rows,
    boostFromScore: startingScore(positive, weight, sigmoid),
    computeGradients(scores, gradients, hessians, offset) {
      for (let i = 0; i < rows; i++) {
        const slope = slopes[positive[i]!]!
        const w = weight === undefined ? 1 : weight[i]!
        const labelWeight = labelWeights[positive[i]!]!
        const response = -slope / (1 + exp(slope * scores[offset + i]!))
        const size = Math.abs(response)
        gradients[offset + i] = response * labelWeight * w
        hessians[offset + i] = size * (sigmoid - size) * labelWeight * w
      }
    },
  }
}

/** 1 where `isPositive` holds. */
export function positivesOf({ label }: Labelled, isPositive: (label: number) => boolean): Uint8Array {
  const positive = new Uint8Array(label.length)
  for (let i = 0; i < label.length; i++) positive[i] = isPositive(label[i]!) ? 1 : 0
  return positive
}

/**
 * Logistic loss log(1 + e^(−σ·y·s)) of scores s, with y = 1 for labels above 0 and −1 for all others:
 * g = −y·σ / (1 + e^(σ·y·s)), h = |g|·(σ − |g|), times weights. With one class only nothing is trained, as in LightGBM:
 * the model is the constant log-odds of a share of 1e-15 or 1 − 1e-15.
 *
 * Source: LightGBM, `BinaryLogloss`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without finite labels, and for weights that are negative, not finite or all zero.
 */
export function binary(parameters: BinaryParameters, data: ObjectiveData): Objective {
  const checked = labelled(data, 'binary')
  const positive = positivesOf(checked, (label) => label > 0)
  const loss = binaryLoss(positive, checked.weight, parameters)
  return {
    description: `binary sigmoid:${formatGeneral(parameters.sigmoid, 6)}`,
    treesPerIteration: 1,
    numClass: 1,
    computeGradients: (scores, gradients, hessians) => loss.computeGradients(scores, gradients, hessians, 0),
    boostFromScore: () => loss.boostFromScore,
    needsTraining: () => loss.needsTraining,
  }
}
