import type { LossFunction, LossOutputs } from '@prefkit/lm'
import type { PairLoss } from '@prefkit/losses'
import {
  add,
  div,
  mul,
  reduceSum,
  reshape,
  split,
  squeeze,
  sub,
  type Tensor,
  zerosLike,
} from '@prefkit/tensor'
import type { PairedLoss, PreferenceLoss, UnpairedLoss } from '../choices/preference-losses'

/** Numbers that rows of pairs hand over: the chosen response is a row, and the rejected one the next. */
export interface PairDatumInputs {
  /** Of each token, under what the policy is measured against. */
  readonly baseLogprobs?: ArrayLike<number>
  /** r(chosen) − r(rejected), of both rows. */
  readonly rewardMargin?: number
  /** 1 for both rows where the chosen response is the policy's own, else 0. */
  readonly policyChosen?: number
}

/** Numbers that single responses hand over. */
export interface ResponseDatumInputs {
  readonly refLogprobs: ArrayLike<number>
  /** 1 or 0. */
  readonly desirable: number
  readonly point: number
  /** 1 over the desirable responses of the whole batch, for each of them; else 0. */
  readonly chosenShare: number
  /** The same of those that are not. */
  readonly rejectedShare: number
}

/** Two rows after each other as two sides: [2P, L] as [P, L] each, [2P] as [P]. */
function sidesOf(x: Tensor): readonly [Tensor, Tensor] {
  const pairs = reshape(x, [-1, 2, ...x.shape.slice(1)])
  const [chosen, rejected] = split(pairs, 2, 1).map((side) => squeeze(side, 1))
  return [chosen!, rejected!]
}

/** How many there are, however the batch is cut. */
const countOf = (losses: Tensor): Tensor => reduceSum(add(zerosLike(losses), 1))

const scaled = (metrics: Readonly<Record<string, Tensor>>, by: (name: string) => Tensor) =>
  Object.fromEntries(Object.entries(metrics).map(([name, mean]) => [name, mul(mean, by(name))]))

type MeanOutputs = Required<Pick<LossOutputs, 'loss' | 'metrics'>>

/** Means over a part of a batch, as what it adds to those over all of it. */
export function partOfMeans({ losses, metrics }: PairLoss, total: Tensor): MeanOutputs {
  const share = div(countOf(losses), total)
  return { loss: div(reduceSum(losses), total), metrics: scaled(metrics, () => share) }
}

/** Means over pairs, as what this part of a batch adds to those of the whole. */
const pairUpdateLoss =
  ({ loss }: PairedLoss): LossFunction =>
  ({ logProbs, mask, inputs, totals }) => {
    const [chosenLogprobs, rejectedLogprobs] = sidesOf(logProbs)
    const [chosenMask, rejectedMask] = sidesOf(mask)
    const [baseChosenLogprobs, baseRejectedLogprobs] = sidesOf(inputs.baseLogprobs ?? zerosLike(logProbs))
    const nothing = zerosLike(reduceSum(chosenMask, { axis: 1 }))
    const ofPair = (input: Tensor | undefined) => (input ? sidesOf(input)[0] : nothing)
    const outcome = loss({
      ...{ chosenLogprobs, rejectedLogprobs, chosenMask, rejectedMask },
      ...{ baseChosenLogprobs, baseRejectedLogprobs },
      ...{ rewardMargins: ofPair(inputs.rewardMargin), policyChosen: ofPair(inputs.policyChosen) },
    })
    return partOfMeans(outcome, div(totals.rows, 2))
  }

/** Means over responses, or over the desirable ones (`…/chosen`) and the others (`…/rejected`). */
const responseUpdateLoss =
  ({ loss }: UnpairedLoss): LossFunction =>
  ({ logProbs, mask, inputs, totals }) => {
    const { refLogprobs, desirable, point, chosenShare, rejectedShare } = inputs
    const judged = {
      logprobs: logProbs,
      refLogprobs: refLogprobs!,
      mask,
      desirable: desirable!,
      point: point!,
    }
    const { losses, metrics = {} } = loss(judged)
    const shares = { chosen: reduceSum(chosenShare!), rejected: reduceSum(rejectedShare!) }
    const all = div(countOf(losses), totals.rows)
    const shareOf = (name: string): Tensor =>
      name.endsWith('/chosen') ? shares.chosen : name.endsWith('/rejected') ? shares.rejected : all
    const means = scaled(metrics, shareOf)
    const [chosen, rejected] = [means['rewards/chosen'], means['rewards/rejected']]
    const margins = chosen && rejected && { 'rewards/margins': sub(chosen, rejected) }
    return { loss: div(reduceSum(losses), totals.rows), metrics: { ...means, ...margins } }
  }

/** The loss of an update, for {@link PairDatumInputs} or {@link ResponseDatumInputs}. To be made once a run: it is compiled once. */
export const preferenceUpdateLoss = (loss: PreferenceLoss): LossFunction =>
  loss.of === 'pairs' ? pairUpdateLoss(loss) : responseUpdateLoss(loss)
