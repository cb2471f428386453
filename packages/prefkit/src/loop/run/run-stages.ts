import type { RunConfig } from './config/run-config'
import type { Stage } from './driver/stage'
import { anchorsStage } from './stages/anchors'
import { comparisonsStage } from './stages/comparisons'
import { distilledResponsesStage } from './stages/distilled-responses'
import { distilledScoresStage } from './stages/distilled-scores'
import { evaluationStage } from './stages/evaluation'
import { judgeStage } from './stages/judge'
import { judgeSftStage } from './stages/judge-sft'
import { policyStage } from './stages/policy'
import { rewardModelStage } from './stages/reward-model'
import { sftStage } from './stages/sft'

/** A stage for a section of the configuration, where it is there. */
const stageOf =
  <Section>(
    section: (config: RunConfig) => Section | undefined,
    make: (config: RunConfig, section: Section) => Stage,
  ) =>
  (config: RunConfig): Stage[] => {
    const settings = section(config)
    return settings === undefined ? [] : [make(config, settings)]
  }

/** A policy whose critic learns from scores that are distilled. */
const distilling = ({ policy }: RunConfig) =>
  policy?.algorithm === 'ppo' && policy.value === 'distilled' ? policy : undefined

/** In the order in which they are made. */
const all = [
  stageOf(({ sft }) => sft, sftStage),
  stageOf(({ comparisons }) => comparisons, comparisonsStage),
  stageOf(({ rewardModel }) => (rewardModel?.kind === 'saved' ? undefined : rewardModel), rewardModelStage),
  stageOf(({ anchors }) => anchors, anchorsStage),
  stageOf(({ judge }) => judge?.sft && judge, judgeSftStage),
  stageOf(({ judge }) => judge, judgeStage),
  stageOf(distilling, distilledResponsesStage),
  stageOf(distilling, distilledScoresStage),
  stageOf(({ policy }) => policy, policyStage),
  stageOf(({ policy }) => policy, evaluationStage),
]

/** The stages that a configuration asks for. */
export const runStages = (config: RunConfig): Stage[] => all.flatMap((make) => make(config))
