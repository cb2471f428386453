import type { Conversation } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import { checkItem, checkPair } from '../check-arguments'
import { checkFunction, checkOptions, checkRange, formatValue, type OptionNames } from '../check-options'
import type { ScoringJudge } from '../judge'
import { JudgeError } from '../judge-error'
import { noUsage } from '../usage'
import { checkName } from './check-name'
import { verdictOf } from './combine-orders'
import { checkScoreTemperature, winOfScores } from './compare-scores'
import { definedOnly } from './defined-only'

/** The reward of each response to a prompt, in their order: finite numbers, higher is better. */
export type ScoreResponses = (
  prompt: Conversation,
  responses: readonly string[],
  options?: CallOptions,
) => Promise<ArrayLike<number>> | ArrayLike<number>

/** Options of {@link rewardModelJudge}. */
export interface RewardModelJudgeOptions {
  /** Names the judge in reports, and tells it from judges of other models. */
  readonly name: string
  /** What tells its judgements from those of other models: plain JSON, and no secrets. Default: the name. */
  readonly identity?: Readonly<Record<string, unknown>>
  /** T > 0 of P(a is better) = σ((reward of a − reward of b) / T), such as that of `fitTemperature`. Default: 1. */
  readonly temperature?: number
  /** Win probabilities this close to ½ are ties, in [0, 0.5]. Default: 0. */
  readonly tieMargin?: number
}

const names: OptionNames<RewardModelJudgeOptions> = {
  name: true,
  identity: true,
  temperature: true,
  tieMargin: true,
}

function checkRewards(rewards: ArrayLike<number>, count: number): number[] {
  const given: unknown = rewards?.length
  if (given !== count) {
    const message = `score gave ${formatValue(given)} rewards for ${count} responses; expected one each`
    throw new JudgeError('LENGTH_MISMATCH', 'score', message)
  }
  return Array.from(rewards, (reward, i) => {
    if (Number.isFinite(reward)) return reward
    const message = `score gave ${formatValue(reward)} for response ${i}; expected a finite number`
    throw new JudgeError('NOT_FINITE', `score[${i}]`, message)
  })
}

/** A reward model knows no rules: by its own, the pair would be judged by another than was asked for. */
function checkRule(rule: string | undefined): void {
  if (rule === undefined) return
  const message = `rule is ${formatValue(rule)}; expected none, for a reward model cannot be told one`
  throw new JudgeError('INVALID_INPUT', 'rule', message)
}

/**
 * A judge of a reward model, or of any function that scores responses: P(a is better) = σ((r_a − r_b) / T),
 * Bradley-Terry.
 *
 * @param score rewards of several responses to one prompt, as a model over embeddings gives them
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`; `LENGTH_MISMATCH` and `NOT_FINITE` (from `score` and `compare`)
 *   where `score` gives something else than a finite number a response, and `INVALID_INPUT` for an item with a rule.
 */
export function rewardModelJudge(score: ScoreResponses, options: RewardModelJudgeOptions): ScoringJudge {
  checkOptions('rewardModelJudge', options, names)
  checkName('rewardModelJudge', options.name)
  const { name, identity = { name }, temperature = 1, tieMargin = 0 } = options
  checkFunction('score', score, 'a function of a prompt and its responses')
  checkScoreTemperature('temperature', temperature)
  checkRange('tieMargin', tieMargin, 0, 0.5)
  const rewardsOf = async (prompt: Conversation, responses: readonly string[], call?: CallOptions) =>
    checkRewards(await score(prompt, responses, call), responses.length)
  return {
    name,
    identity: definedOnly({ judge: 'reward-model', model: identity, temperature, tieMargin }),
    async score(item, call) {
      checkItem('item', item, ['response'])
      const { prompt, response, rule } = item
      checkRule(rule)
      const [reward] = await rewardsOf(prompt, [response], call)
      const readings = [{ score: reward!, provenance: 'scores' as const }]
      return { score: reward!, readings, provenance: 'scores', usage: noUsage }
    },
    async compare(pair, call) {
      checkPair(pair)
      const { prompt, a, b, rule } = pair
      checkRule(rule)
      const [ofA, ofB] = await rewardsOf(prompt, [a, b], call)
      const winProbability = winOfScores(ofA!, ofB!, temperature)
      const readings = [
        { response: 'a' as const, score: ofA!, provenance: 'scores' as const },
        { response: 'b' as const, score: ofB!, provenance: 'scores' as const },
      ]
      const verdict = verdictOf(winProbability, tieMargin)
      return { verdict, winProbability, provenance: 'scores', readings, usage: noUsage }
    },
  }
}
