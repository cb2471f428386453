import { EPSILON } from '../epsilon'
import { LightGbmRandom } from '../random/lightgbm-random'
import { labelledWith, queriesOf } from './checks'
import { longestQuery } from './dcg'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'

/** Parameters that {@link rankXendcg} reads. */
export interface RankXendcgParameters {
  readonly objective_seed: number
}

/** Largest label whose gain 2^y LightGBM's int holds. */
const LARGEST = 31

interface Buffers {
  /** Softmax of the scores. */
  readonly rho: Float64Array
  readonly terms: Float64Array
}

function softmax(scores: Float64Array, start: number, count: number, rho: Float64Array): void {
  let most = scores[start]!
  for (let i = 1; i < count; i++) most = Math.max(most, scores[start + i]!)
  let sum = 0
  for (let i = 0; i < count; i++) {
    rho[i] = Math.exp(scores[start + i]! - most)
    sum += rho[i]!
  }
  for (let i = 0; i < count; i++) rho[i]! /= sum
}

/** Draws what the labels are, as a distribution, into `terms`. */
function drawLabels(
  label: Float32Array,
  start: number,
  count: number,
  random: LightGbmRandom,
  terms: Float64Array,
) {
  let sum = 0
  for (let i = 0; i < count; i++) {
    terms[i] = 2 ** label[start + i]! - random.nextFloat()
    sum += terms[i]!
  }
  const inverse = 1 / Math.max(EPSILON, sum)
  for (let i = 0; i < count; i++) terms[i]! *= inverse
}

/** Terms of first, second and third order, added up as floats. */
function addTerms({ rho, terms }: Buffers, start: number, count: number, gradients: Float32Array): void {
  let sum = 0
  for (let i = 0; i < count; i++) {
    const term = -terms[i]! + rho[i]!
    gradients[start + i] = term
    terms[i] = term / (1 - rho[i]!)
    sum += terms[i]!
  }
  let next = 0
  for (let i = 0; i < count; i++) {
    const term = rho[i]! * (sum - terms[i]!)
    gradients[start + i]! += Math.fround(term)
    terms[i] = term / (1 - rho[i]!)
    next += terms[i]!
  }
  for (let i = 0; i < count; i++) gradients[start + i]! += Math.fround(rho[i]! * (next - terms[i]!))
}

/**
 * XE-NDCG: cross-entropy between the softmax ρ of a query's scores and a distribution over its rows in proportion to
 * 2^y − γ, γ drawn anew from [0, 1) for each row and iteration; its gradient to third order, and h = ρ(1 − ρ); times
 * weights. There is no score to start from.
 *
 * Source: LightGBM, `RankXENDCG` (1911.09798). Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for labels other than whole numbers from 0 to 31, without queries, and for weights that
 * are all zero.
 */
export function rankXendcg({ objective_seed }: RankXendcgParameters, data: ObjectiveData): Objective {
  const accepts = (label: number) => Number.isInteger(label) && label >= 0 && label <= LARGEST
  const expected = `a whole number from 0 to ${LARGEST}`
  const { label, weight } = labelledWith(data, 'rank_xendcg', accepts, expected)
  const boundaries = queriesOf(data, 'rank_xendcg')
  const randoms = Array.from(
    { length: boundaries.length - 1 },
    (_, q) => new LightGbmRandom(objective_seed + q),
  )
  const longest = longestQuery(boundaries)
  const buffers = { rho: new Float64Array(longest), terms: new Float64Array(longest) }
  return oneScore('rank_xendcg', {
    isRandom: true,
    computeGradients(scores, gradients, hessians) {
      gradients.fill(0)
      hessians.fill(0)
      for (let q = 0; q + 1 < boundaries.length; q++) {
        const start = boundaries[q]!
        const count = boundaries[q + 1]! - start
        if (count < 2) continue
        softmax(scores, start, count, buffers.rho)
        drawLabels(label, start, count, randoms[q]!, buffers.terms)
        addTerms(buffers, start, count, gradients)
        for (let i = 0; i < count; i++) hessians[start + i] = buffers.rho[i]! * (1 - buffers.rho[i]!)
      }
      if (weight === undefined) return
      for (let row = 0; row < weight.length; row++) {
        gradients[row]! *= weight[row]!
        hessians[row]! *= weight[row]!
      }
    },
    boostFromScore: () => 0,
  })
}
