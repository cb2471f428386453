import type { RunConfig } from './config/run-config'

/** A policy whose critic learns from scores that are distilled. */
const distilling = ({ policy }: RunConfig) =>
  policy?.algorithm === 'ppo' && policy.value === 'distilled' ? policy : undefined

/** What of a configuration asks for each stage, in the order in which they are made. */
export const stageSections = {
  sft: ({ sft }: RunConfig) => sft,
  comparisons: ({ comparisons }: RunConfig) => comparisons,
  reward_model: ({ rewardModel }: RunConfig) => (rewardModel?.kind === 'saved' ? undefined : rewardModel),
  anchors: ({ anchors }: RunConfig) => anchors,
  judge_sft: ({ judge }: RunConfig) => judge?.sft && judge,
  judge: ({ judge }: RunConfig) => judge,
  distilled_responses: distilling,
  distilled_scores: distilling,
  policy: ({ policy }: RunConfig) => policy,
  evaluation: ({ policy }: RunConfig) => policy,
}

/** The names of the stages that a configuration asks for, in their order. */
export const plannedStages = (config: RunConfig): string[] =>
  Object.entries(stageSections).flatMap(([stage, section]) => (section(config) === undefined ? [] : [stage]))
