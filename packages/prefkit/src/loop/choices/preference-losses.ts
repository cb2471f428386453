import {
  alphaPoLoss,
  bcoLoss,
  cpoLoss,
  dpoLoss,
  ktoLoss,
  orpoLoss,
  type PairLoss,
  rebelLoss,
  rpoLoss,
  simPoLoss,
  slicLoss,
  type XpoLossOptions,
  xpoLoss,
} from '@prefkit/losses'
import { add, div, maximum, mean, mul, reduceSum, sub, type Tensor, type TensorLike } from '@prefkit/tensor'
import { PrefkitError } from '../../prefkit-error'
import { chosen, type NamedChoice } from './named-choice'

/** What a loss of pairs sees: [P, L] each, 0 where masked, and [P]. */
export interface PairLossInputs {
  /** log π of the tokens. */
  readonly chosenLogprobs: TensorLike
  readonly rejectedLogprobs: TensorLike
  /** 1 for the tokens of the response. */
  readonly chosenMask: TensorLike
  readonly rejectedMask: TensorLike
  /** The same under what π is measured against: the reference, or the policy before the step. Zeros where there is none. */
  readonly baseChosenLogprobs: TensorLike
  readonly baseRejectedLogprobs: TensorLike
  /** r(chosen) − r(rejected). Zeros where there are none. */
  readonly rewardMargins: TensorLike
  /** 1 where the chosen response is the policy's own, and 0 where it is the reference's. Zeros where nothing says so. */
  readonly policyChosen: TensorLike
}

/** A loss of pairs, with its own options settled. */
export interface PairedLoss {
  readonly of: 'pairs'
  /** What π is measured against: π_ref, π as it was when it drew the responses, or nothing. */
  readonly against: 'reference' | 'old' | 'nothing'
  /** True where pairs must say how much better the chosen response is. */
  readonly margins?: boolean
  /** True where it compares the pairs of a batch with each other, so that they are computed at once, never in parts. Default: false. */
  readonly comparesBatch?: boolean
  readonly loss: (inputs: PairLossInputs) => PairLoss
}

/** What a loss of single responses sees: [B, L] and [B]. */
export interface ResponseLossInputs {
  /** log π of the tokens. */
  readonly logprobs: TensorLike
  /** log π_ref of the tokens. */
  readonly refLogprobs: TensorLike
  readonly mask: TensorLike
  /** 1 for desirable responses, else 0. */
  readonly desirable: TensorLike
  /** Where gains begin, the same for all: z of KTO, δ of BCO. */
  readonly point: TensorLike
}

/** A loss of responses that were judged one by one, with its own options settled. */
export interface UnpairedLoss {
  readonly of: 'responses'
  /**
   * What gains are counted from. `divergence`: an estimate of KL(π ‖ π_ref) on responses to other prompts, at least 0; `mean`: the
   * mean of β·log π/π_ref over all responses so far; `zero`.
   */
  readonly point: 'divergence' | 'mean' | 'zero'
  readonly loss: (inputs: ResponseLossInputs) => PairLoss
  /** z of log-ratios of whole responses to other prompts: with `divergence`. */
  readonly divergence?: (logRatios: readonly number[]) => number
  /** β: with `mean`. */
  readonly beta?: number
}

/** A loss of preferences. */
export type PreferenceLoss = PairedLoss | UnpairedLoss

type Options = Readonly<Record<string, unknown>>

type Choice = (options: Options) => PreferenceLoss

/** Options as a loss takes them. Those of a configuration have no types; each loss checks names and values itself. */
const checkedByLoss = (options: Options) => options as never

const policyOf = ({
  chosenLogprobs,
  rejectedLogprobs,
  chosenMask,
  rejectedMask,
}: PairLossInputs): Pick<
  PairLossInputs,
  'chosenLogprobs' | 'rejectedLogprobs' | 'chosenMask' | 'rejectedMask'
> => ({ chosenLogprobs, rejectedLogprobs, chosenMask, rejectedMask })

