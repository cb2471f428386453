import { completionDatum, type PolicyBackend } from '@prefkit/lm'
import { PrefkitError } from '../../prefkit-error'
import type { PointwiseScorer, PromptedResponse } from '../rewards/scorers'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { Sampling } from '../rollouts/rollout'
import { type JudgeForm, judgePrompt, type ShortScoreFormat } from './par-form'

/** Options of {@link judgeScorer}. */
export interface JudgeScorerOptions {
  /** The judge. */
  readonly policy: Pick<PolicyBackend, 'sample'>
  /** How the judge is asked, and read. */
  readonly form: JudgeForm
  /** Judgements of each response. Default: 1. */
  readonly samples?: number
  /** How judgements are drawn. */
  readonly sampling?: Sampling
  /** Default: 0. */
  readonly seed?: number
  /** The score of a response of which no judgement can be read. Default: the middle of the scale, which says nothing. */
  readonly unread?: number
}

/**
 * A generative judge as a scorer of responses: the mean of the scores that its judgements say. Equal calls of equal judges give equal
 * scores.
 */
export function judgeScorer(options: JudgeScorerOptions): PointwiseScorer {
  const { policy, form, samples: n = 1, sampling: given = {}, seed = 0 } = options
  const { min, max } = form.format.scale
  const { unread = (min + max) / 2 } = options
  const sampling = { ...given, stop: [...(given.stop ?? []), ...(form.stop ?? [])] }
  return {
    async scores(responses, { signal } = {}) {
      const prompts = responses.map((each) => judgePrompt(form, each))
      const drawn = await policyRollouts(policy).draw({ prompts, n, sampling, seed, signal })
      return responses.map(({ prompt, response }, i) => {
        const item = { prompt: prompt.text, response: response.text }
        const scores = drawn.slice(i * n, (i + 1) * n).flatMap(({ text, finishReason }) => {
          const parsed = form.format.parse(text, item, { cutOff: finishReason === 'length' })
          return 'value' in parsed ? [parsed.value.score] : []
        })
        return scores.length === 0 ? unread : scores.reduce((sum, each) => sum + each, 0) / scores.length
      })
    },
  }
}

/** Options of {@link expectedScorer}. */
export interface ExpectedScorerOptions {
  /** The judge. */
  readonly policy: Pick<PolicyBackend, 'forward'>
  /** Its format says what the answers of scores are: one with no reasons before them. */
  readonly form: JudgeForm & { readonly format: ShortScoreFormat }
}

/**
 * A judge that answers with a score alone as a scorer that draws nothing: the mean of all scores on the scale, each as probable as
 * its answer among the answers, Σ s·p(s) / Σ p(s). Differences that no single score says are told.
 * @throws PrefkitError `INVALID_CONFIG` for a format that does not say its answers.
 */
export function expectedScorer({ policy, form }: ExpectedScorerOptions): PointwiseScorer {
  const { format, encodeAnswer } = form
  if (typeof format.answer !== 'function') {
    const problem = `expected a format that says its answers, such as shortScoreFormat, got ${format.name}`
    throw new PrefkitError('INVALID_CONFIG', `expectedScorer: form: ${problem}`)
  }
  const { min, max } = format.scale
  const scale = Array.from({ length: max - min + 1 }, (_, i) => min + i)
  const answers = scale.map((score) => encodeAnswer(format.answer(score)))
  return {
    async scores(responses: readonly PromptedResponse[]) {
      if (responses.length === 0) return []
      const data = responses.flatMap((each) => {
        const { tokens } = judgePrompt(form, each)
        return answers.map((answer) => completionDatum(tokens, answer))
      })
      const said = await policy.forward(data)
      const logs = said.map(({ logProbs }) => logProbs.reduce((sum, each) => sum + each, 0))
      return responses.map((_, i) => {
        const own = logs.slice(i * scale.length, (i + 1) * scale.length)
        const most = Math.max(...own)
        const weights = own.map((log) => Math.exp(log - most))
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        return weights.reduce((sum, weight, k) => sum + weight * scale[k]!, 0) / total
      })
    },
  }
}
