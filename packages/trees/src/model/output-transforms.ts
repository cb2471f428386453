import { type ObjectiveDescription, parseObjective } from './objective-description'

/** Turns the raw scores of one row into what is predicted, in place; class `k` stands at `first + k × stride`. */
export type RowTransform = (scores: Float64Array, first: number, stride: number) => void

const elementwise =
  (convert: (score: number) => number) =>
  ({ numClass }: ObjectiveDescription): RowTransform =>
  (scores, first, stride) => {
    for (let k = 0; k < numClass; k++) scores[first + k * stride] = convert(scores[first + k * stride]!)
  }

const identity = (): undefined => undefined

const sigmoid = (description: ObjectiveDescription): RowTransform => {
  const slope = description.sigmoid
  return elementwise((score) => 1 / (1 + Math.exp(-slope * score)))(description)
}

const squared = (description: ObjectiveDescription): RowTransform | undefined =>
  description.sqrt ? elementwise((score) => Math.sign(score) * score * score)(description) : undefined

const exponential = elementwise(Math.exp)

const softmax =
  ({ numClass }: ObjectiveDescription): RowTransform =>
  (scores, first, stride) => {
    const end = first + numClass * stride
    let largest = scores[first]!
    for (let at = first; at < end; at += stride) if (scores[at]! > largest) largest = scores[at]!
    let sum = 0
    for (let at = first; at < end; at += stride) {
      scores[at] = Math.exp(scores[at]! - largest)
      sum += scores[at]!
    }
    for (let at = first; at < end; at += stride) scores[at]! /= sum
  }

const transforms: Readonly<Record<string, (description: ObjectiveDescription) => RowTransform | undefined>> =
  {
    regression: squared,
    regression_l1: squared,
    // LightGBM turns `sqrt` off here.
    huber: identity,
    fair: squared,
    quantile: squared,
    mape: squared,
    poisson: exponential,
    gamma: exponential,
    tweedie: exponential,
    binary: sigmoid,
    cross_entropy: sigmoid,
    cross_entropy_lambda: elementwise((score) => Math.log1p(Math.exp(score))),
    multiclass: softmax,
    multiclassova: sigmoid,
    lambdarank: identity,
    rank_xendcg: identity,
    custom: identity,
    bradley_terry: identity,
  }

/**
 * What turns raw scores `s` into predictions, by an objective's description in a model (`binary sigmoid:1`):
 * σ(a s), softmax, eˢ, sign(s) s², log(1 + eˢ). Undefined where predictions are the raw scores.
 *
 * @throws TreesError `INVALID_MODEL` for an objective there is not.
 *
 * Source: LightGBM, `ObjectiveFunction::ConvertOutput`. Proven against LightGBM 4.7.0 (`goldens.test.ts`).
 */
export function outputTransform(description: string): RowTransform | undefined {
  const parsed = parseObjective(description)
  return transforms[parsed.name]!(parsed)
}
