import { type DetectLanguage, ifeval } from '@prefkit/evals/ifeval'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'
import { rowField } from './row-field'

/** Options of {@link ifevalReward}. */
export interface IfevalRewardOptions extends RewardOptions {
  /** Whether responses are read as they stand; else also without their first or last line, or asterisks. Default: true. */
  readonly strict?: boolean
  /** Names the language of a text; needed where a row asks for one. Default: none. */
  readonly detectLanguage?: DetectLanguage
}

/**
 * The share of a prompt's instructions that a response follows, checked as IFEval (2311.07911) does. Which they are is in the
 * columns of its data, `instruction_id_list` and `kwargs`. Logs `all_followed`, the share of responses that follow all.
 * @returns a reward that throws PrefkitError `INVALID_CONFIG` for a prompt without these columns, EvalsError `INVALID_ROW` for
 *   instructions that IFEval does not know.
 */
export function ifevalReward({
  strict = true,
  detectLanguage,
  ...options
}: IfevalRewardOptions = {}): RewardFunction {
  const name = options.name ?? 'ifeval'
  return rewardOf(name, options, async (rollouts) => {
    const rows = ifeval.rows(
      rollouts.map(({ prompt }, i) => ({
        key: `${i} (prompt ${prompt.id})`,
        prompt: prompt.text,
        instruction_id_list: rowField(name, prompt, 'instruction_id_list'),
        kwargs: rowField(name, prompt, 'kwargs'),
      })),
    )
    // Its report has intervals, of which nothing is used here.
    const settings = { resamples: 1, ...(detectLanguage && { detectLanguage }) }
    const { verdicts } = ifeval.tasks.responses.plan(rows, settings).score(rollouts.map(({ text }) => text))
    const level = strict ? 'strict' : 'loose'
    const scores = verdicts.map((own) => own.filter((verdict) => verdict[level]).length / own.length)
    return { scores, metrics: { all_followed: scores.filter((score) => score === 1).length / scores.length } }
  })
}
