import type { LossFunction, PolicyBackend } from '@prefkit/lm'
import { pairwiseDistillationLoss } from '@prefkit/losses'
import { PrefkitError } from '../../prefkit-error'
import type { Anchor, LoopPrompt, LoopResponse } from '../prompts/prompt'
import type { PairwiseScorer, ResponsePair } from '../rewards/scorers'
import { symmetricWins } from '../rewards/symmetric-wins'
import { rewardDatum } from '../scorers/reward-datum'
import { pairMeans, sidesOf } from '../updates/pair-means'
import type { Algorithm } from './algorithm'
import { rewardExtremes } from './scalar-reward-model'
import { type SupervisedBatch, type SupervisedOptions, supervisedSteps } from './supervised-steps'

/** A response to a prompt that has anchors, such as a rollout. */
export interface AnchoredResponse extends LoopResponse {
  readonly prompt: LoopPrompt
}

/** Options of {@link distilScores}. */
export interface DistilScoresOptions extends SupervisedOptions {
  /** With a reward head. Its training is the `model` of a state. */
  readonly model: PolicyBackend
  /** The pairwise judge that is distilled. */
  readonly judge: PairwiseScorer
  /** Each is compared with each anchor of its prompt: a pair, of which `batchSize` make a step. */
  readonly responses: readonly AnchoredResponse[]
  /** Held-out responses, evaluated when an epoch ends: `eval_…`. Default: none. */
  readonly evaluation?: readonly AnchoredResponse[]
}

/** The loss of rows that are responses and their anchors in turn. */
const distillation: LossFunction = ({ rewards, inputs, totals }) => {
  if (!rewards) {
    const message = "distilScores: model: expected one with head: 'reward', got one without"
    throw new PrefkitError('INVALID_CONFIG', message)
  }
  const [scores, anchorScores] = sidesOf(rewards)
  const [winProbabilities] = sidesOf(inputs.winProbability!)
  const { losses, metrics } = pairwiseDistillationLoss({ scores, anchorScores, winProbabilities })
  // Nobody has labelled these pairs: it is the judge that the scores are right or wrong by.
  const { accuracy: agreement, ...others } = metrics
  return {
    ...pairMeans({ losses, metrics: { agreement, ...others } }, { totals }),
    rows: { reward: rewards },
  }
}

/** Responses with each of their anchors. @throws PrefkitError `INVALID_CONFIG` where there is none. */
const pairsOf = (name: string, responses: readonly AnchoredResponse[]): ResponsePair[] =>
  responses.flatMap(({ prompt, text, tokens }, i) => {
    const anchors: readonly Anchor[] = prompt.anchors ?? []
    if (anchors.length === 0) {
      const problem = `expected a prompt with anchors, got prompt ${JSON.stringify(prompt.id)} without`
      throw new PrefkitError('INVALID_CONFIG', `distilScores: ${name}[${i}]: ${problem}`)
    }
    return anchors.map((anchor) => ({ prompt, first: { text, tokens }, second: anchor }))
  })

/**
 * Distils a pairwise judge into a pointwise score s(q, y), of which a critic without ground truth learns: by soft
 * cross-entropy of σ(s(q, y) − s(q, y*)) with the judge's probability that y beats the anchor y*, in both orders
 * (2504.04950, Value w/o GT). The judge is asked of each pair once, as states keep its answers, a
 * number for each pair; pairs without an answer are left out, and asked again in the next epoch.
 *
 * It logs `loss`; `information_lost`, KL(p ‖ σ(d)) in nats: what of the judge's answers the scores do not reproduce;
 * `agreement`, the share of pairs that both order alike; `min_reward`, `mean_reward`, `max_reward` of the scores,
 * `grad_norm`, `learning_rate`, `epoch`; and of held-out responses `eval_loss` and so on.
 * @throws PrefkitError `INVALID_CONFIG`; `BAD_REWARD` where the judge has no answer to any pair of a step; LmError for rows that are longer
 *   than the context; what the judge throws.
 */
export async function* distilScores(options: DistilScoresOptions): Algorithm {
  const { model, judge, responses, evaluation = [], signal } = options
  const items = pairsOf('responses', responses)
  const heldOut = pairsOf('evaluation', evaluation)
  const all = [...items, ...heldOut]
  // What the state of such a run gave: a number for each pair, or null where there is no answer.
  const before = (options.resume?.data as readonly (number | null)[] | undefined) ?? []
  const known = new Map<ResponsePair, number>()
  for (const [i, win] of before.entries()) if (win !== null) known.set(all[i]!, win)
  const batchOf = async (pairs: readonly ResponsePair[]): Promise<SupervisedBatch> => {
    const asked = [...new Set(pairs)].filter((pair) => !known.has(pair))
    const wins = await symmetricWins(judge, asked, { signal })
    for (const [i, pair] of asked.entries()) if (!Number.isNaN(wins[i])) known.set(pair, wins[i]!)
    const answered = pairs.filter((pair) => known.has(pair))
    if (answered.length === 0) {
      const problem = `expected an answer to one of ${pairs.length} pairs at least, got none`
      throw new PrefkitError('BAD_REWARD', `distilScores: judge: ${problem}`)
    }
    const data = answered.flatMap((pair) =>
      [pair.first, pair.second].map((each) =>
        rewardDatum(pair.prompt, each, { winProbability: known.get(pair)! }),
      ),
    )
    return { data, loss: distillation, groupSize: 2 }
  }
  yield* supervisedSteps(
    {
      ...{ name: 'distilScores', model, itemNames: 'responses' },
      ...{ items, evaluation: heldOut, data: () => all.map((pair) => known.get(pair) ?? null) },
      ...{ batchOf, evaluationOf: batchOf, rowMetrics: rewardExtremes },
    },
    options,
  )
}