/** A loss without a reference; unknown options and values are refused by itself. */
const withoutReference =
  (
    loss: (inputs: ReturnType<typeof policyOf>, options: never) => PairLoss,
    comparesBatch: (options: Options) => boolean = () => false,
  ): Choice =>
  (options) => ({
    of: 'pairs',
    against: 'nothing',
    comparesBatch: comparesBatch(options),
    loss: (inputs) => loss(policyOf(inputs), checkedByLoss(options)),
  })

/** Losses of `dpoLoss` over the whole batch: ranks of margins, and the mean over all chosen tokens. */
const overBatch = ['aot', 'aot_unpaired', 'sft']

const dpo: Choice = (options) => {
  const { lossType = 'sigmoid' } = options
  const types = typeof lossType === 'string' ? [lossType] : Object.keys(lossType as object)
  return {
    of: 'pairs',
    against: 'reference',
    comparesBatch: types.some((type) => overBatch.includes(type)),
    loss: (inputs) => {
      const refChosenLogprobs = inputs.baseChosenLogprobs
      const refRejectedLogprobs = inputs.baseRejectedLogprobs
      return dpoLoss({ ...policyOf(inputs), refChosenLogprobs, refRejectedLogprobs }, checkedByLoss(options))
    },
  }
}

const rpo: Choice = (options) => ({
  of: 'pairs',
  against: 'reference',
  margins: true,
  loss: (inputs) => {
    const summed = (policy: TensorLike, base: TensorLike) => reduceSum(sub(policy, base), { axis: 1 })
    const given = {
      chosenLogRatios: summed(inputs.chosenLogprobs, inputs.baseChosenLogprobs),
      rejectedLogRatios: summed(inputs.rejectedLogprobs, inputs.baseRejectedLogprobs),
      rewardMargins: inputs.rewardMargins,
    }
    return rpoLoss(given, checkedByLoss(options))
  },
})

const rebel: Choice = (options) => ({
  of: 'pairs',
  against: 'old',
  margins: true,
  loss: (inputs) => {
    const { baseChosenLogprobs: oldChosenLogprobs, baseRejectedLogprobs: oldRejectedLogprobs } = inputs
    const { rewardMargins } = inputs
    const given = { ...policyOf(inputs), oldChosenLogprobs, oldRejectedLogprobs, rewardMargins }
    return rebelLoss(given, checkedByLoss(options))
  },
})

/** Mean log π/π_ref of a token of the policy's own responses, [P]: an estimate of KL(π ‖ π_ref), which that of both responses is not. */
function ownDivergence(inputs: PairLossInputs): Tensor {
  const side = (policy: TensorLike, base: TensorLike, mask: TensorLike) =>
    div(reduceSum(mul(mask, sub(policy, base)), { axis: 1 }), maximum(reduceSum(mask, { axis: 1 }), 1))
  const { chosenLogprobs, baseChosenLogprobs, rejectedLogprobs, baseRejectedLogprobs } = inputs
  const chosenSide = side(chosenLogprobs, baseChosenLogprobs, inputs.chosenMask)
  const rejectedSide = side(rejectedLogprobs, baseRejectedLogprobs, inputs.rejectedMask)
  return add(mul(inputs.policyChosen, chosenSide), mul(sub(1, inputs.policyChosen), rejectedSide))
}

const xpo = (options: XpoLossOptions): PairedLoss => ({
  of: 'pairs',
  against: 'reference',
  loss: (inputs) => {
    const { baseChosenLogprobs: refChosenLogprobs, baseRejectedLogprobs: refRejectedLogprobs } = inputs
    const { policyChosen } = inputs
    const given = { ...policyOf(inputs), refChosenLogprobs, refRejectedLogprobs, policyChosen }
    const { losses, metrics } = xpoLoss(given, options)
    return { losses, metrics: { ...metrics, kl: mean(ownDivergence(inputs)) } }
  },
})

