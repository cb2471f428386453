import type { RunConfig } from './config/run-config'

type StepSizes = Readonly<Record<string, number | undefined>>

/** Settings that say how far a stage's models go at each of its steps. */
const settingsOf: Readonly<Record<string, (config: RunConfig) => StepSizes>> = {
  sft: ({ sft }) => ({ 'sft.learningRate': sft?.learningRate }),
  reward_model: ({ rewardModel }) => ({
    'rewardModel.learningRate':
      rewardModel && 'learningRate' in rewardModel ? rewardModel.learningRate : undefined,
  }),
  judge_sft: ({ judge }) => ({ 'judge.sft.learningRate': judge?.sft?.learningRate }),
  judge: ({ judge }) => ({ 'judge.learningRate': judge?.learningRate }),
  policy: ({ policy }) => ({
    'policy.learningRate': policy?.learningRate,
    'policy.criticLearningRate':
      policy && 'criticLearningRate' in policy ? policy.criticLearningRate : undefined,
  }),
}

/** Step sizes of a stage that are set, by their settings. */
export const stepSizesOf = (config: RunConfig, stage: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(settingsOf[stage]?.(config) ?? {}).flatMap(([setting, value]) =>
      value === undefined ? [] : [[setting, value]],
    ),
  )
