import type { RunConfig } from './config/run-config'
import type { Stage } from './driver/stage'
import { stageSections } from './stage-sections'
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

/** In the order in which they are made. */
const all = [
  stageOf(stageSections.sft, sftStage),
  stageOf(stageSections.comparisons, comparisonsStage),
  stageOf(stageSections.reward_model, rewardModelStage),
  stageOf(stageSections.anchors, anchorsStage),
  stageOf(stageSections.judge_sft, judgeSftStage),
  stageOf(stageSections.judge, judgeStage),
  stageOf(stageSections.distilled_responses, distilledResponsesStage),
  stageOf(stageSections.distilled_scores, distilledScoresStage),
  stageOf(stageSections.policy, policyStage),
  stageOf(stageSections.evaluation, evaluationStage),
]

/** The stages that a configuration asks for. */
export const runStages = (config: RunConfig): Stage[] => all.flatMap((make) => make(config))