/** Reference points are the same for all responses: their mean is each of them. */
const kto: Choice = (options) => {
  const { lossType = 'kto' } = options
  const judged = ({ logprobs, refLogprobs, mask, desirable }: ResponseLossInputs) =>
    ({ logprobs, refLogprobs, mask, desirable }) as const
  if (lossType !== 'kto') {
    return {
      of: 'responses',
      point: 'zero',
      loss: (inputs) => ktoLoss(judged(inputs), checkedByLoss(options)),
    }
  }
  return {
    of: 'responses',
    point: 'divergence',
    loss: (inputs) => {
      const klLogprobs = inputs.point
      return ktoLoss(
        { ...judged(inputs), klLogprobs, refKlLogprobs: mul(0, klLogprobs) },
        checkedByLoss(options),
      )
    },
    divergence: (logRatios) => {
      const one = { logprobs: [0], refLogprobs: [0], desirable: [1] }
      const klLogprobs = Float64Array.from(logRatios)
      const refKlLogprobs = new Float64Array(logRatios.length)
      return ktoLoss({ ...one, klLogprobs, refKlLogprobs }, checkedByLoss(options)).metrics.kl.item()
    },
  }
}

const bco: Choice = (options) => ({
  of: 'responses',
  point: 'mean',
  // What is no number is refused by the loss.
  beta: (options.beta as number | undefined) ?? 0.1,
  loss: ({ point, ...judged }) => bcoLoss({ ...judged, shift: mean(point) }, checkedByLoss(options)),
})

/** Losses of preferences by the names of their functions: what makes one of options. */
export const preferenceLosses = {
  alphaPoLoss: withoutReference(alphaPoLoss),
  bcoLoss: bco,
  // The likelihood is the mean over all chosen tokens of the batch.
  cpoLoss: withoutReference(
    cpoLoss,
    ({ nllWeight, convention = 'trl' }) => nllWeight !== 0 && convention === 'trl',
  ),
  dpoLoss: dpo,
  ktoLoss: kto,
  orpoLoss: withoutReference(orpoLoss),
  rebelLoss: rebel,
  rpoLoss: rpo,
  simPoLoss: withoutReference(simPoLoss),
  slicLoss: withoutReference(slicLoss),
} as const satisfies Record<string, Choice>

/** The name of a loss of preferences. */
export type PreferenceLossName = keyof typeof preferenceLosses

const unfed = {
  aStarPoLoss: 'it needs rewards of responses of the reference policy, which are not drawn',
  nashMdLoss:
    'it needs responses of a mixture of the policy and its reference, which the algorithm nash-md draws',
  tpoLoss: 'it needs a third response to each prompt',
  xpoLoss: 'it needs a response of the reference policy to each prompt, which the algorithm xpo draws',
}

const [row, mask] = [[[-1]], [[1]]]

/** One pair, or response, of one token each, so that options are checked before anything is trained. */
const tryOnce = (loss: PreferenceLoss): unknown =>
  loss.of === 'pairs'
    ? loss.loss({
        ...{ chosenLogprobs: row, rejectedLogprobs: row, baseChosenLogprobs: row, baseRejectedLogprobs: row },
        ...{ chosenMask: mask, rejectedMask: mask, rewardMargins: [0], policyChosen: [0] },
      })
    : loss.loss({ logprobs: row, refLogprobs: row, mask, desirable: [1], point: [0] })

/**
 * The loss of preferences by the name of its function in `@prefkit/losses`.
 * @throws PrefkitError `INVALID_CONFIG` for an unknown name, with the nearest one, or one that needs what there is not; LossError
 *   `INVALID_OPTION` for its options.
 */
export function preferenceLossOf({ name, options = {} }: NamedChoice): PreferenceLoss {
  if (name === 'orpoLoss' && options.convention === 'trl') {
    const problem =
      "convention: expected 'paper', as log-probabilities of prompts are not computed, got 'trl'"
    throw new PrefkitError('INVALID_CONFIG', `loss: orpoLoss: ${problem}`)
  }
  const loss = chosen<Choice>('loss', name, preferenceLosses, unfed)(options)
  tryOnce(loss)
  return loss
}

/** The loss of XPO, of pairs that say which response is the policy's own. @throws LossError `INVALID_OPTION`. */
export function xpoPairLoss(options: XpoLossOptions = {}): PairedLoss {
  const loss = xpo(options)
  tryOnce(loss)
  return loss
}
