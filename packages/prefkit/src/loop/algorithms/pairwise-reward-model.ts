import type { Datum, LossFunction, PolicyBackend } from '@prefkit/lm'
import { bradleyTerryLoss, type ConsistencyDistance, pairwiseJudgeLoss } from '@prefkit/losses'
import { add, div, exp, logSumExp, mul, reduceSum, sub, type Tensor, zerosLike } from '@prefkit/tensor'
import { PrefkitError } from '../../prefkit-error'
import { itemsOfStep } from '../prompts/items-of-step'
import type { PreferencePair } from '../prompts/preference-pair'
import { answerLogit, judgeDatum } from '../scorers/judge-datum'
import type { JudgeTemplate } from '../scorers/judge-template'
import { pairMeans, sidesOf } from '../updates/pair-means'
import type { Algorithm } from './algorithm'
import { requirePreferences } from './require-preferences'
import { type SupervisedBatch, type SupervisedOptions, supervisedSteps } from './supervised-steps'

/** Options of {@link pairwiseRewardModel}. */
export interface PairwiseRewardModelOptions extends SupervisedOptions {
  /** Its training is the `model` of a state. */
  readonly model: PolicyBackend
  /** How it is asked; see `judgeTemplate`. */
  readonly template: JudgeTemplate
  /** What is learnt from. */
  readonly pairs: readonly PreferencePair[]
  /** Held-out pairs, evaluated in both orders when an epoch ends: `eval_…`. Default: none. */
  readonly evaluation?: readonly PreferencePair[]
  /** ζ ≥ 0: weight of the position-consistency loss. Default: 0.1. */
  readonly consistencyWeight?: number
  /** How far apart answers in the two orders are. Default: `squared`. */
  readonly distance?: ConsistencyDistance
  /**
   * What the cross-entropy is over: the two `answers`, or the whole `vocabulary`, which also makes it probable that the
   * answer is yes or no at all. Default: `answers`.
   */
  readonly crossEntropy?: 'answers' | 'vocabulary'
  /**
   * False shows each pair in one order, drawn from the seed, without the loss of consistency: what swapping is compared
   * with. Default: true, both orders.
   */
  readonly swap?: boolean
  /**
   * Without `swap`: whether the chosen response of a pair is shown first, such as it was to those who compared them. Default:
   * that of half of the pairs, drawn from the seed.
   */
  readonly chosenFirst?: (pair: PreferencePair) => boolean
}

type LossSettings = Required<
  Pick<PairwiseRewardModelOptions, 'template' | 'consistencyWeight' | 'distance' | 'crossEntropy'>
>

/** ln P(an answer at all) of each row, and what it adds to the loss of each row. */
function answerMass({ crossEntropy }: LossSettings, candidateLogProbs: Tensor) {
  const mass = logSumExp(candidateLogProbs, { axis: -1 })
  // −ln P(yes) = −ln σ(ℓ) − ln P(yes or no).
  return { mass: exp(mass), penalty: crossEntropy === 'vocabulary' ? sub(0, mass) : zerosLike(mass) }
}

/** Of rows with the chosen response first and second in turn. */
const bothOrders =
  (settings: LossSettings): LossFunction =>
  ({ candidateLogProbs, inputs, totals }) => {
    const { template, consistencyWeight, distance } = settings
    const [front, back] = sidesOf(answerLogit(template, candidateLogProbs!))
    const labels = inputs.preference ? { preference: sidesOf(inputs.preference)[0] } : {}
    const judged = pairwiseJudgeLoss(front, back, { consistencyWeight, distance, ...labels })
    const { mass, penalty } = answerMass(settings, candidateLogProbs!)
    const { loss, metrics } = pairMeans(judged, { totals })
    return {
      loss: add(loss, div(reduceSum(penalty), totals.rows)),
      metrics: { ...metrics, answer_mass: div(reduceSum(mass), totals.rows) },
    }
  }

/** Of rows in one order each, whose input is how probably the one shown first is better. */
const oneOrder =
  (settings: LossSettings): LossFunction =>
  ({ candidateLogProbs, inputs, totals }) => {
    const logits = answerLogit(settings.template, candidateLogProbs!)
    const { losses, metrics } = bradleyTerryLoss(logits, zerosLike(logits), { preference: inputs.firstWins! })
    const { mass, penalty } = answerMass(settings, candidateLogProbs!)
    const share = div(reduceSum(add(zerosLike(losses), 1)), totals.rows)
    return {
      loss: div(reduceSum(add(losses, penalty)), totals.rows),
      metrics: { accuracy: mul(metrics.accuracy, share), answer_mass: div(reduceSum(mass), totals.rows) },
    }
  }

/**
 * The generative pairwise reward model of Pairwise-RL (2504.04950): a language model is asked whether the first
 * response is better than the second, and learns to answer yes or no by cross-entropy of ℓ = ln P(yes) − ln P(no), with
 * every pair shown in both orders, and ζ times how much the two answers contradict each other.
 *
 * It logs `loss`, `accuracy` with `accuracy/front`, `accuracy/back` (the chosen response shown first, second) and their
 * difference `accuracy/gap`, `consistency_loss` before ζ, `answer_mass` (how probable yes and no are together),
 * `grad_norm`, `learning_rate`, `epoch`; and of held-out pairs `eval_loss` and so on.
 * @throws PrefkitError `INVALID_CONFIG`; LossError for a ζ below 0; LmError for questions that are longer than the
 *   context.
 */
export async function* pairwiseRewardModel(options: PairwiseRewardModelOptions): Algorithm {
  const { model, template, pairs, evaluation = [], swap = true, seed = 0 } = options
  const { consistencyWeight = 0.1, distance = 'squared', crossEntropy = 'answers' } = options
  requirePreferences('pairwiseRewardModel', { pairs, evaluation })
  if (crossEntropy !== 'answers' && crossEntropy !== 'vocabulary') {
    const problem = `crossEntropy: expected "answers" or "vocabulary", got ${JSON.stringify(crossEntropy)}`
    throw new PrefkitError('INVALID_CONFIG', `pairwiseRewardModel: ${problem}`)
  }
  const settings = { template, consistencyWeight, distance, crossEntropy }
  const inBoth = bothOrders(settings)
  const inOne = oneOrder(settings)
  const labelled = [...pairs, ...evaluation].some(({ preference }) => preference !== undefined)
  const drawn = itemsOfStep(pairs, 0, { count: pairs.length, seed })
  const firstShown = new Map(drawn.map((pair, i) => [pair, i % 2 === 0]))
  const chosenFirst = options.chosenFirst ?? ((pair) => firstShown.get(pair)!)

  const both = async (some: readonly PreferencePair[]): Promise<SupervisedBatch> => ({
    data: some.flatMap(({ prompt, chosen, rejected, preference = 1 }): Datum[] => {
      const inputs = labelled ? { preference } : undefined
      return [
        judgeDatum(template, { prompt, first: chosen, second: rejected }, inputs),
        judgeDatum(template, { prompt, first: rejected, second: chosen }, inputs),
      ]
    }),
    ...{ loss: inBoth, groupSize: 2 },
  })
  const one = async (some: readonly PreferencePair[]): Promise<SupervisedBatch> => ({
    data: some.map((pair) => {
      const { prompt, chosen, rejected, preference = 1 } = pair
      return chosenFirst(pair)
        ? judgeDatum(template, { prompt, first: chosen, second: rejected }, { firstWins: preference })
        : judgeDatum(template, { prompt, first: rejected, second: chosen }, { firstWins: 1 - preference })
    }),
    ...{ loss: inOne, groupSize: 1 },
  })
  yield* supervisedSteps(
    {
      ...{ name: 'pairwiseRewardModel', model, itemNames: 'pairs', items: pairs, evaluation },
      ...{ batchOf: swap ? both : one, evaluationOf: both },
    },
    options,
  )
}
